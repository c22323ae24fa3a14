"""Padding with numbers of the picture itself, and its gradient."""

from collections.abc import Sequence

import numpy as np


def put_around(x: np.ndarray, sources: Sequence[Sequence[int]]) -> np.ndarray:
    """Pictures (C, …, N) with their padding, a copy along each axis in turn of the numbers named.

    x̃[i] = x[s_i]
    """
    for axis, one in enumerate(sources, 1):
        x = np.take(x, one, axis)
    return x


def take_back(g: np.ndarray, sources: Sequence[Sequence[int]], inside: Sequence[slice]) -> np.ndarray:
    """∂L/∂x: every number's own gradient, and those of its copies.

    ∂L/∂x[j] = Σ_(i: s_i = j) ∂L/∂x̃[i]
    """
    for axis in range(len(sources), 0, -1):
        held = np.moveaxis(g, axis, 0)
        within = inside[axis - 1]
        d = held[within].copy()
        for place, source in enumerate(sources[axis - 1]):
            if not within.start <= place < within.stop:
                d[source] += held[place]
        g = np.moveaxis(d, 0, axis)
    return g
