"""The .npz source: what is read, and how strangers' and damaged files are refused."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradatim.checks import GradatimError, UsageError
from gradatim.data.as_dataset import as_dataset
from gradatim.data.loading import load_data
from gradatim.data.sources.npz import NpzSource, read_npz

X, Y = np.random.default_rng(0).standard_normal((8, 3)), np.array([3, 5] * 4)


class Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def npz(tmp_path):
    path = tmp_path / "my data.npz"
    np.savez(path, x=X, y=Y)
    return path


def test_an_npz_gives_the_same_data_as_its_arrays(npz):
    for where in (npz, str(npz)):
        found = load_data(where)
        assert (found.x == X).all()
        assert found.classes == (3, 5)
        assert found.fingerprint == as_dataset((X, Y)).fingerprint
        assert found.name == "my data"
        assert found.source == {"path": str(npz.resolve()), "target": None}


def test_an_npz_is_found_again_by_its_source(npz, monkeypatch):
    monkeypatch.chdir(npz.parent)
    found = load_data("my data.npz", "y")
    assert found.source["target"] == "y"
    monkeypatch.chdir("/")
    assert load_data(found.source["path"], found.source["target"]).fingerprint == found.fingerprint


def test_compressed_big_endian_and_fortran_arrays(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x=np.asfortranarray(X).astype(">f8"), y=Y.astype(">i4"))
    found = load_data(tmp_path / "a.npz")
    assert (found.x == X).all()
    assert found.y is not None
    assert found.y.tolist() == [0, 1] * 4


def test_pickled_objects_are_refused_and_their_code_does_not_run(tmp_path):
    mark = tmp_path / "it ran"
    bomb = np.array([Bomb(mark)], dtype=object)
    np.savez(tmp_path / "a.npz", x=X, y=bomb)
    with pytest.raises(GradatimError, match="holds pickled objects, which are never read; save plain arrays"):
        load_data(tmp_path / "a.npz")
    (tmp_path / "b.npz").write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(GradatimError, match=r"is damaged or not an \.npz file: it is not a zip of arrays"):
        load_data(tmp_path / "b.npz")
    np.save(tmp_path / "c.npy", bomb, allow_pickle=True)
    (tmp_path / "c.npy").rename(tmp_path / "c.npz")
    with pytest.raises(GradatimError, match="is damaged or not"):
        load_data(tmp_path / "c.npz")
    assert not mark.exists()
    np.load(tmp_path / "a.npz", allow_pickle=True)["y"]  # the bomb is a real one
    assert mark.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_no_npz_is_refused(tmp_path, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(GradatimError, match=f"^{path} is damaged or not an .npz file: "):
        load_data(path)


def test_a_single_array_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", X)
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(GradatimError, match="is damaged or not an"):
        load_data(tmp_path / "a.npz")


def test_every_cut_of_a_file_is_refused(npz):
    whole = npz.read_bytes()
    for length in range(0, len(whole), 7):
        npz.write_bytes(whole[:length])
        with pytest.raises(GradatimError, match="is damaged or not an"):
            read_npz(npz)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), bits=st.integers(1, 255))
def test_a_changed_byte_never_shows_as_another_error(npz, place, bits):
    """A damaged file reads as before, where the byte did not matter, or is refused."""
    path = npz.with_name("damaged.npz")
    content = bytearray(npz.read_bytes())
    content[place % len(content)] ^= bits
    path.write_bytes(content)
    try:
        found = read_npz(path)
    except GradatimError as error:
        assert str(path) in str(error)
    else:
        for name in found.keys() & {"x", "y"}:
            assert (found[name] == {"x": X, "y": Y}[name]).all()


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"a": X}, "holds a; expected x and y"),
        ({"x": X, "y": Y[:3]}, "8 examples but 3 targets"),
        ({"x": np.where(X.max() == X, np.nan, X), "y": Y}, "the inputs hold nan at example"),
        ({"x": X, "y": np.where(Y == 3, np.nan, Y)}, "the target holds nan at example 0"),
        ({"x": np.array(3.0), "y": Y}, "inputs need an axis of examples"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path, arrays, sentence):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(UsageError, match=sentence):
        load_data(tmp_path / "a.npz")


def test_numbers_several_numbers_and_labels_are_learned_too(tmp_path):
    """As the targets look: fractions are numbers, several columns of 0 and 1 labels, others numbers."""
    targets = {"half": Y / 2, "two": np.stack([Y, Y * 2.5], 1), "sets": np.stack([Y == 3, Y == 5], 1)}
    np.savez(tmp_path / "a.npz", x=X, y=Y, **targets)
    half = load_data(tmp_path / "a.npz", "half")
    assert (half.task, half.y.tolist(), half.classes) == ("regression", (Y / 2).tolist(), ())
    assert half.question.names == half.targets == ("half",)
    two = load_data(tmp_path / "a.npz", "two")
    assert (two.task, two.y.shape, two.question.names) == ("regression", (8, 2), ("y1", "y2"))
    sets = load_data(tmp_path / "a.npz", "sets")
    assert (sets.task, sets.y.dtype, sets.question.names) == ("multilabel", np.int64, ("y1", "y2"))
    plain = load_data(tmp_path / "a.npz")
    assert (plain.classes, plain.targets) == ((3, 5), ())


def test_a_task_that_is_asked_for_is_kept_and_found_again(npz):
    found = load_data(npz, task="regression")
    assert found.y.tolist() == Y.tolist() and found.task == "regression"
    assert found.source == {"path": str(npz.resolve()), "target": None, "task": "regression"}
    again = load_data(found.source["path"], found.source["target"], task=found.source["task"])
    assert again.fingerprint == found.fingerprint != load_data(npz).fingerprint


def test_another_file_is_read_by_the_same_array_and_task(tmp_path):
    np.savez(tmp_path / "a.npz", x=X, y=Y, grade=Y * 2)
    np.savez(tmp_path / "b.npz", x=X[:3], y=Y[:3], grade=[10, 10, 6])
    first = load_data(tmp_path / "a.npz", "grade", task="regression")
    other = NpzSource().like(tmp_path / "b.npz", first)
    assert other.y.tolist() == [10.0, 10.0, 6.0]
    classes = load_data(tmp_path / "a.npz", "grade")
    assert NpzSource().like(tmp_path / "b.npz", classes).y.tolist() == [1, 1, 0]
    np.savez(tmp_path / "c.npz", x=X, y=Y)
    with pytest.raises(UsageError, match=r"there is no array 'grade' in .*c\.npz: choose from x, y"):
        NpzSource().like(tmp_path / "c.npz", classes)


@pytest.mark.parametrize(
    ("name", "arrays"),
    [("x", {"x": X}), ("inputs", {"inputs": X, "y": Y}), ("x_test", {"x_test": X, "x_train": X})],
)
def test_new_examples_are_the_inputs_whatever_else_is_in_the_file(tmp_path, name, arrays):
    np.savez(tmp_path / "a.npz", **arrays)
    found = NpzSource().new(tmp_path / "a.npz", as_dataset((X, Y)))
    np.testing.assert_array_equal(found.examples.x, X)
    assert found.examples.y is None and found.beside is None
    np.save(tmp_path / "b.npy", X)
    np.testing.assert_array_equal(NpzSource().new(tmp_path / "b.npy", as_dataset((X, Y))).examples.x, X)


def test_new_examples_that_are_none_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", z=X)
    with pytest.raises(UsageError, match=r"a\.npz holds z; expected inputs named x"):
        NpzSource().new(tmp_path / "a.npz", as_dataset((X, Y)))
    (tmp_path / "b.npy").write_bytes(b"no")
    with pytest.raises(GradatimError, match=r"b\.npy is damaged or not an \.npy file"):
        NpzSource().new(tmp_path / "b.npy", as_dataset((X, Y)))
    with pytest.raises(UsageError, match=r"there is no file .*c\.npz"):
        NpzSource().new(tmp_path / "c.npz", as_dataset((X, Y)))
