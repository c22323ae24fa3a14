"""Activations of straight lines and parabolas (curriculum B2): no exponential, two kinks at ±3."""

import numpy as np

from gradatim.by_hand.layers.elementwise import Elementwise

EDGE = 3.0


def hard_sigma(z: np.ndarray, h: np.ndarray) -> None:
    """Write min(max(z + 3, 0), 6)/6 into h."""
    np.add(z, EDGE, out=h)
    np.clip(h, 0, 2 * EDGE, out=h)
    h /= 2 * EDGE


class HardSigmoid(Elementwise):
    """g(z) = min(max(z + 3, 0), 6)/6; g′ = 1/6 for −3 < z < 3, otherwise 0, at both kinks too."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """min(max(z + 3, 0), 6)/6."""
        hard_sigma(z, h)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """[−3 < z < 3]/6."""
        d[...] = np.abs(z) < EDGE
        d /= 2 * EDGE


class HardSwish(Elementwise):
    """g(z) = z min(max(z + 3, 0), 6)/6; g′ = 0, z/3 + ½ or 1, at −3 0 and at 3 1."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """The hard sigmoid times z."""
        hard_sigma(z, h)
        h *= z

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """0, z/3 + ½ or 1."""
        np.divide(z, EDGE, out=d)
        d += 0.5
        np.copyto(d, 0, where=z <= -EDGE)
        np.copyto(d, 1, where=z >= EDGE)
