"""An optimizer's settings and the order of the examples, alike in both engines."""

import numpy as np
import pytest
import torch

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.mlp import mlp
from gradatim.training.training import Training

rng = np.random.default_rng(0)
X = rng.standard_normal((40, 3))
Y = (X[:, 0] > 0).astype(int)
ENTRY = {"in_features": 3, "out_features": 2, "hidden": [5]}


def pair(**options):
    models = Network(mlp(**ENTRY), 1, "float64"), build({"name": "mlp", **ENTRY}, 1, torch.float64)
    return [Training(m, (X, Y), precision="float64", batch_size=8, epochs=3, **options) for m in models]


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        ("adam", {"beta1": 0.5, "beta2": 0.9, "eps": 1e-4}),
        ("adam", {"beta2": 0.9}),
        ("nesterov", {"momentum": 0.4}),
        ("rmsprop", {"alpha": 0.7}),
        ("adadelta", {"rho": 0.5, "eps": 1e-3}),
    ],
)
@pytest.mark.parametrize("shuffle", [True, False])
def test_both_engines_take_them(optimizer, settings, shuffle):
    """Losses to 1e-10, and others than with the optimizer's own settings."""
    by_hand, by_torch = pair(optimizer=optimizer, settings=settings, shuffle=shuffle, lr=0.05)
    losses = [record.train_loss for record in by_hand]
    np.testing.assert_allclose(losses, [record.train_loss for record in by_torch], rtol=1e-10)
    assert losses != [record.train_loss for record in pair(optimizer=optimizer, shuffle=shuffle, lr=0.05)[0]]


def test_without_shuffling_the_order_is_the_datas():
    for training in pair(shuffle=False):
        batches = [np.asarray(x) for epoch in (0, 1) for x, _, _ in training.data.epoch(epoch)]
        np.testing.assert_array_equal(np.concatenate(batches), np.concatenate([X, X]))
        rest = [np.asarray(x) for x, _, _ in training.data.epoch(0, start=3)]
        np.testing.assert_array_equal(np.concatenate(rest), X[24:])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"optimizer": "adam", "settings": {"beta": 0.5}},
            "unknown setting of adam 'beta': did you mean beta",
        ),
        ({"optimizer": "adam", "settings": {"lr": 0.5}}, "unknown setting of adam 'lr'"),
        (
            {"optimizer": "nesterov", "settings": {"momentum": 1}},
            "momentum must be a number at least 0 and below",
        ),
    ],
)
def test_what_is_no_setting(options, sentence):
    with pytest.raises(UsageError) as raised:
        pair(**options)
    assert str(raised.value).startswith(sentence)


def test_a_network_without_a_seed_waits_for_its_weights():
    drawn, empty = Network(mlp(**ENTRY), 1), Network(mlp(**ENTRY), None)
    assert not empty.theta.any()
    empty.load_state_dict(drawn.state_dict())
    np.testing.assert_array_equal(empty.forward(X), drawn.forward(X))
