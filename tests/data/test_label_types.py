"""What is predicted is of the type that the labels had."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

import gradatim
from gradatim.data.label_types import as_labels, is_label_type, label_type_of
from gradatim.estimators import Adaline, MLPClassifier, Perceptron

X = np.random.default_rng(0).standard_normal((60, 2))
X[:, 0] += np.where(np.arange(60) % 2, 5, -5)
ONES = np.arange(60) % 2
HOW = {"epochs": 2, "quiet": True, "baselines": False}
LABELS = {
    **{kind: (ONES + 1).astype(kind) for kind in ("int8", "uint8", "int32", "int64", "float32", "float64")},
    "bool": ONES.astype(bool),
    "U": np.array(["no", "yes"])[ONES],
    "wide": np.array(["no", "yes"], "U9")[ONES],
    "S": np.array([b"no", "ja\u00df".encode()])[ONES],
    "T": np.array(["no", "yes"])[ONES].astype(np.dtypes.StringDType()),
    "objects": np.array(["no", "yes"], object)[ONES],
    "numbers": np.array([1, 2], object)[ONES],
    "truths": np.array([False, True], object)[ONES],
    "big-endian": (ONES + 1).astype(">i4"),
}  # fmt: skip


def same_type(found, y):
    assert found.dtype.kind == y.dtype.kind
    if y.dtype.kind not in "UT":
        assert found.dtype.newbyteorder("=") == y.dtype.newbyteorder("=")
    assert {type(v) for v in found.tolist()} == {type(v) for v in y.tolist()}
    assert set(found.tolist()) <= set(y.tolist())


@pytest.mark.parametrize("kind", LABELS)
def test_of_a_run(kind, tmp_path):
    """Also of one that is brought back, and written to a file."""
    y = LABELS[kind]
    run = gradatim.train((X, y), out=tmp_path / "run", **HOW)
    for one in (run, gradatim.load(tmp_path / "run", data=(X, y))):
        found = one.predict(X)
        same_type(found.labels, y)
        same_type(found.arrays["classes"], y)
        assert one.evaluate((X, y))["metrics"]["accuracy"] == (found.labels == y).mean()
    found.write(tmp_path / "found.npz")
    assert np.load(tmp_path / "found.npz")["prediction"].tolist() == found.labels.tolist()
    found.write(tmp_path / "found.csv")
    assert "b'" not in (tmp_path / "found.csv").read_text()


@pytest.mark.parametrize("kind", [kind for kind in LABELS if kind not in ("S", "T", "numbers", "truths")])
@pytest.mark.parametrize("estimator", [MLPClassifier((3,), max_iter=3), Perceptron(), Adaline()])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_of_an_estimator(kind, estimator):
    same_type(estimator.fit(X, LABELS[kind]).predict(X), LABELS[kind])


@pytest.mark.parametrize("dtype", ["int8", "float32", "bool", "int64", "uint8"])
def test_of_several_labels(dtype, tmp_path):
    Y = np.stack([ONES, 1 - ONES], 1).astype(dtype)
    found = gradatim.train((X, Y), task="multilabel", out=tmp_path / "run", **HOW).predict(X)
    assert found.labels.dtype == dtype
    assert type(found.columns()["prediction y1"][0]) is type(Y[0, 0].item())


@pytest.mark.parametrize("dtype", ["uint8", "float64", "int32", "int64"])
def test_of_masks(dtype, tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (12, 8, 8)).astype("uint8")
    y = np.where(x > 128, 255, 0).astype(dtype)
    found = gradatim.train((x, y), task="segmentation", out=tmp_path / "run", **HOW).predict(x)
    assert found.labels.dtype == dtype and set(np.unique(found.labels)) <= {0, 255}


@pytest.mark.parametrize(
    ("frame", "dtype"),
    [
        (lambda y: pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": y.astype("int8")}), "int8"),
        (lambda y: pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": y.astype("float64")}), "float64"),
        (lambda y: pd.DataFrame({"a": X[:, 0], "c": ["p", "q"] * 30, "y": y.astype("uint8")}), "uint8"),
        (lambda y: pl.DataFrame({"a": X[:, 0], "c": ["p", "q"] * 30, "y": y.astype("float32")}), "float32"),
        (lambda y: pd.DataFrame({"a": X[:, 0], "c": ["p", "q"] * 30, "y": y.astype(bool)}), "bool"),
    ],
)
def test_of_a_frame(frame, dtype, tmp_path):
    data = frame(ONES)
    found = gradatim.train(data, target="y", out=tmp_path / "run", **HOW).predict(data)
    assert found.labels.dtype == dtype


def test_of_sequences_and_tensors(tmp_path):
    x = [np.ones((1 + i % 3, 2)) * X[i, 0] for i in range(60)]
    run = gradatim.train((x, LABELS["float32"]), task="classification", out=tmp_path / "a", **HOW)
    assert run.predict(x).labels.dtype == "float32"
    run = gradatim.train((torch.tensor(X), torch.tensor(LABELS["int8"])), out=tmp_path / "b", **HOW)
    assert run.predict(X).labels.dtype == "int8"


@pytest.mark.parametrize("kind", LABELS)
def test_the_word_stands_for_the_type(kind):
    y = LABELS[kind]
    word = label_type_of(y)
    assert is_label_type(word)
    names = np.array([v.decode() if isinstance(v, bytes) else v for v in sorted(set(y.tolist()))])
    same_type(as_labels(names, word), y)


@pytest.mark.parametrize("word", ["no type", "datetime64", 3, None, "O8x"])
def test_other_words_are_none(word):
    assert not is_label_type(word)
