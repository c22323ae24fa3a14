"""Intervals of predicted numbers, where a network gives each a distribution (curriculum B10)."""

from math import log, log1p
from statistics import NormalDist
from typing import Any

import numpy as np

from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.data.tables.scaling import scaled_target, unscaled_target
from gradatim.runs.trained import Trained

LEVEL = 0.9  # the share of numbers that should lie in their intervals
TAIL = (1 - LEVEL) / 2
ENOUGH = 100  # validation examples whose errors say more than the distribution does
# How far the central 90 % of each distribution reaches, in its widths: a Gaussian's σ, a Laplace's b
REACH = {"gaussian_nll": 1.6448536269514722, "laplace_nll": log(1 / (2 * TAIL))}
PER_LOG = {"gaussian_nll": 0.5, "laplace_nll": 1.0}  # the outputs are log σ² and log b

Record = dict[str, Any]


def has_intervals(trained: Trained) -> bool:
    """Whether the network was trained to say how sure it is of a table's numbers."""
    return trained.loss in REACH and preprocessing.is_table(trained.preprocessing)


def fit_interval(trained: Trained, a: np.ndarray, valid: Dataset) -> Record:
    """Where intervals begin and end, in widths from the mean, so that validation's answers would be in them.

        z_n = (y_n − μ_n)/σ_n;   low and high are the ⌊(N+1)/20⌋-th smallest and largest z

    for outputs a (N, 2T) of the N validation examples: split conformal prediction with normalised residuals
    (Papadopoulos et al. 2002; Lei et al. 2018). Fewer than 100 examples leave it to the distribution.
    """
    reach = REACH[trained.loss or ""]
    n, targets = len(a), a.shape[1] // 2
    if n < ENOUGH:
        return {"level": LEVEL, "low": [-reach] * targets, "high": [reach] * targets, "examples": 0}
    mu, width = _place_and_width(trained, a)
    y = preprocessing.targets(trained.preprocessing, valid.y)
    assert y is not None
    z = np.sort((y.reshape(n, -1) - mu) / width, axis=0)
    k = int((n + 1) * TAIL)
    return {"level": LEVEL, "low": z[k - 1].tolist(), "high": z[n - k].tolist(), "examples": n}


def interval(trained: Trained, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper ends of the intervals, (N, T), in the targets' own units."""
    reach = REACH[trained.loss or ""]
    mu, width = _place_and_width(trained, a)
    found = trained.facts.get("interval") or {"low": -reach, "high": reach}
    record = trained.preprocessing["target"]  # type: ignore[index]
    low, high = (unscaled_target(record, mu + np.asarray(found[end]) * width) for end in ("low", "high"))
    return low, high


def coverage(trained: Trained, a: np.ndarray, y: np.ndarray) -> float:
    """The share of numbers (N,) or (N, T) that lie in their intervals."""
    low, high = interval(trained, a)
    y = y.reshape(low.shape)
    return float(((low <= y) & (y <= high)).mean())


def covered(trained: Trained, a: np.ndarray, y: np.ndarray, level: float) -> tuple[float, np.ndarray]:
    """The share of numbers (N,) or (N, T) in the central intervals of the network's own distributions that
    should hold `level` of them, whatever validation has found; their mean widths (T,) in the targets' units.

        |y − μ|/σ ≤ Φ⁻¹((1 + level)/2) of a Gaussian,   |y − μ|/b ≤ −log(1 − level) of a Laplace
    """
    mu, width = _place_and_width(trained, a)
    record = trained.preprocessing["target"]  # type: ignore[index]
    z = NormalDist().inv_cdf((1 + level) / 2) if trained.loss == "gaussian_nll" else -log1p(-level)
    scaled = scaled_target(record, y)
    assert scaled is not None
    inside = np.abs(scaled.reshape(mu.shape) - mu) <= z * width
    return float(inside.mean()), 2 * z * width.mean(0) * np.asarray(record["scale"])


def _place_and_width(trained: Trained, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """μ, and σ or b, of each number, (N, T), scaled as the network learned them."""
    mu, s = np.split((a if a.ndim == 2 else a.reshape(len(a), -1)).astype(np.float64), 2, axis=1)
    with np.errstate(over="ignore"):
        return mu, np.minimum(np.exp(PER_LOG[trained.loss or ""] * s), np.finfo(np.float32).max)
