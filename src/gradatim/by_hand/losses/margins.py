"""Losses that ask for a margin between the right class's score and the others (curriculum B9)."""

from typing import Any

import numpy as np

from gradatim.by_hand.losses.class_scores import ClassScores, is_single


class Hinge(ClassScores):
    """Hinge loss: no loss once the right class leads by 1 (Cortes & Vapnik 1995; Weston & Watkins 1999).

        l = 1/K Σ_{k ≠ y} m_k,   m_k = max(0, 1 − a_y + a_k)
        ∂l/∂a_k = 1/K [m_k > 0],   ∂l/∂a_y = −Σ_{k ≠ y} ∂l/∂a_k
        of one score  l = m = max(0, 1 − s a),   ∂l/∂a = −s [m > 0],   s = ±1

    At a kink the derivative is 0. Shapes: a (N, K), y (N,) of class numbers; or a (N,) or (N, 1), y (N,) of
    0 and 1, or of −1 and 1.
    """

    power = 1  # of each term

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope of the same margins."""
        if is_single(a):
            s = np.where(np.asarray(y) > 0, 1, -1).astype(a.dtype)
            short = np.maximum(1 - s * a.reshape(len(s)), 0)
            return short**self.power, (-s * self._slope_of(short)).reshape(a.shape)
        right = np.arange(len(a)), np.asarray(y)
        short = np.maximum(1 - a[right][:, None] + a, 0)
        short[right] = 0
        slope = self._slope_of(short) / a.shape[1]
        slope[right] = -slope.sum(1)
        return (short**self.power).sum(1) / a.shape[1], slope

    def _slope_of(self, short: np.ndarray) -> np.ndarray:
        """The derivative of a term by what is short of its margin."""
        return (short > 0).astype(short.dtype)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l/∂a."""
        return self.both(a, y)[1]


class SquaredHinge(Hinge):
    """Squared hinge loss: `Hinge` with every term m_k squared; ∂l/∂a_k = 2/K m_k has no jump."""

    power = 2

    def _slope_of(self, short: np.ndarray) -> np.ndarray:
        return 2 * short
