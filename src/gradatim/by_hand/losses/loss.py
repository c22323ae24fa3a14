"""What every loss is."""

from typing import Any

import numpy as np


class Loss:
    """A loss l(a, y) of the network's outputs a, one number an example, and its derivative by a.

        L = Σ_n w_n l_n / Σ_n w_n, or the plain mean;   ∂L/∂a_n = (w_n / Σ w) ∂l_n/∂a_n

    `loss(a, y)` is (N,), `loss.slope(a, y)` is ∂l_n/∂a_n in the shape of a, `loss.mean` is L and
    `loss.gradient` is ∂L/∂a: what `Network.backward` takes. A loss of numbers reads `outputs` outputs for
    each number of a target.
    """

    outputs = 1
    of_places = False  # whether it reads an example's places together, (N, K, …)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        raise NotImplementedError

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l_n/∂a_n, in an array of its own."""
        raise NotImplementedError

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope; losses whose two share work say how."""
        return self(a, y), self.slope(a, y)

    def mean(self, a: np.ndarray, y: Any, w: np.ndarray | None = None) -> float:
        """The mean over the batch, weighted when w is given; 0 for a batch without weight."""
        return weighted_mean(self(a, y), w)

    def gradient(self, a: np.ndarray, y: Any, w: np.ndarray | None = None) -> np.ndarray:
        """∂L/∂a of that mean."""
        return share_out(self.slope(a, y), w)

    def mean_and_gradient(
        self, a: np.ndarray, y: Any, w: np.ndarray | None = None
    ) -> tuple[float, np.ndarray]:
        """L and ∂L/∂a at once."""
        value, slope = self.both(a, y)
        return weighted_mean(value, w), share_out(slope, w)


def weighted_mean(loss: np.ndarray, w: np.ndarray | None) -> float:
    """Σ w l / Σ w, or the plain mean; 0 for a batch without weight."""
    if w is None:
        return float(np.add.reduce(loss)) / len(loss)
    return float(loss @ w) / max(float(w.sum()), float(np.finfo(loss.dtype).tiny))


def share_out(slope: np.ndarray, w: np.ndarray | None) -> np.ndarray:
    """The slope times w / Σ w, or divided by N, in place."""
    if w is None:
        slope *= 1 / len(slope)
    else:
        share = w / max(float(w.sum()), float(np.finfo(slope.dtype).tiny))
        slope *= share.reshape(-1, *(1,) * (slope.ndim - 1))
    return slope
