"""Training of a network of forecasts, whose linear part is solved before the first step."""

from typing import Any, NamedTuple

import numpy as np

from gradatim.training.autoregression import Moments, WindowSizes, apply_ahead, ridge_ahead
from gradatim.training.training import Training

HELD = 0.2  # of the training windows, the latest, where there is no validation
LEAST = 1e-6  # a width


class ForecastTraining(Training):
    """Training of a `models.forecaster.Forecaster`: first its linear part in closed form, then all of it.

    For each view of the window a ridge regression is solved with every penalty, with other columns and the
    calendar and without; the one of the least absolute error on validation is kept. The three count alike:
    shares that are fitted to a few validation windows do worse than equal ones (Clemen 1989).
    """

    @classmethod
    def of_settings(
        cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]
    ) -> "ForecastTraining":
        """The linear part is solved from the training windows, and chosen on validation."""
        start_linear(model, data, valid)
        return super().of_settings(model, data, valid, loss, settings)  # type: ignore[return-value]


def start_linear(model: Any, data: Any, valid: Any) -> None:
    """Put the autoregressions that training windows make and validation chooses into a Forecaster."""
    import torch

    sizes = WindowSizes(model.lags, model.horizon, model.covariates, model.known)
    x, y = np.asarray(data.x, np.float64), np.asarray(data.y, np.float64)
    cut = len(x) if valid is not None else max(1, int(len(x) * (1 - HELD)))
    checked = (x[cut:], y[cut:]) if cut < len(x) else (x, y)
    if valid is not None:
        checked = np.asarray(valid.x, np.float64), np.asarray(valid.y, np.float64)
    x, y = x[:cut], y[:cut]
    found = [
        solve_view(seen, y, looked_at, checked[1], sizes)
        for seen, looked_at in zip(views_of(model, x), views_of(model, checked[0]), strict=True)
    ]
    weight, bias = (np.stack(parts) for parts in zip(*found, strict=True))
    with torch.no_grad():
        for part, value in ((model.weight, weight), (model.bias, bias)):
            part.copy_(torch.from_numpy(value).to(part.dtype))
        answers = [
            apply_ahead(*one, seen.x, sizes) * seen.d + seen.m
            for one, seen in zip(found, views_of(model, x), strict=True)
        ]
        off = np.abs(np.mean(answers, 0) - y) / views_of(model, x)[2].d
        model.width.copy_(torch.from_numpy(np.log(off.mean(0) + LEAST)).to(model.width.dtype))


class View(NamedTuple):
    """Windows x (N, L(1 + C) + H K) with their lags as a view shows them, m (N, H) and d (N, 1)."""

    x: np.ndarray
    m: np.ndarray
    d: np.ndarray


def views_of(model: Any, x: np.ndarray) -> list[View]:
    """The views of windows."""
    import torch

    with torch.no_grad():
        z, m, d = (one.numpy() for one in model.views(torch.from_numpy(x)))
    rest = x[:, model.lags :]
    return [View(np.concatenate([z[v], rest], 1), m[v], d[v][:, None]) for v in range(len(z))]


def solve_view(
    seen: View, y: np.ndarray, looked_at: View, truth: np.ndarray, sizes: WindowSizes
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (H, P) and intercepts (H,) of the ridge regression of (y − m)/d, each window counting d²,
    that errs least on other windows.
    """
    moments = Moments.of(seen.x, (y - seen.m) / seen.d, seen.d[:, 0] ** 2)
    best: tuple[float, Any, Any] | None = None
    for parts in sizes.subsets():
        for weight, bias in zip(*ridge_ahead(moments, sizes, parts), strict=True):
            answer = apply_ahead(weight, bias, looked_at.x, sizes) * looked_at.d + looked_at.m
            error = float(np.abs(answer - truth).mean())
            if best is None or error < best[0]:
                best = (error, weight, bias)
    assert best is not None
    return best[1], best[2]
