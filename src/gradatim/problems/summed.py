"""A measure of many examples as a function of sums over them, so that others of them can be drawn quickly."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Summed(NamedTuple):
    """A measure m = value(Σ_i parts_i): `parts` (N, S) of the examples, or of stretches that belong together.

    `value` takes sums (…, S) and gives measures (…,).
    """

    parts: np.ndarray
    value: Callable[[np.ndarray], np.ndarray]

    @property
    def measure(self) -> float:
        """That of all examples."""
        return float(self.value(self.parts.sum(0)))


def mean_of(values: np.ndarray) -> Summed:
    """The mean of numbers (N,).

    >>> mean_of(np.array([1.0, 0.0])).measure
    0.5
    """
    return ratio_of(values, np.ones(len(values)))


def ratio_of(above: np.ndarray, below: np.ndarray) -> Summed:
    """Σ above / Σ below, of numbers (N,) and (N,)."""
    parts = np.stack([above, below], 1).astype(np.float64)
    return Summed(parts, lambda sums: sums[..., 0] / np.maximum(sums[..., 1], 1e-300))


def in_stretches(values: np.ndarray, length: int) -> np.ndarray:
    """Sums (M, 2) over stretches of a series (N,) and their lengths: neighbours are not independent.

    >>> in_stretches(np.array([1.0, 2.0, 4.0]), 2).tolist()
    [[3.0, 2.0], [4.0, 1.0]]
    """
    starts = np.arange(0, len(values), length)
    sums = np.add.reduceat(values.astype(np.float64), starts) if len(values) else np.empty(0)
    return np.stack([sums, np.diff([*starts, len(values)]).astype(np.float64)], 1)
