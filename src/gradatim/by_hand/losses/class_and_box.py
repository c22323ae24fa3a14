"""The loss of localisation by regression: a class and four numbers (curriculum D32)."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.softmax import softmax
from gradatim.by_hand.losses.loss import Loss
from gradatim.checks import real

BOX = 4


class ClassAndBox(Loss):
    """Cross entropy of the class and squared error of the box (after Sermanet et al. 2014).

        l = −log p_k + λ Σ_d (b_d − t_d)²,   p = softmax(a_1 … a_K),   b = (a_K+1 … a_K+4)
        ∂l/∂a_j = p_j − [j = k],   ∂l/∂b_d = 2 λ (b_d − t_d);   0 for a picture without an object

    Shapes: a (N, K + 4), y (N, 1, 5), four edges as shares of the sides and the class, −1 for no object.
    Raises UsageError for a negative λ.
    """

    of_places = True

    def __init__(self, box_weight: float = 10.0):
        self.box_weight = real("box_weight", box_weight, at_least=0)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope."""
        y = np.asarray(y)
        kind, box = y[:, 0, BOX].astype(np.int64), y[:, 0, :BOX].astype(a.dtype)
        there, each = (kind >= 0).astype(a.dtype), np.arange(len(a))
        p, off = softmax(a[:, :-BOX]), a[:, -BOX:] - box
        z = a[:, :-BOX] - a[:, :-BOX].max(1, keepdims=True)
        log_p = z[each, kind] - np.log(np.exp(z).sum(1))
        value = there * (-log_p + self.box_weight * (off * off).sum(1))
        p = p.copy()
        p[each, kind] -= 1
        slope = np.concatenate([p, 2 * self.box_weight * off], 1) * there[:, None]
        return value, slope

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l/∂a."""
        return self.both(a, y)[1]
