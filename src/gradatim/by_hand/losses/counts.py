"""The loss of counts (curriculum B10)."""

from typing import Any

import numpy as np

from gradatim.by_hand.losses.loss import Loss
from gradatim.by_hand.losses.numbers import by_example, targets_of


class PoissonNLL(Loss):
    """A Poisson distribution of counts: the outputs are the logarithms of its means, a = log λ.

        l = Σ_d [e^a_d − y_d a_d],   which is −log p(y) without log y!;   ∂l/∂a = e^a − y

    Shapes: a (N, D) and y (N, D), or a (N,) or (N, 1) and y (N,), of 0, 1, 2, …
    """

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope of one e^a."""
        mean, y = np.exp(a), targets_of(a, y).astype(a.dtype)
        return by_example(mean - y * a), mean - y

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """How far the mean is from the count."""
        return self.both(a, y)[1]
