"""A weight of the answer yes, in training and in runs."""

import numpy as np
import pytest
import torch
from torch import nn

import gradatim
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.training.training import Training

rng = np.random.default_rng(0)
X = rng.standard_normal((120, 3))
Y = (X[:, 0] + 0.5 * rng.standard_normal(120) > 1).astype(int)  # about one in five
LABELS = np.stack([Y, X[:, 1] > 0.8, X[:, 2] > 0], 1).astype(int)
HOW = {"epochs": 4, "hidden": [6], "threads": 1, "quiet": True, "seed": 1, "baselines": False}


def both(outputs):
    layers = [{"name": "dense", "in_features": 3, "out_features": outputs}]
    return Network(layers, 1, "float64"), build({"name": "stack", "layers": layers}, 1, torch.float64)


@pytest.mark.parametrize(
    ("y", "loss", "weight"),
    [(Y, "binary_cross_entropy", 4.0), (Y, "binary_cross_entropy", [0.3]), (LABELS, "multilabel", 3),
     (LABELS, "multilabel", [5.0, 2.0, 0.5]), (LABELS, "multilabel", np.array([1, 2, 3]))],
)  # fmt: skip
def test_the_steps_are_those_of_torch_s_loss_with_the_weight(y, loss, weight):
    """Twenty steps of gradient descent on both engines beside torch's own loop, and the losses of records."""
    k = 1 if y.ndim == 1 else y.shape[1]
    theirs = both(k)[1]
    criterion = nn.BCEWithLogitsLoss(pos_weight=torch.as_tensor(weight, dtype=torch.float64), reduction="sum")
    target = torch.tensor(y.reshape(-1, k), dtype=torch.float64)
    optimizer, losses = torch.optim.SGD(theirs.parameters(), lr=0.1), []
    for _ in range(20):
        value = criterion(theirs(torch.tensor(X)), target) / len(X)
        losses.append(value.item())
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    for model in both(k):
        training = Training(
            model, (X, y), loss, "sgd", lr=0.1, batch_size=120, epochs=20, precision="float64",
            pos_weight=weight,
        )  # fmt: skip
        np.testing.assert_allclose([record.train_loss for record in training], losses, rtol=1e-10)
        for name, p in model.state_dict().items():
            np.testing.assert_allclose(np.asarray(p), theirs.state_dict()[name], rtol=1e-9)


def test_it_weighs_validation_too_and_not_what_is_measured(tmp_path):
    how = {**HOW, "epochs": 30, "lr": 0.03}
    plain = gradatim.train((X, Y), out=tmp_path / "plain", **how)
    run = gradatim.train((X, Y), pos_weight=6, out=tmp_path / "run", **how)
    assert run.config["settings"]["pos_weight"] == [6.0]
    assert run.records[0]["valid_loss"] > plain.records[0]["valid_loss"]
    assert run.predict(X).probabilities[:, 1].mean() > plain.predict(X).probabilities[:, 1].mean() + 0.05
    p, test = run.predict(run.data.test.x).probabilities, run.data.test.y
    assert run.metrics["loss"] == pytest.approx(-np.log(p[np.arange(len(test)), test]).mean(), rel=1e-5)
    resumed = gradatim.train((X, Y), resume=tmp_path / "run", epochs=32, quiet=True)
    assert len(resumed.records) == 32 and resumed.config["settings"]["pos_weight"] == [6.0]


@pytest.mark.parametrize(
    ("y", "options", "sentence"),
    [
        (X[:, 0], {"pos_weight": 2}, "--pos-weight is for classification and multilabel"),
        (np.arange(120) % 3, {"pos_weight": 2}, "pos_weight is for answers of yes and no"),
        (Y, {"pos_weight": 2, "loss": "hinge"}, "pos_weight is for answers of yes and no"),
        (Y, {"pos_weight": [2, 3]}, "pos_weight is one number for two classes; here are 2"),
        (LABELS, {"pos_weight": [2, 3]}, "one for each of 3 labels; here are 2"),
        (Y, {"pos_weight": 0}, "pos_weight must be a number above 0"),
        (Y, {"pos_weight": "many"}, "pos_weight must be a number"),
        (Y, {"pos_weight": [np.nan]}, "pos_weight must be a"),
    ],
)
def test_what_it_is_not_for(y, options, sentence, tmp_path):
    with pytest.raises(UsageError, match=sentence):
        gradatim.train((X, y), out=tmp_path / "run", **HOW, **options)
    assert not (tmp_path / "run").exists()
