"""Training of a network of forecasts, whose linear part is solved before the first step."""

from typing import Any

import numpy as np

from gradatim.training.autoregression import Moments, WindowSizes, apply_ahead, ridge_ahead
from gradatim.training.training import Training

HELD = 0.2  # of the training windows, the latest, where there is no validation
LEAST = 1e-6  # a width


class ForecastTraining(Training):
    """Training of a `models.forecaster.Forecaster`: first its linear part in closed form, then all of it.

    Of each view of the window a ridge regression is solved with every penalty, with other columns and the
    calendar and without; the one of the least absolute error on validation is kept, and the three stand
    together by the shares, at least 0, that err least there (stacked regressions, Breiman 1996).
    """

    @classmethod
    def of_settings(
        cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]
    ) -> "ForecastTraining":
        """The linear part is solved from the training windows, and chosen on validation."""
        start_linear(model, data, valid)
        return super().of_settings(model, data, valid, loss, settings)  # type: ignore[return-value]


def start_linear(model: Any, data: Any, valid: Any) -> None:
    """Put the autoregression that training windows make and validation chooses into a Forecaster."""
    import torch

    sizes = WindowSizes(model.lags, model.horizon, model.covariates, model.known)
    x, y = np.asarray(data.x, np.float64), np.asarray(data.y, np.float64)
    if valid is None:
        cut = max(1, int(len(x) * (1 - HELD)))
        checked = (x[cut:], y[cut:]) if cut < len(x) else (x, y)
        fitted = (x[:cut], y[:cut])
    else:
        fitted, checked = (x, y), (np.asarray(valid.x, np.float64), np.asarray(valid.y, np.float64))
    seen, looked_at = _views(model, fitted[0]), _views(model, checked[0])
    weights, biases, answers = [], [], []
    for (z, m, d), (z_c, m_c, d_c) in zip(seen, looked_at, strict=True):
        moments = Moments.of(z, (fitted[1] - m) / d, d[:, 0] ** 2)
        best: tuple[float, Any, Any, Any] | None = None
        for parts in sizes.subsets():
            for weight, bias in zip(*ridge_ahead(moments, sizes, parts), strict=True):
                found = apply_ahead(weight, bias, z_c, sizes) * d_c + m_c
                error = float(np.abs(found - checked[1]).mean())
                if best is None or error < best[0]:
                    best = (error, weight, bias, found)
        assert best is not None
        weights.append(best[1])
        biases.append(best[2])
        answers.append(best[3])
    shares = stack(answers, checked[1])
    with torch.no_grad():
        for name, value in (
            ("weight", np.stack(weights) * shares[:, None, None]), ("bias", np.stack(biases) * shares[:, None]),
            ("share", shares),
        ):  # fmt: skip
            part = getattr(model, name)
            part.copy_(torch.from_numpy(value).to(part.dtype))
        miss = sum(
            s * (apply_ahead(w, b, z, sizes) * d + m)
            for s, w, b, (z, m, d) in zip(shares, weights, biases, seen, strict=True)
        )
        off = np.abs(miss - fitted[1]) / seen[2][2]
        model.width.copy_(torch.from_numpy(np.log(off.mean(0) + LEAST)).to(model.width.dtype))


def stack(answers: list[np.ndarray], y: np.ndarray) -> np.ndarray:
    """Shares (M,) of at least 0, whose sum is 1, of M answers (N, H) to y: least squares, then scaled."""
    from scipy.optimize import nnls

    shares, _ = nnls(np.stack([one.reshape(-1) for one in answers], 1), y.reshape(-1))
    if shares.sum() <= 0:
        errors = [np.abs(one - y).mean() for one in answers]
        return np.eye(len(answers))[int(np.argmin(errors))]
    return shares / shares.sum()


def _views(model: Any, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Of each view the windows with their lags so, m (N, 1) and d (N, 1)."""
    import torch

    with torch.no_grad():
        z, m, d = (one.numpy() for one in model.views(torch.from_numpy(x)))
    rest = x[:, model.lags :]
    return [
        (np.concatenate([z[v], rest], 1), m[v][:, None], d[v][:, None]) for v in range(len(z))
    ]
