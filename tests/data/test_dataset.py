"""The digits against scikit-learn's own loader, and the fingerprint that chooses the splits."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.digits import digits

module = import_module("gradatim.data.digits")  # whose name in the room is the function's


def test_digits_are_scikit_learn_s():
    from sklearn.datasets import load_digits

    ours, theirs = digits(), load_digits()
    assert (ours.x[:, 0] == theirs.images).all()
    assert (ours.y == theirs.target).all()
    assert ours.x.shape == (1797, 1, 8, 8)
    assert ours.x.dtype == np.uint8
    assert ours.classes == tuple(range(10))
    assert ours.is_pictures


def test_digits_without_scikit_learn_or_with_a_damaged_one(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(GradatimError, match="scikit-learn, which is not installed: pip install scikit-learn"):
        digits()
    file = tmp_path / "datasets" / "data" / "digits.csv.gz"
    file.parent.mkdir(parents=True)

    class Spec:
        origin = str(tmp_path / "__init__.py")

    monkeypatch.setattr(module, "find_spec", lambda _name: Spec)
    with pytest.raises(GradatimError, match=r"cannot read the digits in .*; reinstall scikit-learn"):
        digits()
    file.write_bytes(b"\x1f\x8b not gzip")
    with pytest.raises(GradatimError, match="cannot read the digits in "):
        digits()


BASE: Any = Dataset(
    np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1]), ("a", "b"), np.ones(6), np.arange(6) > 3
)


def changed(array: Any, place: Any = 0) -> np.ndarray:
    array = array.copy()
    array[place] = 1 - array[place] if array.dtype != bool else ~array[place]
    return array


@pytest.mark.parametrize(
    "change",
    [
        {"x": changed(BASE.x, (0, 0))},
        {"x": np.nextafter(BASE.x, np.inf)},
        {"x": BASE.x.astype(np.float32)},
        {"x": BASE.x.astype(np.int64)},
        {"x": BASE.x.reshape(6, 2, 1)},
        {"x": BASE.x[:, ::-1]},
        {"x": BASE.x[::-1]},
        {"y": changed(BASE.y)},
        {"y": BASE.y.astype(np.int32)},
        {"y": None},
        {"classes": ("b", "a")},
        {"classes": ("a", "b", "c")},
        {"weights": changed(BASE.weights)},
        {"weights": None},
        {"official_test": changed(BASE.official_test)},
        {"official_test": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_fingerprint_changes_with_types_shapes_values_and_labels(change):
    assert replace(BASE, **change).fingerprint != BASE.fingerprint


def test_the_fingerprint_is_of_the_decoded_arrays_alone():
    """Memory layout, name, column names and source do not count."""
    same = replace(
        BASE, x=np.asfortranarray(BASE.x), name="other", features=("u", "v"), source={"path": "/x"}
    )
    assert same.fingerprint == BASE.fingerprint
    assert digits().fingerprint.startswith("8ce2cf589e3c02a5")  # pinned: it chooses every run's test split


@pytest.mark.parametrize("dtype", [">f8", ">i4", np.float16, np.bool_, np.uint8])
def test_every_type_of_number_has_a_fingerprint(dtype):
    x = np.ones((2, 2), dtype=dtype)
    assert Dataset(x).fingerprint == Dataset(x.copy()).fingerprint


def test_examples_are_taken_by_row():
    part = BASE.take(np.array([4, 1]))
    assert part.x.tolist() == [[8, 9], [2, 3]]
    assert part.y is not None
    assert part.y.tolist() == [0, 1]
    assert part.weights is not None
    assert part.weights.shape == (2,)
    assert part.official_test is None
    assert part.fingerprint != BASE.fingerprint
    assert len(Dataset(BASE.x).take(np.array([0]))) == 1


@pytest.mark.parametrize(
    ("shape", "pictures"),
    [((2, 1, 8, 8), True), ((2, 3, 4, 5), True), ((2, 2, 8, 8), False), ((2, 64), False), ((2, 8, 8), False)],
)
def test_pictures_have_one_or_three_channels(shape, pictures):
    assert Dataset(np.zeros(shape)).is_pictures is pictures
