"""F7: the classifier that begins as a deep belief network."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from gradatim.checks import UsageError
from gradatim.estimators import DBNClassifier
from gradatim.models.building import build
from gradatim.unsupervised.pretraining import Pretraining

X, Y = load_digits(return_X_y=True)
X = X / 16


def test_it_is_pretraining_by_machines_and_then_training():
    """To 1e-12, float64."""
    found = DBNClassifier((12, 7), pretrain_epochs=2, max_iter=2, k=2, random_state=3).fit(X[:200], Y[:200])
    entry = {"name": "mlp", "in_features": 64, "out_features": 10, "hidden": [12, 7], "activation": "sigmoid"}
    network = build(entry, 3, torch.float64)
    records = list(
        Pretraining(
            network, (X[:200], Y[:200]), kind="rbm", how={"k": 2}, pretrain_epochs=2, epochs=2, seed=3,
            lr=3e-3, precision="float64",
        )
    )  # fmt: skip
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(X)).softmax(1).numpy()
    assert np.allclose(found.predict_proba(X), expected, atol=1e-12)
    assert found.loss_curve_ == [r.train_loss for r in records if not r.stage]
    assert [len(curve) for curve in found.pretrain_loss_curves_] == [2, 2]
    assert found.transform(X).shape == (1797, 7)


def test_it_learns_the_digits():
    found = DBNClassifier((64, 32), max_iter=15, pretrain_epochs=10, learning_rate_init=0.01, batch_size=16)
    assert found.fit(X[:1200], Y[:1200]).score(X[1200:], Y[1200:]) > 0.88


def test_without_machines_it_begins_as_a_perceptron_does():
    found = DBNClassifier((5,), pretrain_epochs=0, max_iter=2).fit(X[:50], Y[:50])
    assert found.pretrain_loss_curves_ == [] and found.n_iter_ == 2


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"hidden_layer_sizes": ()}, "hidden_layer_sizes must be a whole number of at least 1"),
        ({"k": 0}, "k must be a whole number of at least 1; it is 0"),
        ({"max_iter": 0}, "max_iter must be"),
        ({"pretrain_lr": -1.0}, "pretrain_lr must be"),
        ({"dropout": 1.0}, "dropout must be"),
    ],
)
def test_what_cannot_be_is_said(asked, sentence):
    with pytest.raises(UsageError, match=sentence):
        DBNClassifier(**asked).fit(X[:50], Y[:50])
