"""What losses share that read scores at the places of a picture, all of them at once."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.softmax import softmax
from gradatim.by_hand.losses.class_scores import ClassScores
from gradatim.functional.void import known_pixels


class MaskScores(ClassScores):
    """A loss of K scores at every place of an example, (N, K, …), K ≥ 2. Abstract."""

    of_places = True

    def expects(self, y: np.ndarray) -> int:
        """How many outputs these targets need at least."""
        return max(2, int(y.max()) + 1)

    def probabilities(self, a: np.ndarray) -> np.ndarray:
        """softmax(a), (N, K, …)."""
        return softmax(a, axis=1)

    def decide(self, a: np.ndarray) -> np.ndarray:
        """The class of the largest score, (N, …)."""
        return a.argmax(1)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l/∂a."""
        return self.both(a, y)[1]


def places(a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities and their logarithms (N, K, P), the targets (N, K, P), 1 for the right class, and 1 for
    each place that is known, (N, 1, P); the targets of others are 0.
    """
    z = a.reshape(*a.shape[:2], -1)
    z = z - z.max(1, keepdims=True)
    p = np.exp(z)
    total = p.sum(1, keepdims=True)
    y = np.asarray(y).reshape(len(z), 1, -1)
    right = (np.arange(z.shape[1])[:, None] == y).astype(a.dtype)
    return p / total, z - np.log(total), right, known_pixels(y).astype(a.dtype)
