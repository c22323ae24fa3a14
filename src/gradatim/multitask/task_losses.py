"""Losses of the scores of all rows, with what a duality gap asks of them."""

import numpy as np
from scipy.special import expit, logsumexp, softmax, xlogy

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


class SoftmaxLoss:
    """Cross entropy of m exclusive classes, each a task: f(z) = c Σ_n (log Σ_k exp z_kn − Σ_k y_kn z_kn).

    −f*(−θ) = −c Σ p log p,  p = y − θ/c;   θ = −∇f(z) = c (y − softmax(z)).   Shapes: y and z (m N,), y one
    for the class of an example and 0 for others; c is one number.
    """

    curvature = 0.5

    def __init__(self, y: np.ndarray, classes: int, weights: float = 1.0):
        self.y, self.classes, self.weights = y, classes, weights

    def __call__(self, z: np.ndarray) -> float:
        """The loss."""
        return self.weights * float(logsumexp(z.reshape(self.classes, -1), axis=0).sum() - z @ self.y)

    def gradient(self, z: np.ndarray) -> np.ndarray:
        """Its derivative by the scores, c (softmax(z) − y)."""
        return self.weights * (softmax(z.reshape(self.classes, -1), axis=0).reshape(-1) - self.y)

    def dual(self, theta: np.ndarray) -> float:
        """−f*(−θ)."""
        p = (self.y - theta / self.weights).clip(0, 1)
        return -self.weights * float(xlogy(p, p).sum())


Loss = SquaredLoss | LogisticLoss | SoftmaxLoss


def best_shift(loss: Loss, tasks: Tasks, z: np.ndarray, steps: int = 50) -> np.ndarray:
    """What to add to each task's scores, (m,), so that Σ ∂f/∂z is 0 over its rows: Newton's steps, halved
    where they lead too far.
    """
    if isinstance(loss, SquaredLoss):
        c = np.broadcast_to(loss.weights, z.shape)
        return -tasks.sums(loss.gradient(z)) / tasks.sums(c)
    if isinstance(loss, SoftmaxLoss):
        return _softmax_shift(loss, z, steps)
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


def _softmax_shift(loss: SoftmaxLoss, z: np.ndarray, steps: int) -> np.ndarray:
    """The shift of each class, of mean 0, by Newton's steps, halved until they lower the loss."""
    Z, counts = z.reshape(loss.classes, -1), loss.y.reshape(loss.classes, -1).sum(1)
    b = np.zeros(loss.classes)

    def value(b: np.ndarray) -> float:
        return float(logsumexp(Z + b[:, None], axis=0).sum() - counts @ b)

    here = value(b)
    for _ in range(steps):
        p = softmax(Z + b[:, None], axis=0)
        slope = p.sum(1) - counts
        if abs(slope).max() <= 1e-13 * Z.shape[1]:
            break
        H = np.diag(p.sum(1)) - p @ p.T + 1.0  # all ones: the shift of all classes is 0
        step, share = np.linalg.lstsq(H, slope, rcond=1e-12)[0], 1.0
        while (there := value(b - share * step)) > here and share > 1e-3:
            share /= 2
        if there > here + 1e-12 * abs(here):
            break
        b, here = b - share * step, min(there, here)
    return b
