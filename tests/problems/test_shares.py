"""Distributions over classes as targets, from the loss to the run folder."""

import csv

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression

import gradatim
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.data.shares import check_shares
from gradatim.models.building import build
from gradatim.problems.choose import pose
from gradatim.problems.shares import Shares
from gradatim.training.training import Training

rng = np.random.default_rng(0)
X = rng.standard_normal((300, 3))
W = np.array([[2.0, 0, -1], [0, 1.5, 0], [-1, -1, 2]])
P = np.exp(X @ W.T)
P /= P.sum(1, keepdims=True)
HOW = {"epochs": 30, "lr": 0.03, "hidden": [16], "threads": 1, "quiet": True, "seed": 1, "baselines": False,
       "dropout": 0.0, "weight_decay": 0.0, "keep": "best"}  # fmt: skip
LINEAR = {"name": "stack", "layers": [{"name": "dense", "in_features": 3, "out_features": 3}]}


@pytest.mark.parametrize("loss", ["cross_entropy", "kl_divergence"])
def test_they_are_learned_alike_on_both_engines(loss, tmp_path):
    """Validation losses of every epoch to 1e-9, and what is predicted is near the truth."""
    runs = [
        gradatim.train((X, P), loss=loss, engine=engine, precision="float64", out=tmp_path / engine, **HOW)
        for engine in ("numpy", "torch")
    ]
    by_hand, in_torch = ([(r["valid_loss"], r["valid_accuracy"]) for r in run.records] for run in runs)
    np.testing.assert_allclose(by_hand, in_torch, rtol=1e-9)
    found = gradatim.load(tmp_path / "numpy", data=(X, P)).predict(X)
    assert np.abs(found.probabilities - P).mean() < 0.03
    assert runs[0].metrics["kl_divergence"] < 0.02 and runs[0].metrics["accuracy"] > 0.9
    assert runs[0].trained.problem.kind == "shares"
    assert runs[0].evaluate((X, P))["metrics"].keys() == runs[0].metrics.keys()
    report = (tmp_path / "numpy" / "report.html").read_text()
    assert "KL" in report or "kl divergence" in report


def test_the_optimum_is_that_of_rows_that_come_with_weights():
    """A linear network's cross entropy with soft targets: scikit-learn on each row K times, with weights."""
    network = Network(LINEAR["layers"], 0, "float64")
    list(Training(network, (X, P), "cross_entropy", "lbfgs", epochs=300, batch_size=300, precision="float64"))
    rows = np.repeat(X, 3, 0)
    oracle = LogisticRegression(C=np.inf, tol=1e-10, max_iter=5000)
    oracle.fit(rows, np.tile(np.arange(3), 300), sample_weight=P.reshape(-1))
    a = network.forward(X)
    p = np.exp(a - a.max(1, keepdims=True))
    np.testing.assert_allclose(p / p.sum(1, keepdims=True), oracle.predict_proba(X), atol=1e-4)


def test_how_it_is_chosen():
    """Several columns with a loss of classes, or the task; several columns alone are numbers or labels."""
    one_hot = np.eye(3, dtype=int)[np.arange(300) % 3]
    assert gradatim.load_data((X, P)).question.task == "regression"
    assert gradatim.load_data((X, P), task="distribution").question.task == "distribution"
    for y, loss in ((P, "cross_entropy"), (P, "kl_divergence"), (one_hot, "cross_entropy")):
        assert isinstance(pose(gradatim.load_data((X, y)).question, y, loss), Shares)
    labels = gradatim.load_data((X, np.arange(300) % 3))
    assert pose(labels.question, labels.y, "cross_entropy").kind == "classes"
    with pytest.raises(UsageError, match="kl_divergence is of distribution; classification takes"):
        pose(labels.question, labels.y, "kl_divergence")


def test_hard_targets_in_columns_are_the_classes_they_say():
    """One-hot rows give the losses of class numbers, every epoch."""
    y = np.arange(300) % 3
    found = []
    for targets in (y, np.eye(3)[y]):
        training = Training(
            Network(LINEAR["layers"], 0, "float64"), (X, targets), epochs=4, precision="float64"
        )
        found.append([(r.train_loss, training.evaluate((X, targets))["accuracy"]) for r in training])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)


@pytest.mark.parametrize("kind", ["csv", "npz", "frame"])
def test_files(kind, tmp_path):
    frame = pd.DataFrame(
        {**{f"x{i}": X[:, i] for i in range(3)}, **{n: P[:, k] for k, n in enumerate("abc")}}
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    np.savez(tmp_path / "t.npz", x=X, y=P)
    data = {"csv": tmp_path / "t.csv", "npz": tmp_path / "t.npz", "frame": frame}[kind]
    target = {} if kind == "npz" else {"target": "a,b,c"}
    run = gradatim.train(data, loss="cross_entropy", out=tmp_path / "run", **target, **HOW)
    names = ("y1", "y2", "y3") if kind == "npz" else ("a", "b", "c")
    assert run.trained.problem.names == names and run.metrics["kl_divergence"] < 0.05
    found = run.predict(data)
    np.testing.assert_allclose(found.probabilities.sum(1), 1, rtol=1e-5)
    found.write(tmp_path / "found.csv")
    with (tmp_path / "found.csv").open() as file:
        first = next(csv.DictReader(file))
    assert first["prediction"] in names and float(first[f"p({names[0]})"]) >= 0
    resumed = gradatim.train(
        data if kind == "frame" else None, resume=tmp_path / "run", epochs=32, quiet=True
    )
    assert len(resumed.records) == 32


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (P * 0.9, "a distribution sums to 1; the target of example 0 sums to 0.9"),
        (P + np.array([-1.0, 1, 0]), "probabilities are at least 0; the target of example 0 holds -"),
        (P[:, 0], r"\(N, K\), a column for each class; their shape is \(300,\)"),
        (P[:, :1], r"\(N, K\), a column for each class; their shape is \(300, 1\)"),
    ],
)
def test_what_is_no_distribution(y, sentence, tmp_path):
    with pytest.raises(UsageError, match=sentence):
        check_shares(y)
    with pytest.raises(UsageError, match=sentence):
        gradatim.train((X, y), task="distribution", out=tmp_path / "run", **HOW)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_training_refuses_what_the_loss_cannot_read(engine):
    def network(outputs):
        layers = [{"name": "dense", "in_features": 3, "out_features": outputs}]
        return Network(layers, 0) if engine == "numpy" else build({"name": "stack", "layers": layers}, 0)

    with pytest.raises(UsageError, match=r"a probability of each of 3 classes; the network gives \(4,\)"):
        Training(network(4), (X, P))
    with pytest.raises(UsageError, match=r"sums to 0\.5"):
        Training(network(3), (X, P / 2))
    with pytest.raises(UsageError, match="needs a probability of each class as target"):
        Training(network(3), (X, np.arange(300) % 3), "kl_divergence")
    assert next(Training(network(3), (torch.tensor(X), torch.tensor(P)), "kl_divergence")).step == 10
