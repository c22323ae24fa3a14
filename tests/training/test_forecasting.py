"""The autoregression in closed form, and training that begins with it, exact in mid-epoch."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from gradatim.data.dataset import Dataset
from gradatim.models.building import build
from gradatim.training.autoregression import Moments, WindowSizes, apply_ahead, ridge_ahead
from gradatim.training.forecasting import ForecastTraining, start_linear

RNG = np.random.default_rng(0)
SIZES = WindowSizes(lags=5, horizon=3, covariates=1, known=2)
X = RNG.normal(size=(80, 5 * 2 + 3 * 2))
Y = np.stack([X[:, :5] @ RNG.normal(size=5) + X[:, 10 + 2 * h] for h in range(3)], 1)
ENTRY = {"name": "forecaster", "in_features": 16, "out_features": 6, "lags": 5, "horizon": 3, "covariates": 1,
         "known": 2, "hidden": [8], "dropout": 0.5}  # fmt: skip


@pytest.mark.parametrize("parts", [(), ("known",), ("covariates", "known")])
@pytest.mark.parametrize("penalty", [0.1, 10.0])
def test_the_autoregression_is_scikit_learns_ridge(parts, penalty):
    """Each step ahead on its own columns, weighted: to 1e-10."""
    w = RNG.uniform(0.5, 2.0, len(X))
    weight, bias = ridge_ahead(Moments.of(X, Y, w), SIZES, parts, [penalty])
    found = apply_ahead(weight[0], bias[0], X, SIZES)
    for h in range(3):
        columns = SIZES.columns(h, parts)
        theirs = Ridge(alpha=penalty).fit(X[:, columns], Y[:, h], sample_weight=w / w.mean())
        np.testing.assert_allclose(found[:, h], theirs.predict(X[:, columns]), atol=1e-10)


def test_a_network_that_can_be_right_begins_right():
    """Steps that are weighted means of the window: all three views can say them: off by 1 %."""
    c = RNG.normal(size=(5, 3))
    y = X[:, :5] @ (c + (1 - c.sum(0)) / 5)
    made = build(ENTRY, 0, torch.float64).eval()
    start_linear(made, Dataset(X[:60], y[:60]), Dataset(X[60:], y[60:]))
    a = made(torch.from_numpy(X[60:])).detach().numpy()
    assert np.abs(a[:, :3] - y[60:]).max() < 0.01 * y.std()
    assert made.weight[:, :, 5:].abs().max() < 1e-2  # what else is seen says nothing


def training(seed=0, **more):
    model = build(ENTRY, seed)
    data = Dataset(X[:60].astype(np.float32), Y[:60].astype(np.float32))
    valid = Dataset(X[60:].astype(np.float32), Y[60:].astype(np.float32))
    settings = {"epochs": 3, "batch_size": 16, "lr": 0.01, "optimizer": "adam", "weight_decay": 0.1, **more}
    return ForecastTraining.of_settings(model, data, valid, "laplace_nll", settings)


@pytest.mark.parametrize("steps", [1, 4, 7])
def test_going_on_in_mid_epoch_is_exact_to_the_bit(steps):
    straight = training()
    expected = [r.train_loss for r in straight]
    first = training()
    while first.step < steps:
        first.advance(0)
    second = training(seed=5)
    second.restore(*first.state())
    found = [r.train_loss for r in second]
    assert found == expected[3 - len(found) :]
    for name, value in straight.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name


def test_without_validation_the_latest_windows_choose():
    made = build(ENTRY, 0, torch.float64)
    start_linear(made, Dataset(X, Y), None)
    assert torch.isfinite(made.weight).all() and made.weight.abs().max() > 0
