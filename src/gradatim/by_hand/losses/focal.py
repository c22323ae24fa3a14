"""The focal loss (curriculum B9)."""

from typing import Any

import numpy as np

from gradatim.by_hand.losses.class_scores import ClassScores, is_single
from gradatim.checks import UsageError, real


class Focal(ClassScores):
    """Focal loss: cross entropy in which examples that are already right count less (Lin et al. 2017).

        l = −α_y q^γ log p,   p = p_y,  q = 1 − p;   p = softmax(a), or p_1 = σ(a) of one score
        ∂l/∂a_y = α_y (γ p q^γ log p − q^{γ+1}),   ∂l/∂a_k = −p_k/q ∂l/∂a_y

    So the wrong classes share what the right one gets, by their probabilities. γ = 0 is cross entropy. α
    weighs class 1 of two by α and class 0 by 1 − α; without it α_y is 1.

    Shapes: a (N, K), y (N,) of class numbers; or a (N,) or (N, 1), y (N,) of 0 and 1. Raises UsageError for a
    negative γ, an α outside (0, 1), or an α with K scores.
    """

    def __init__(self, gamma: float = 2.0, alpha: float | None = None):
        self.gamma = real("gamma", gamma, at_least=0)
        self.alpha = None if alpha is None else real("alpha", alpha, above=0, below=1)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope; sums of e^… are taken relative to their largest term."""
        if is_single(a):
            return self._of_one(a, np.asarray(y) > 0)
        if self.alpha is not None:
            raise UsageError(f"alpha is for two classes and one score; the scores have shape {a.shape}")
        right = np.arange(len(a)), np.asarray(y)
        z = a - a.max(1, keepdims=True)
        p = np.exp(z)
        total = p.sum(1)
        log_p = z[right] - np.log(total)
        p /= total[:, None]
        p[right] = 0
        q = p.sum(1)
        value, slope = self._of_right(log_p, q)
        p *= (-slope / np.maximum(q, np.finfo(a.dtype).tiny))[:, None]
        p[right] = slope
        return value, p

    def _of_one(self, a: np.ndarray, is_one: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        flat = a.reshape(len(is_one))
        s = np.where(is_one, flat, -flat)
        log_p = np.minimum(s, 0) - np.log1p(np.exp(-np.abs(s)))
        value, slope = self._of_right(log_p, -np.expm1(log_p))
        if self.alpha is not None:
            alpha = np.where(is_one, self.alpha, 1 - self.alpha).astype(a.dtype)
            value, slope = alpha * value, alpha * slope
        return value, np.where(is_one, slope, -slope).reshape(a.shape)

    def _of_right(self, log_p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The loss, and its derivative by the score of the right class."""
        far = q**self.gamma
        return -far * log_p, far * (self.gamma * np.exp(log_p) * log_p - q)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l/∂a."""
        return self.both(a, y)[1]
