"""Numbers of any unit and shape as numbers near 0; a missing one is the training examples' median."""

from typing import Any

import numpy as np

from gradatim.data.tables.outliers import has_outliers
from gradatim.data.tables.smooth_clip import LIMIT, inverse_smooth_clip, smooth_clip

QUANTILES = 255
LARGEST = float(np.finfo(np.float64).max)
SMALLEST = 1e-290  # whose shares of a range are numbers


def fit_scaler(values: np.ndarray, name: str) -> dict[str, Any]:
    """The scaler of one column from the training examples, where NaN is missing.

    The results are scikit-learn's StandardScaler, RobustScaler and QuantileTransformer (normal) behind its
    SimpleImputer(strategy="median"), computed so that no square overflows; what is robust is bent towards ±3.
    A column of one value is only shifted; one whose quartiles are equal is divided by its deviation, where
    RobustScaler does not divide. `auto` is standard, or quantile where few values decide mean and deviation.
    """
    present = values[~np.isnan(values)]
    if name == "auto":
        name = "quantile" if has_outliers(present) else "standard"
    if not len(present):
        return {"scaler": name, "fill": 0.0, "shift": 0.0, "scale": 1.0} | _more(name)
    fill = float(_quantile(present, 0.5))
    values = np.where(np.isnan(values), fill, values)
    if name == "quantile":
        return {
            "scaler": name,
            "fill": fill,
            "quantiles": _quantile(values, np.linspace(0, 1, QUANTILES)).tolist(),
        }
    unit = float(np.abs(values).max()) or 1.0
    values = values / unit
    if name == "robust":
        shift, low, high = np.quantile(values, [0.5, 0.25, 0.75])
        scale = high - low if high > low else values.std()
    else:
        shift, scale = values.mean(), values.std()
    with np.errstate(over="ignore"):
        whole = min(float(scale * unit), LARGEST)
    varies = scale > 1e-12 * abs(shift) and whole > 0
    found = {"scaler": name, "fill": fill, "shift": float(shift * unit), "scale": whole if varies else 1.0}
    return found | _more(name)


def bounds(values: np.ndarray) -> list[float]:
    """A whole range of the values (N,), where NaN is missing, below the least and above the greatest.

    A value outside of training is taken as it is up to there, and no further: what a network makes of numbers
    that lie far from all that it has learned from is chance, and grows with them.

    >>> bounds(np.array([0.0, 10.0, np.nan])), bounds(np.array([7.0]))
    ([-10.0, 20.0], [7.0, 7.0])
    """
    present = values[~np.isnan(values)]
    if not len(present):
        return [0.0, 0.0]
    low, high = float(present.min()), float(present.max())
    return [max(low - (high - low), -LARGEST), min(high + (high - low), LARGEST)]


def _more(name: str) -> dict[str, Any]:
    """What a scaler has besides; the quantiles of a column without values."""
    if name == "quantile":
        return {"quantiles": [0.0] * QUANTILES}
    return {"limit": LIMIT} if name == "robust" else {}


def _quantile(values: np.ndarray, q: Any) -> Any:
    """Quantiles, of values whose differences may overflow."""
    unit = float(np.abs(values).max())
    if unit <= LARGEST / 4:
        return np.quantile(values, q)
    return np.clip(np.quantile(values / unit, q), -1, 1) * unit


def scale(column: dict[str, Any], values: np.ndarray) -> np.ndarray:
    """Values (N,) by the column's scaler."""
    values = np.where(np.isnan(values), column["fill"], values)
    if "bounds" in column:
        values = np.clip(values, *column["bounds"])
    if column["scaler"] == "quantile":
        return normal_scores(values, np.asarray(column["quantiles"]))
    shift, scale = column["shift"], column["scale"]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if np.abs(values).max(initial=abs(shift)) > LARGEST / 4:
            scaled = (values / 2 - shift / 2) / (scale / 2)  # halves, whose difference cannot overflow
        else:
            scaled = (values - shift) / scale
    return smooth_clip(scaled, column["limit"]) if "limit" in column else scaled


def unscale(column: dict[str, Any], scaled: np.ndarray) -> np.ndarray:
    """Scaled values (N,) in the column's own units; the inverse of `scale`, but for what that cut off."""
    if column["scaler"] == "quantile":
        values = from_normal_scores(scaled, np.asarray(column["quantiles"]))
    else:
        scaled = inverse_smooth_clip(scaled, column["limit"]) if "limit" in column else scaled
        with np.errstate(over="ignore"):
            values = np.clip(column["shift"] + column["scale"] * scaled, -LARGEST, LARGEST)
    return np.clip(values, *column["bounds"]) if "bounds" in column else values


def from_normal_scores(scores: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """The quantile of training at the share Φ(score), straight between those that are known.

    >>> from_normal_scores(np.array([-9.0, 0.0, 9.0]), np.array([1.0, 2.0, 10.0])).tolist()
    [1.0, 2.0, 10.0]
    """
    from scipy.special import ndtr

    shares = np.linspace(0, 1, len(quantiles))
    unit = 4.0 if np.abs(quantiles).max() > LARGEST / 4 else 1.0  # differences cannot overflow
    return np.interp(ndtr(scores), shares, quantiles / unit) * unit


def normal_scores(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Φ⁻¹ of the share of training examples below a value, between equal quantiles in their middle; at most
    5.2 (a share of 1e-7) away from 0.
    """
    from scipy.special import ndtri

    unit = float(np.abs(quantiles).max())
    if max(unit, float(np.abs(values).max(initial=0))) > LARGEST / 4:
        values, quantiles = values / 4, quantiles / 4  # whose differences cannot overflow
    elif 0 < unit < SMALLEST:
        with np.errstate(over="ignore"):
            values, quantiles = values / unit, quantiles / unit
    shares = np.linspace(0, 1, len(quantiles))
    below = _between(values, quantiles, shares)
    above = _between(-values, -quantiles[::-1], -shares[::-1])
    share = 0.5 * (below - above)
    share[values <= quantiles[0]] = 0.0
    share[values >= quantiles[-1]] = 1.0
    return np.clip(ndtri(share), ndtri(1e-7), -ndtri(1e-7)) if quantiles[0] < quantiles[-1] else 0.0 * share


def _between(values: np.ndarray, rising: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The share at each value, straight between those of rising numbers; between two whose distance has no
    reciprocal, that of the first.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.interp(values, rising, shares)
    if (odd := ~((found >= shares[0]) & (found <= shares[-1]))).any():
        place = np.searchsorted(rising, values[odd], side="right") - 1
        found[odd] = shares[np.clip(place, 0, None)]
    return found
