"""Numbers and labels from arrays, .npz files and torch, through every verb."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
import torch
from torch.utils.data import TensorDataset

import gradatim
from gradatim.checks import UsageError

QUICK = {"epochs": 30, "hidden": 16, "dropout": 0.0, "lr": 0.02, "threads": 1, "quiet": True}
N = 300
X = np.random.default_rng(0).normal(size=(N, 4))
ONE = 100 + 20 * X[:, 0] - 10 * X[:, 1] + np.random.default_rng(1).normal(size=N)
TWO = np.stack([ONE, 5 - X[:, 2]], 1)
LABELS = (X[:, :3] > 0).astype(np.int64)


def of_kind(kind, y):
    """The same examples as arrays, named arrays, an .npz file, a torch Dataset."""
    if kind == "npz":
        np.savez("d.npz", x=X, y=y)
        return "d.npz"
    if kind == "torch":
        return TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
    return {"arrays": (X, y), "named": {"x": X, "y": y}}[kind]


@pytest.mark.parametrize("kind", ["arrays", "named", "npz", "torch"])
@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_number_is_learned_in_its_own_unit(kind, engine):
    run = gradatim.train(of_kind(kind, ONE), engine=engine, **QUICK)
    assert run.metrics.keys() == {"rmse", "mae", "r2", "loss"} and run.metrics["r2"] > 0.95
    test = run.data.test
    found = run.predict(test.x)
    assert found.labels.shape == (len(test), 1)
    assert run.metrics["r2"] == pytest.approx(sklearn.metrics.r2_score(test.y, found.labels[:, 0]), rel=1e-9)
    assert run.config["choices"]["head"] == "one number: one linear output, squared error"
    page = run.folder.report.read_text()
    assert "Predictions are off by" in page and "Predictions and residuals" in page
    again = gradatim.load(run.path, data=None if kind == "npz" else of_kind(kind, ONE))
    assert again.evaluate() == run.evaluate()
    assert again.trained.problem == run.trained.problem


def test_every_kind_of_data_gives_the_same_numbers():
    kinds = ("arrays", "named", "npz", "torch")
    assert len({str(gradatim.train(of_kind(kind, ONE), **QUICK).metrics) for kind in kinds}) == 1


@pytest.mark.parametrize("kind", ["arrays", "npz"])
def test_several_numbers_have_a_column_each(kind):
    run = gradatim.train(of_kind(kind, TWO), **QUICK)
    assert run.trained.problem.names == ("y1", "y2")
    assert run.metrics["r2"] > 0.9
    test = run.data.test
    found = run.predict(test.x)
    rows = list(csv.DictReader(io.StringIO(found.to_csv())))
    assert list(rows[0]) == ["example", "prediction y1", "prediction y2"]
    np.testing.assert_allclose([float(row["prediction y2"]) for row in rows], found.labels[:, 1])
    r2 = sklearn.metrics.r2_score(test.y, found.labels)
    assert run.metrics["r2"] == pytest.approx(r2, rel=1e-9)
    assert "the mean over 2 targets" in run.folder.report.read_text()
    found.write("p.npz")
    with np.load("p.npz") as kept:
        np.testing.assert_array_equal(kept["prediction"], found.labels)


@pytest.mark.parametrize("loss", ["gaussian_nll", "laplace_nll"])
def test_numbers_of_arrays_have_intervals(loss):
    run = gradatim.train((X, ONE), loss=loss, **QUICK)
    found = run.predict(X)
    assert (found.low < found.labels).all() and (found.labels < found.high).all()
    inside = (found.low[:, 0] <= ONE) & (found.high[:, 0] >= ONE)
    assert inside.mean() > 0.7
    assert run.metrics["interval_coverage"] == pytest.approx(
        run.evaluate((run.data.test.x, run.data.test.y))["metrics"]["interval_coverage"]
    )
    assert "Coverage of intervals" in run.folder.report.read_text()
    assert list(found.columns()) == ["prediction", "low", "high"]


@pytest.mark.parametrize("kind", ["arrays", "named", "npz", "torch"])
@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_labels_are_learned_each_as_a_question_of_its_own(kind, engine):
    run = gradatim.train(of_kind(kind, LABELS), task="multilabel", engine=engine, **QUICK)
    assert run.metrics.keys() == {"subset_accuracy", "hamming_loss", "loss"}
    assert run.metrics["hamming_loss"] < 0.15
    test = run.data.test
    found = run.predict(test.x)
    np.testing.assert_array_equal(found.labels, (found.probabilities > 0.5).astype(int))
    assert run.metrics["hamming_loss"] == pytest.approx(sklearn.metrics.hamming_loss(test.y, found.labels))
    assert list(found.columns())[:2] == ["prediction y1", "prediction y2"]
    page = run.folder.report.read_text()
    assert "of all labels are wrong" in page


def test_numbers_of_a_frame_and_of_its_arrays_are_learned_alike():
    frame = pd.DataFrame(X, columns=list("abcd")).assign(price=ONE)
    of_frame = gradatim.train(frame, target="price", baselines=False, **QUICK)
    of_arrays = gradatim.train((X, ONE), **QUICK)
    assert of_frame.metrics["r2"] == pytest.approx(of_arrays.metrics["r2"], abs=0.05)
    assert of_frame.config["choices"]["head"] == of_arrays.config["choices"]["head"]


def test_whole_numbers_are_classes_unless_numbers_are_asked_for():
    y = np.arange(N) % 5
    assert gradatim.train((X, y), **{**QUICK, "epochs": 1}).trained.problem.kind == "classes"
    run = gradatim.train((X, y), task="regression", **{**QUICK, "epochs": 1})
    assert run.trained.problem.kind == "numbers" and "rmse" in run.metrics
    run = gradatim.train((X, y), loss="huber", task="regression", **{**QUICK, "epochs": 1})
    assert run.trained.problem.loss == "huber"


@pytest.mark.parametrize(
    ("y", "asked", "sentence"),
    [
        (ONE, {"task": "classification"}, r"the target holds 104\.181 at example 0"),
        (ONE, {"loss": "cross_entropy"}, "the loss cross_entropy is of classification; regression takes"),
        (LABELS * 2, {"task": "multilabel"}, "0 and 1|0 or 1"),
        (ONE, {"task": "guess"}, "unknown task 'guess'"),
        (np.where(ONE > 100, np.nan, ONE), {}, "nan at example"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(y, asked, sentence):
    with pytest.raises(UsageError, match=sentence):
        gradatim.train((X, y), **{**QUICK, "epochs": 1}, **asked)
