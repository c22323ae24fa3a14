"""Linear autoregressions of several steps ahead, solved in closed form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)


@dataclass(frozen=True)
class WindowSizes:
    """What stands in a window x (N, L(1 + C) + H K): see `models.forecaster`."""

    lags: int
    horizon: int
    covariates: int
    known: int

    @property
    def past(self) -> int:
        """The numbers of the past."""
        return self.lags * (1 + self.covariates)

    def columns(self, h: int, parts: Sequence[str]) -> np.ndarray:
        """Which numbers of a window an autoregression of step h sees: its lags and other `parts`."""
        L, P, K = self.lags, self.past, self.known
        found = [np.arange(L)]
        if "covariates" in parts:
            found.append(np.arange(L, P))
        if "known" in parts:
            found.append(np.arange(P + h * K, P + (h + 1) * K))
        return np.concatenate(found)

    def subsets(self) -> Iterator[tuple[str, ...]]:
        """The parts that may be seen beside the lags."""
        for known in [(), ("known",)] if self.known else [()]:
            for covariates in [(), ("covariates",)] if self.covariates else [()]:
                yield (*covariates, *known)


@dataclass(frozen=True)
class Moments:
    """Weighted means, and sums of squares and products around them, of inputs x (N, P) and targets (N, H)."""

    x_mean: np.ndarray
    y_mean: np.ndarray
    xx: np.ndarray
    xy: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> "Moments":
        """Those of examples with weights w (N,), whose mean is taken to be 1."""
        w = w / w.mean()
        x_mean, y_mean = (w @ x) / len(x), (w @ y) / len(x)
        x, y = x - x_mean, y - y_mean
        wx = x * w[:, None]
        return cls(x_mean, y_mean, wx.T @ x, wx.T @ y)

    def ridge(self, columns: np.ndarray, h: int, penalties: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (Q, P′) and intercepts (Q,) of target h for each of Q penalties, which spare the
        intercept.

            β = (XᵀWX + λ I)⁻¹ XᵀWy,   β_0 = ȳ − x̄ᵀβ
        """
        values, vectors = np.linalg.eigh(self.xx[np.ix_(columns, columns)])
        turned = vectors.T @ self.xy[columns, h]
        shrunk = turned / (np.maximum(values, 0.0) + np.asarray(penalties)[:, None])
        beta = shrunk @ vectors.T
        return beta, self.y_mean[h] - beta @ self.x_mean[columns]


def ridge_ahead(
    moments: Moments, sizes: WindowSizes, parts: Sequence[str], penalties: Sequence[float] = PENALTIES
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (Q, H, L(1 + C) + K), 0 for what is not seen, and intercepts (Q, H) of each step."""
    H, P, K = sizes.horizon, sizes.past, sizes.known
    weight = np.zeros((len(penalties), H, P + K))
    bias = np.zeros((len(penalties), H))
    for h in range(H):
        columns = sizes.columns(h, parts)
        beta, bias[:, h] = moments.ridge(columns, h, penalties)
        places = np.where(columns < P, columns, columns - h * K)
        weight[:, h, places] = beta
    return weight, bias


def apply_ahead(weight: np.ndarray, bias: np.ndarray, x: np.ndarray, sizes: WindowSizes) -> np.ndarray:
    """The forecasts (N, H) of coefficients (H, P + K) and intercepts (H,)."""
    P, H, K = sizes.past, sizes.horizon, sizes.known
    found = x[:, :P] @ weight[:, :P].T + bias
    if K:
        found = found + np.einsum("nhk,hk->nh", x[:, P:].reshape(len(x), H, K), weight[:, P:])
    return found
