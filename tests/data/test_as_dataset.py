"""The same data from every container are the same arrays; what does not fit is named with its place."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from torch.utils.data import Dataset as TorchDataset
from torch.utils.data import Subset, TensorDataset

from gradatim.checks import UsageError
from gradatim.data.arrays import array
from gradatim.data.as_dataset import as_dataset, from_arrays
from gradatim.data.dataset import Dataset
from gradatim.data.frames import inputs_of_frame
from gradatim.data.targets import encode

X = np.random.default_rng(0).standard_normal((9, 3))
NUMBERS = np.array([3, 5, 9] * 3)  # as labels
TEXTS = np.array(["no", "yes", "maybe"] * 3)
COLUMNS = {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]}


class MapStyle(TorchDataset):
    """A torch Dataset of a list of examples."""

    def __init__(self, examples):
        self.examples = examples

    def __len__(self):
        return len(self.examples)

    def __getitem__(self, i):
        return self.examples[i]


PAIRS = list(zip(X, NUMBERS, strict=True))
CONTAINERS: dict[str, tuple[Any, str | None]] = {
    "numpy": ((X, NUMBERS), None),
    "numpy in a list": ([X, NUMBERS], None),
    "lists": ((X.tolist(), NUMBERS.tolist()), None),
    "torch": ((torch.from_numpy(X).requires_grad_(), torch.from_numpy(NUMBERS)), None),
    "torch sparse": ((torch.from_numpy(X).to_sparse(), torch.from_numpy(NUMBERS)), None),
    "a column of targets": ((X, NUMBERS[:, None]), None),
    "targets as floats": ((X, NUMBERS.astype(float)), None),
    "mapping": ({"x": X, "y": NUMBERS}, None),
    "mapping in capitals": ({"X": X, "Labels": NUMBERS}, None),
    "mapping with a target": ({"x": X, "y": NUMBERS * 0, "kind": NUMBERS}, "kind"),
    "pandas": (pd.DataFrame({**COLUMNS, "y": NUMBERS}), "y"),
    "pandas in the middle": (pd.DataFrame({"a": X[:, 0], "y": NUMBERS, "b": X[:, 1], "c": X[:, 2]}), "y"),
    "pandas by number": (pd.DataFrame(np.column_stack([X, NUMBERS])), "3"),
    "pandas with an index": (pd.DataFrame({**COLUMNS, "y": NUMBERS}, index=range(90, 99)), "y"),
    "pandas apart": ((pd.DataFrame(COLUMNS), pd.Series(NUMBERS)), None),
    "pandas nullable": (pd.DataFrame({**COLUMNS, "y": NUMBERS}).convert_dtypes(), "y"),
    "polars": (pl.DataFrame({**COLUMNS, "y": NUMBERS}), "y"),
    "polars apart": ((pl.DataFrame(COLUMNS), pl.Series(NUMBERS)), None),
    "TensorDataset": (TensorDataset(torch.from_numpy(X), torch.from_numpy(NUMBERS)), None),
    "Subset": (Subset(TensorDataset(torch.from_numpy(X), torch.from_numpy(NUMBERS)), range(9)), None),
    "map-style": (MapStyle(PAIRS), None),
    "map-style of lists": (MapStyle([[x.tolist(), int(y)] for x, y in PAIRS]), None),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_data(container):
    data, target = CONTAINERS[container]
    found = as_dataset(data, target)
    assert found.x.dtype == np.float64
    assert (found.x == X).all()
    assert found.y is not None
    assert found.y.tolist() == [0, 1, 2] * 3
    assert found.classes == (3, 5, 9)
    assert found.fingerprint == as_dataset((X, NUMBERS)).fingerprint


@pytest.mark.parametrize(
    ("data", "target"),
    [
        ((X, TEXTS), None),
        ((X, TEXTS.tolist()), None),
        ((X, TEXTS.astype(object)), None),
        ((X, np.array(TEXTS, dtype="S5")), None),
        ((X, pd.Series(TEXTS)), None),
        ((X, pd.Categorical(TEXTS)), None),
        ((X, pl.Series(TEXTS)), None),
        (pd.DataFrame({**COLUMNS, "y": TEXTS}), "y"),
        (pd.DataFrame({**COLUMNS, "y": pd.Categorical(TEXTS)}), "y"),
        (pl.DataFrame({**COLUMNS, "y": TEXTS}), "y"),
        (pl.DataFrame({**COLUMNS, "y": TEXTS}, schema_overrides={"y": pl.Categorical}), "y"),
        (MapStyle(list(zip(X, TEXTS.tolist(), strict=True))), None),
        ({"x": X, "y": TEXTS}, None),
    ],
)
def test_texts_are_numbered_alike_everywhere(data, target):
    found = as_dataset(data, target)
    assert found.classes == ("maybe", "no", "yes")
    assert found.y is not None
    assert found.y.tolist() == [1, 2, 0] * 3


def test_a_dataset_is_taken_as_it_is():
    data = as_dataset((X, NUMBERS))
    assert as_dataset(data) is data


def test_column_names_are_kept():
    assert as_dataset(*CONTAINERS["pandas in the middle"]).features == ("a", "b", "c")
    assert as_dataset(*CONTAINERS["pandas by number"]).features == ("0", "1", "2")
    assert as_dataset(*CONTAINERS["polars"]).features == ("a", "b", "c")


@pytest.mark.parametrize(
    "column", [[True, False, True], [1, 2, 3], np.array([1, 2, 3], dtype=np.uint8), [0.5, 1.5, 2.5]]
)
@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_every_column_of_numbers_becomes_double(frame, column):
    found = as_dataset(frame({"a": column, "y": ["u", "v", "u"]}), "y")
    assert found.x.dtype == np.float64
    assert found.x[:, 0].tolist() == [float(value) for value in column]


def test_other_types_of_input_stay_as_they_are():
    for dtype in (np.uint8, np.float32, np.int64, np.bool_, np.float16):
        assert as_dataset((np.ones((3, 2), dtype), [0, 1, 0])).x.dtype == dtype
    assert as_dataset((torch.ones(3, 2, dtype=torch.bfloat16), [0, 1, 0])).x.dtype == np.float32
    assert as_dataset((np.ones((3, 2), np.longdouble), [0, 1, 0])).x.dtype == np.float64


def test_weights_come_third_or_by_name():
    w = np.arange(9)
    for data in (
        (X, NUMBERS, w),
        {"x": X, "y": NUMBERS, "w": w},
        {"x": X, "y": NUMBERS, "sample_weight": w},
        TensorDataset(torch.from_numpy(X), torch.from_numpy(NUMBERS), torch.from_numpy(w)),
        MapStyle(list(zip(X, NUMBERS, w, strict=True))),
    ):
        found = as_dataset(data)
        assert found.weights is not None
        assert found.weights.dtype == np.float64
        assert found.weights.tolist() == w.tolist()


def test_examples_may_have_no_target():
    for data in ({"x": X}, TensorDataset(torch.from_numpy(X))):
        found = as_dataset(data)
        assert found.y is None
        assert found.classes == ()


def test_numbers_stay_numbers_when_they_are_not_classes():
    y = np.linspace(0, 1, 9)
    found = as_dataset((X, y), classify=False)
    assert found.y is not None
    assert (found.y == y).all()
    assert found.classes == ()
    y[4] = np.nan
    with pytest.raises(UsageError, match=r"^the target holds nan at example 4$"):
        as_dataset((X, y), classify=False)


# ---- the official split


def halves(**more):
    return {"x_train": X[:6], "x_test": X[6:], "y_train": NUMBERS[:6], "y_test": NUMBERS[6:], **more}


def test_x_train_and_x_test_are_the_official_split():
    found = as_dataset(halves(w_train=np.ones(6), w_test=np.full(3, 2.0)))
    assert (found.x == X).all()
    assert found.classes == (3, 5, 9)
    assert found.official_test is not None
    assert found.official_test.tolist() == [False] * 6 + [True] * 3
    assert found.weights is not None
    assert found.weights.tolist() == [1.0] * 6 + [2.0] * 3


def test_the_official_split_may_name_its_target():
    data = halves(kind_train=NUMBERS[:6] % 2, kind_test=NUMBERS[6:] % 5)
    found = as_dataset(data, "kind_train")
    assert found.y is not None
    assert found.y.tolist() == encode(np.array([*NUMBERS[:6] % 2, *NUMBERS[6:] % 5]))[0].tolist()


@pytest.mark.parametrize(
    ("data", "target", "sentence"),
    [
        ({}, None, "data holds nothing; expected x and y, or x_train, y_train, x_test and y_test"),
        ({"a": X, "b": X}, None, "data holds a, b; expected x and y"),
        ({"x": X, "label": NUMBERS}, "lable", "there is no array 'lable' in data: did you mean label"),
        ({"x_train": X, "y_train": NUMBERS}, None, "data needs both x_train and x_test; one is missing"),
        ({"x_test": X}, None, "data needs both x_train and x_test; one is missing"),
        (
            {"x_train": X, "x_test": X, "y_train": NUMBERS},
            None,
            "data needs both y_train and y_test; one is missing",
        ),
        (halves(w_train=np.ones(6)), None, "data needs both w_train and w_test; one is missing"),
        (
            halves(x_test=X[6:, :2]),
            None,
            r"data: x_train and x_test have shapes \(6, 3\) and \(3, 2\)",
        ),
        (halves(y_test=np.array(1)), None, r"data: y_train and y_test have shapes \(6,\) and \(\)"),
        (  # as many in all, but shifted between the two
            halves(y_train=NUMBERS[:5], y_test=NUMBERS[5:]),
            None,
            "data holds 6 and 3 examples but 5 and 4 targets",
        ),
        (halves(kind=NUMBERS), "kind", "data holds x_train, so its target must be kind_train with kind_test"),
    ],
)
def test_named_arrays_that_do_not_fit(data, target, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        as_dataset(data, target)


# ---- what does not fit


def with_bad(value, row, column):
    x = X.copy()
    x[row, column] = value
    return x


NESTED = X.reshape(3, 3, 3).copy()
NESTED[2, 1, 0] = np.inf


@pytest.mark.parametrize(
    ("data", "target", "sentence"),
    [
        ((with_bad(np.nan, 4, 2), NUMBERS), None, "the inputs hold nan at example 4, feature 2"),
        ((with_bad(-np.inf, 0, 1), NUMBERS), None, "the inputs hold -inf at example 0, feature 1"),
        ((NESTED, [0, 1, 0]), None, "the inputs hold inf at example 2, feature 1, 0"),
        (
            pd.DataFrame({"a": [1.0, np.nan], "y": [0, 1]}),
            "y",
            "the inputs hold nan at example 1, feature 'a'",
        ),
        (pl.DataFrame({"a": [1, None], "y": [0, 1]}), "y", "the inputs hold nan at example 1, feature 'a'"),
        (
            pl.DataFrame({"a": [True, None], "y": [0, 1]}),
            "y",
            "column 'a' holds None at example 1; this version learns from numbers",
        ),
        (
            pd.DataFrame({"a": [1, 2], "b": ["u", "v"], "y": [0, 1]}),
            "y",
            "column 'b' holds 'u' at example 0; this version learns from numbers",
        ),
        (
            pd.DataFrame({"a": pd.to_datetime(["2020-01-01"] * 2), "y": [0, 1]}),
            "y",
            "column 'a' holds values of type datetime64",
        ),
        ((X, NUMBERS[:5]), None, "9 examples but 5 targets"),
        ((X, np.array(5)), None, "9 examples but 1 targets"),
        (
            (X[:, 0], NUMBERS),
            None,
            r"inputs need an axis of examples and one of features; their .* \(9,\)",
        ),
        ((np.zeros((0, 3)), []), None, r"there is nothing to learn from: the inputs have shape \(0, 3\)"),
        ((np.zeros((3, 0)), [0, 1, 0]), None, "there is nothing to learn from"),
        ((X.astype(str), NUMBERS), None, "inputs must be numbers; their type is <U"),
        ((X.astype(complex), NUMBERS), None, "inputs must be numbers; their type is complex128"),
        (([[1, 2], [3]], [0, 1]), None, "the rows are not all of one length"),
        ((X, NUMBERS, np.ones(3)), None, r"9 examples but weights of shape \(3,\)"),
        ((X, NUMBERS, np.ones((9, 1))), None, r"9 examples but weights of shape \(9, 1\)"),
        ((X, NUMBERS, -np.arange(9)), None, "weights must be finite and at least 0; example 1 has -1"),
        (
            (X, NUMBERS, [1.0] * 8 + [np.nan]),
            None,
            "weights must be finite .*; example 8 has nan",
        ),
        ((X, NUMBERS, np.zeros(9)), None, "the weights are all 0: there is nothing to learn from"),
        ((X, NUMBERS, ["1"] * 9), None, "weights must be numbers; their type is <U1"),
        (pd.DataFrame(COLUMNS), None, "name the column to learn with target=; there is a, b, c"),
        (
            pd.DataFrame({"age": [1], "income": [2]}),
            "incom",
            "there is no column 'incom': did you mean inc",
        ),
        (pl.DataFrame({"income": [1, 2]}), "income", "there is no column beside 'income' to learn from"),
        (pd.DataFrame(X, columns=["a", "a", "y"]), "y", "there are 2 columns 'a': rename all but one"),
        (pd.DataFrame(X, columns=["a", "y", "y"]), "y", "there are 2 columns 'y': rename all but one"),
        (pl.LazyFrame(COLUMNS), "a", "cannot learn from LazyFrame: give "),
        (MapStyle([]), None, "there is nothing to learn from: the MapStyle is empty"),
        (MapStyle([X[0]]), None, r"every example of MapStyle must be \(x, y\) or .*; example 0 is not"),
        (MapStyle([(X[0], 1), (X[1],)]), None, r"every example of MapStyle must be .*; example 1 is not"),
        (MapStyle([(X[0], 1), (X[1, :2], 0)]), None, r"example 0 has shape \(3,\), but example 1 has \(2,\)"),
        (5, None, "cannot learn from int: give "),
        (X, None, "cannot learn from ndarray: give "),
        (iter([1]), None, "cannot learn from list_iterator: give "),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(data, target, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        as_dataset(data, target)


def test_inputs_of_a_frame_go_by_name():
    frame = pd.DataFrame({"c": X[:, 2], "y": NUMBERS, "a": X[:, 0], "b": X[:, 1]})
    assert (inputs_of_frame(frame, ("a", "b", "c")) == X).all()
    assert inputs_of_frame(frame).shape == (9, 4)
    with pytest.raises(UsageError, match="there is no column 'd': choose from a, b, c, y"):
        inputs_of_frame(frame, ("a", "d"))
    with pytest.raises(UsageError, match="the data frame has no column"):
        inputs_of_frame(pd.DataFrame())


def test_from_arrays_keeps_what_it_is_told():
    found = from_arrays(X, NUMBERS, name="n", features=("a", "b", "c"), source={"name": "n"})
    assert (found.name, found.features, found.source) == ("n", ("a", "b", "c"), {"name": "n"})
    assert isinstance(found, Dataset)


def test_arrays_share_memory_where_they_can():
    t = torch.from_numpy(X)
    assert np.shares_memory(array(t), X)
    assert array(X) is X
