"""Losses of numbers (curriculum B9): a sum over an example's outputs, a mean over the batch.

With r = a − y, the residual. Shapes: a (N, D) and y (N, D), or a (N,) or (N, 1) and y (N,).
"""

from typing import Any

import numpy as np

from gradatim.by_hand.losses.loss import Loss
from gradatim.checks import UsageError, real


def residual(a: np.ndarray, y: Any) -> np.ndarray:
    """The residual a − y in the shape of a; UsageError when there is not a target for each output."""
    return np.subtract(a, targets_of(a, y), dtype=a.dtype)


def targets_of(a: np.ndarray, y: Any) -> np.ndarray:
    """The targets in the shape of a; UsageError when there is not one for each output."""
    y = np.asarray(y)
    if y.shape != a.shape and y.shape != (*a.shape[:-1],) * (a.shape[-1:] == (1,)):
        raise UsageError(f"outputs of shape {a.shape} do not fit targets of shape {y.shape}")
    return y.reshape(a.shape)


def by_example(terms: np.ndarray) -> np.ndarray:
    """Σ over an example's outputs, (N,)."""
    return terms.reshape(len(terms), -1).sum(1)


class SquaredError(Loss):
    """Squared error, l = Σ_d r_d²; ∂l/∂a = 2 r. Both signs are penalised, and it is smooth at 0."""

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return by_example(residual(a, y) ** 2)

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """Twice the residual."""
        return 2 * residual(a, y)


class HalfSquaredError(Loss):
    """Half the squared error, l = ½ Σ_d r_d²; ∂l/∂a = r, which is what the half is for."""

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return by_example(residual(a, y) ** 2) / 2

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The residual r."""
        return residual(a, y)


class AbsoluteError(Loss):
    """Absolute error, l = Σ_d |r_d|; ∂l/∂a = sign r, 0 at the kink. One outlier pulls no harder than one."""

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return by_example(np.abs(residual(a, y)))

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The sign of r."""
        return np.sign(residual(a, y))


class Huber(Loss):
    """Huber's loss (1964): squares near 0, absolute values further out.

        l = Σ_d ½ r_d² for |r_d| ≤ δ, otherwise δ(|r_d| − ½δ);   ∂l/∂a = r, cut off at ±δ

    It is smooth, and an outlier pulls no harder than δ.
    """

    def __init__(self, delta: float = 1.0):
        self.delta = real("delta", delta, above=0)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        r, delta = np.abs(residual(a, y)), self.delta
        return by_example(np.where(r <= delta, r * r / 2, delta * (r - delta / 2)))

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The residual r, between −δ and δ."""
        return np.clip(residual(a, y), -self.delta, self.delta)
