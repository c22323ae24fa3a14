"""The network of forecasts: its equations, its start, what it refuses."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.forecaster import Forecaster

L, H, C, K, S = 6, 3, 2, 2, 4
SIZES = {"in_features": L * (1 + C) + H * K, "out_features": 2 * H, "lags": L, "horizon": H, "covariates": C,
         "known": K, "season": S}  # fmt: skip
X = torch.randn(5, SIZES["in_features"], dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def network(**more):
    return build({"name": "forecaster", **SIZES, "hidden": [4], **more}, 3, torch.float64).eval()


def test_it_begins_as_the_mean_of_what_its_views_stand_behind():
    """The last season, the last value and the mean: exact, float64."""
    w = X[:, :L]
    mean = w.mean(1, keepdim=True)
    expected = (w[:, [L - 4, L - 3, L - 2]] + w[:, -1:] + mean) / 3
    a = network()(X)
    torch.testing.assert_close(a[:, :H], expected)
    log_d = 0.5 * torch.log(w.var(1, correction=0) + 0.01)
    torch.testing.assert_close(a[:, H:], log_d[:, None].expand(-1, H))


def test_the_linear_part_is_its_equation():
    """Against a loop over views, windows and steps in NumPy, to 1e-12."""
    made = network()
    rng = np.random.default_rng(1)
    with torch.no_grad():
        for part in (made.weight, made.bias):
            part.copy_(torch.from_numpy(rng.normal(size=tuple(part.shape))))
    W, b = made.weight.detach().numpy(), made.bias.detach().numpy()
    for n, x in enumerate(X.numpy()):
        w, u, v = x[:L], x[L : L * (1 + C)], x[L * (1 + C) :].reshape(H, K)
        d = np.sqrt(w.var() + 0.01)
        for h in range(H):
            views = ((w, w[L - S + h % S], 1.0), (w - w[-1], w[-1], 1.0), ((w - w.mean()) / d, w.mean(), d))
            found = [
                m + scale * (W[k, h] @ np.concatenate([z, u, v[h]]) + b[k, h])
                for k, (z, m, scale) in enumerate(views)
            ]
            assert made(X)[n, h].item() == pytest.approx(np.mean(found), abs=1e-12)


def test_a_series_on_another_level_has_the_same_forecast_on_that_level():
    """Two of the views and the perceptron's correction see shapes only: with the season's z turned off,
    y + c gives ŷ + c; widths stay.
    """
    made = network(hidden=[])
    with torch.no_grad():
        made.weight[1:].normal_(generator=torch.Generator().manual_seed(2))
    shifted = X.clone()
    shifted[:, :L] += 7.5
    a, b = made(X), made(shifted)
    torch.testing.assert_close(b[:, :H], a[:, :H] + 7.5)
    torch.testing.assert_close(b[:, H:], a[:, H:])


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="make 24 inputs and 6 outputs; asked for are 25 and 6"):
        Forecaster(**{**SIZES, "in_features": 25})
    with pytest.raises(UsageError, match=r"reads windows \(N, 24\); it got \(5, 23\)"):
        network()(X[:, 1:])
