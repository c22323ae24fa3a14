"""The negative log likelihood of outputs that are log-probabilities (curriculum B9)."""

from typing import Any

import numpy as np

from gradatim.by_hand.losses.loss import Loss


class NLL(Loss):
    """Negative log likelihood, l = −a_y of log-probabilities a; ∂l/∂a_k = −[k = y].

    Shapes: a (N, K), y (N,) of class numbers.
    """

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return -a[np.arange(len(a)), np.asarray(y)]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """−1 at the right class."""
        slope = np.zeros_like(a)
        slope[np.arange(len(a)), np.asarray(y)] = -1
        return slope

    def expects(self, y: np.ndarray) -> int:
        """How many outputs an example these targets need at least."""
        return int(y.max()) + 1

    def probabilities(self, a: np.ndarray) -> np.ndarray:
        """Every class's p = e^a, (N, K)."""
        return np.exp(a)

    def decide(self, a: np.ndarray) -> np.ndarray:
        """The most probable class, (N,)."""
        return a.argmax(1)
