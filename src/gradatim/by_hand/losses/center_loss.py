"""The loss of objects as points: a heat map of centres, and a box at each (curriculum D32)."""

from typing import Any

import numpy as np

from gradatim.by_hand.losses.loss import Loss
from gradatim.checks import real

OVERLAP = 0.7
BOX = 4


class CenterPoints(Loss):
    """Objects as points (Zhou, Wang & Krähenbühl 2019): the loss of CenterNet.

        L = (1/n) (L_k + λ_size Σ |ŝ − s| + λ_off Σ |ô − o|),   p = σ(a)
        at a middle      l = −(1 − p)² log p,              ∂l/∂a = 2 p (1 − p)² log p − (1 − p)³
        everywhere else  l = −(1 − Y)⁴ p² log(1 − p),      ∂l/∂a = (1 − Y)⁴ (p³ − 2 p² (1 − p) log(1 − p))
        of a box         ∂|ŝ − s|/∂ŝ = sign(ŝ − s)

    Shapes: a (N, K + 4, h, w), y (N, M, 5), the boxes as shares of the picture's sides, the class −1 where
    there is no object. Raises UsageError for negative λ.
    """

    of_places = True

    def __init__(self, size_weight: float = 0.1, offset_weight: float = 1.0):
        self.size_weight = real("size_weight", size_weight, at_least=0)
        self.offset_weight = real("offset_weight", offset_weight, at_least=0)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope."""
        pairs = [self._of_one(one, objects) for one, objects in zip(a, np.asarray(y, a.dtype), strict=True)]
        return np.array([value for value, _ in pairs], a.dtype), np.stack([slope for _, slope in pairs])

    def _of_one(self, a: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        """Of one picture: a (K + 4, h, w), its objects y (M, 5), one after the other."""
        height, width = a.shape[1:]
        classes, objects = len(a) - BOX, y[y[:, 4] >= 0]
        heat = np.zeros_like(a[:classes])
        slope = np.zeros_like(a)
        value, n = 0.0, max(1, len(objects))
        weights = np.array([self.size_weight] * 2 + [self.offset_weight] * 2, a.dtype)
        for *box, kind in objects:
            left, top, right, bottom = np.array(box) * [width, height, width, height]
            x, y_ = (left + right) / 2, (top + bottom) / 2
            column, row = min(int(x), width - 1), min(int(y_), height - 1)
            hump = _hump(a.shape[1:], row, column, right - left, bottom - top)
            np.maximum(heat[int(kind)], hump, out=heat[int(kind)])
            off = a[classes:, row, column] - [right - left, bottom - top, x - column, y_ - row]
            value += float(weights @ np.abs(off))
            slope[classes:, row, column] += weights * np.sign(off)
        focal, slope[:classes] = _focal(a[:classes], heat)
        return (value + float(focal.sum())) / n, slope / n

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l/∂a."""
        return self.both(a, y)[1]


def _hump(size: tuple[int, ...], row: int, column: int, width: float, height: float) -> np.ndarray:
    """exp(−|place − middle|² / 2σ²), σ = (2r + 1)/6, r as far as a box may move and overlap by 0.7."""
    both = width + height
    r = (both - np.sqrt(max(both**2 - 4 * width * height * (1 - OVERLAP) / (1 + OVERLAP), 0.0))) / 2
    deviation = (2 * r + 1) / 6
    rows, columns = np.indices(size)
    return np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * deviation**2))


def _focal(a: np.ndarray, heat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Value and slope at every place, of every class."""
    log_p, log_q = -np.logaddexp(0, -a), -np.logaddexp(0, a)  # of p and 1 − p
    p, q = np.exp(log_p), np.exp(log_q)
    far = (1 - heat) ** 4
    value = np.where(heat == 1, -(q**2) * log_p, -far * p**2 * log_q)
    slope = np.where(heat == 1, 2 * p * q**2 * log_p - q**3, far * (p**3 - 2 * p**2 * q * log_q))
    return value, slope
