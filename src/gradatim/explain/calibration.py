"""Calibration (curriculum B20): whether of all that is said with 80 % certainty, 80 % is right."""

from typing import NamedTuple

import numpy as np

BINS = 10


class Reliability(NamedTuple):
    """Of each bin of probabilities that is not empty: their mean, the share that came true, how many, and
    the bin's number among all.
    """

    said: np.ndarray
    true: np.ndarray
    counts: np.ndarray
    places: np.ndarray
    bins: int

    @property
    def error(self) -> float:
        """The expected calibration error, Σ_b n_b/N |true_b − said_b| (Guo et al. 2017, eq. 3)."""
        return float((self.counts * np.abs(self.true - self.said)).sum() / self.counts.sum())


def reliability(p: np.ndarray, came_true: np.ndarray, bins: int = BINS) -> Reliability:
    """Probabilities (N,) and whether what they were given to came true (N,), by bins of equal width.

    A bin reaches from above its lower end to its upper end; the first holds 0 too.

    >>> reliability(np.array([0.1, 0.91, 0.92]), np.array([0, 1, 0])).true.tolist()
    [0.0, 0.5]
    """
    p = np.asarray(p, np.float64)
    edges = np.linspace(0, 1, bins + 1)
    which = np.searchsorted(edges[1:-1], p)
    counts = np.bincount(which, minlength=bins)
    there = counts > 0
    said = np.bincount(which, p, bins)[there] / counts[there]
    true = np.bincount(which, np.asarray(came_true, np.float64), bins)[there] / counts[there]
    return Reliability(said, true, counts[there], np.flatnonzero(there), bins)
