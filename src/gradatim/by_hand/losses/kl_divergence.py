"""The Kullback–Leibler divergence from a distribution over classes (curriculum B9)."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.softmax import softmax
from gradatim.by_hand.losses.loss import Loss


class KLDivergence(Loss):
    """Kullback–Leibler divergence, l = Σ_k y_k (log y_k − log p_k), p = softmax(a), 0 log 0 = 0.

        log p_k = z_k − log Σ_j e^(z_j),  z = a − max a;   ∂l/∂a_k = p_k Σ_j y_j − y_k

    because ∂ log p_j/∂a_k = [j = k] − p_k, and the entropy of y does not depend on a.

    Shapes: a (N, K), y (N, K) of probabilities.
    """

    takes_shares = True  # a probability of each class as target
    takes_classes = False  # a class number

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope of one softmax."""
        y = np.asarray(y, a.dtype)
        z = a - a.max(1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(1, keepdims=True))
        own = y * np.log(np.where(y > 0, y, 1))
        return (own - y * log_p).sum(1), np.exp(log_p) * y.sum(1, keepdims=True) - y

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The error p_k − y_k, of targets that sum to 1."""
        return self.both(a, y)[1]

    def expects(self, y: np.ndarray) -> int:
        """How many outputs an example these targets need: one for each class."""
        return int(y.shape[1])

    def probabilities(self, a: np.ndarray) -> np.ndarray:
        """Every class's p = softmax(a), (N, K)."""
        return softmax(a)

    def decide(self, a: np.ndarray) -> np.ndarray:
        """The most probable class, (N,)."""
        return a.argmax(1)
