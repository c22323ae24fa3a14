"""The learning-rate finder: its steps against descent written out, its suggestion on known curves."""

import math

import numpy as np
import pytest
import torch

from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError, UsageError
from gradatim.models.building import build
from gradatim.training.finder import Sweep, find_lr
from gradatim.training.training import Training

RNG = np.random.default_rng(0)
X = RNG.standard_normal((20, 3))
Y = X @ np.array([1.0, -2.0, 0.5])
LINEAR = {"name": "dense", "in_features": 3, "out_features": 1, "bias": False}


def training(**options):
    how = {"batch_size": 20, "lr": 0.3, "precision": "float64", **options}
    return Training(Network([LINEAR], 0, np.float64), (X, Y[:, None]), "half_squared_error", "sgd", **how)


def test_its_steps_are_gradient_descent_at_the_growing_rate():
    """Losses of ½ mean (Xw − y)² against the loop written out, to 1e-12, until they diverge."""
    tried = training()
    w = tried.model.theta.copy()
    sweep = find_lr(tried, 1e-4, 100.0, 60)
    running = lowest = None
    top = bottom = 0.0
    for t, (lr, loss) in enumerate(zip(sweep.lrs, sweep.losses, strict=True)):
        assert math.isclose(lr, 1e-4 * 1e6 ** (t / 59), rel_tol=1e-12)
        error = X @ w - Y
        np.testing.assert_allclose(loss, 0.5 * (error**2).mean(), rtol=1e-10)
        w = w - lr * X.T @ error / 20
        top, bottom = 0.9 * top + loss, 0.9 * bottom + 1
        running = top / bottom
        lowest = running if lowest is None else min(lowest, running)
        assert (running > 4 * lowest) == (t == len(sweep.lrs) - 1)
    largest = np.linalg.eigvalsh(X.T @ X / 20).max()
    assert 1e-4 < sweep.suggestion < 2 / largest  # beyond 2/λ descent diverges


@pytest.mark.parametrize("place", [1e-4, 1e-2, 0.5])
def test_it_suggests_where_a_known_curve_falls_fastest(place):
    """A logistic fall in log η centred at `place`, noise of 2 %, then a rise: within a factor of 1.6."""
    lrs = [1e-6 * 1e7 ** (t / 199) for t in range(200)]
    losses = [
        1 + 2 / (1 + (lr / place) ** 1.5) + 0.05 * math.exp(min(lr / 3, 4)) + 0.02 * RNG.standard_normal()
        for lr in lrs
    ]
    assert abs(math.log(Sweep(lrs, losses).suggestion / place)) < math.log(1.6)


def test_both_engines_sweep_alike():
    x, y = RNG.standard_normal((64, 4)), RNG.integers(0, 3, 64)
    entry = {"name": "mlp", "in_features": 4, "out_features": 3, "hidden": [5], "dropout": 0.2}
    from gradatim.models.mlp import mlp

    by_hand = Network(mlp(4, 3, hidden=(5,), dropout=0.2), 2, np.float64)
    sweeps = [
        find_lr(Training(model, (x, y), batch_size=16, precision="float64"), steps=80)
        for model in (by_hand, build(entry, 2, torch.float64))
    ]
    np.testing.assert_allclose(sweeps[0].losses, sweeps[1].losses, rtol=1e-8)
    assert sweeps[0].suggestion == sweeps[1].suggestion


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match=r"^the rate must grow: it would go from 1 to 0\.1"):
        find_lr(training(), 1.0, 0.1)
    with pytest.raises(UsageError, match=r"^steps must be a whole number of at least 10"):
        find_lr(training(), steps=3)
    with pytest.raises(
        GradatimError, match=r"^the loss is not finite from the start: try rates below 1e\+200"
    ):
        find_lr(training(), 1e200, 1e300)
