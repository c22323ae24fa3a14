"""The moving average of the weights, against its definition, in both engines."""

import numpy as np
import pytest
import torch

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.mlp import mlp
from gradatim.training.training import Training

RNG = np.random.default_rng(0)
X = RNG.standard_normal((40, 5))
Y = RNG.integers(0, 3, 40)
HOW = {"lr": 0.01, "batch_size": 8, "precision": "float64", "epochs": 4, "valid": (X[:20], Y[:20])}


def network(kind):
    if kind == "numpy":
        return Network(mlp(5, 3, hidden=(6,)), 1, np.float64)
    return build({"name": "mlp", "in_features": 5, "out_features": 3, "hidden": [6]}, 1, torch.float64)


def numbers(tensors):
    return {name: np.array(value.tolist()) for name, value in tensors.items()}


@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_the_average_is_its_definition(kind):
    """θ̄ after every step, to 1e-14; validation and the best network are of θ̄, training is not moved by it."""
    plain = Training(network(kind), (X, Y), **HOW)
    training = Training(network(kind), (X, Y), ema=0.95, **HOW)
    average = numbers(plain.engine.parameters_now())
    t = 0
    while not training.finished:
        record, other = training.advance(0), plain.advance(0)
        if record is None:
            t += 1
            rho = min(0.95, t / (t + 9))
            for name, p in numbers(plain.engine.parameters_now()).items():
                average[name] += (1 - rho) * (p - average[name])
            for name, p in numbers(training.averaging.average).items():
                np.testing.assert_allclose(p, average[name], rtol=1e-13, atol=1e-15)
            continue
        assert record.train_loss == other.train_loss
        measured = network(kind)
        other_training = Training(measured, (X, Y), **HOW)
        other_training.engine.set_parameters(training.averaging.tensors())
        assert other_training.evaluate((X[:20], Y[:20])) == record.valid
    assert training.best is not None
    for name, p in numbers(training.engine.parameters_now()).items():
        np.testing.assert_array_equal(p, numbers(plain.engine.parameters_now())[name])
    training.keep_average()
    for name, p in numbers(training.engine.parameters_now()).items():
        np.testing.assert_allclose(p, average[name], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_it_goes_on_from_a_checkpoint_to_the_bit(kind):
    straight = Training(network(kind), (X, Y), ema=0.9, **HOW)
    list(straight)
    first = Training(network(kind), (X, Y), ema=0.9, **HOW)
    for _ in range(7):
        first.advance(0)
    second = Training(network(kind), (X, Y), ema=0.9, **HOW)
    second.restore(*first.state())
    list(second)
    for name, p in numbers(second.averaging.average).items():
        np.testing.assert_array_equal(p, numbers(straight.averaging.average)[name])


@pytest.mark.parametrize("decay", [0, 1, "much"])
def test_a_decay_that_cannot_be_is_refused(decay):
    with pytest.raises(UsageError, match=r"^ema must be a number above 0 and below 1"):
        Training(network("numpy"), (X, Y), ema=decay, **HOW)


def test_smoothing_is_for_cross_entropies():
    with pytest.raises(UsageError, match=r"^label_smoothing is for the losses cross_entropy and binary_"):
        Training(network("torch"), (X, Y), lambda a, y: a.sum(), label_smoothing=0.1, **HOW)
    with pytest.raises(UsageError, match=r"^label_smoothing must be a number at least 0 and below 1"):
        Training(network("numpy"), (X, Y), label_smoothing=1.0, **HOW)
