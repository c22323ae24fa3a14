"""Losses of the scores of all rows, with what a duality gap asks of them."""

import numpy as np
from scipy.special import expit, xlogy

from gradatim.multitask.tasks import Tasks


class SquaredLoss:
    """Half the squared error, f(z) = ½ Σ c (z − y)², c a weight of each row.

    −f*(−θ) = Σ θ y − θ²/2c;   θ = −∇f(z) = c (y − z).
    """

    curvature = 1.0  # f″ ≤ c · curvature

    def __init__(self, y: np.ndarray, weights: np.ndarray | float = 1.0):
        self.y, self.weights = y, weights

    def __call__(self, z: np.ndarray) -> float:
        """The loss."""
        r = z - self.y
        return 0.5 * float((self.weights * r) @ r)

    def gradient(self, z: np.ndarray) -> np.ndarray:
        """Its derivative by the scores, c (z − y)."""
        return self.weights * (z - self.y)

    def dual(self, theta: np.ndarray) -> float:
        """−f*(−θ)."""
        return float(theta @ self.y - 0.5 * (theta * theta / self.weights).sum())


class LogisticLoss:
    """Binary cross entropy, f(z) = Σ c log(1 + exp(−y z)), y = ±1, c a weight of each row.

    −f*(−θ) = −Σ c (p log p + (1 − p) log(1 − p)),  p = y θ/c;   θ = −∇f(z) = c y σ(−y z).
    """

    curvature = 0.25

    def __init__(self, y: np.ndarray, weights: np.ndarray | float = 1.0):
        self.y, self.weights = y, weights

    def __call__(self, z: np.ndarray) -> float:
        """The loss."""
        return float((self.weights * np.logaddexp(0, -self.y * z)).sum())

    def gradient(self, z: np.ndarray) -> np.ndarray:
        """Its derivative by the scores, −c y σ(−y z)."""
        return -self.weights * self.y * expit(-self.y * z)

    def dual(self, theta: np.ndarray) -> float:
        """−f*(−θ)."""
        p = (self.y * theta / self.weights).clip(0, 1)
        return -float((self.weights * (xlogy(p, p) + xlogy(1 - p, 1 - p))).sum())


Loss = SquaredLoss | LogisticLoss


def best_shift(loss: Loss, tasks: Tasks, z: np.ndarray, steps: int = 50) -> np.ndarray:
    """What to add to each task's scores, (m,), so that Σ ∂f/∂z is 0 over its rows: Newton's steps, halved
    where they lead too far.
    """
    if isinstance(loss, SquaredLoss):
        c = np.broadcast_to(loss.weights, z.shape)
        return -tasks.sums(loss.gradient(z)) / tasks.sums(c)
    c = np.broadcast_to(loss.weights, z.shape)
    low, high = np.full(tasks.count, -np.inf), np.full(tasks.count, np.inf)
    b = np.zeros(tasks.count)
    for _ in range(steps):
        p = expit(z + tasks.of_rows(b))
        slope = tasks.sums(c * (p - (loss.y > 0)))
        low, high = np.where(slope < 0, b, low), np.where(slope > 0, b, high)
        step = (slope / np.maximum(tasks.sums(c * p * (1 - p)), 1e-300)).clip(-5, 5)
        moved = b - step
        outside = (moved <= low) | (moved >= high)
        with np.errstate(invalid="ignore"):
            middle = np.where(np.isfinite(low) & np.isfinite(high), (low + high) / 2, moved)
        moved = np.where(outside, middle, moved)
        if (abs(slope) <= 1e-14 * tasks.sums(c)).all() or (moved == b).all():
            break
        b = moved
    return b
