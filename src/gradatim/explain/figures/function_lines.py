"""A function and its derivative as lines that break where they jump, and what is said to hold there."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]
NEAR = 1e-9  # beside a kink
JUMP = 1e-6


class FunctionLines(NamedTuple):
    """Where the function was asked, its values and derivatives, and what happens at its kinks."""

    x: np.ndarray
    value: np.ndarray
    derivative: np.ndarray
    kinks: list[tuple[float, float]]  # place, and the derivative that is agreed upon there
    hollow: list[tuple[float, float]]  # ends of the derivative that it is not

    def said(self, derivative: str) -> str:
        """The convention in words.

        >>> FunctionLines(np.zeros(1), np.zeros(1), np.zeros(1), [(0.0, 0.5)], []).said("g′")
        'g′(0) = 0.5 at the kink'
        """
        places = [f"{derivative}({_plain(x)}) = {_plain(d)}" for x, d in self.kinks]
        return f"{' and '.join(places)} at the kink{'s' * (len(places) > 1)}" if places else ""


def function_lines(
    both: Callable[[np.ndarray], Pair],
    low: float,
    high: float,
    candidates: Sequence[float],
    points: int = 601,
) -> FunctionLines:
    """The function `both` (its value, its derivative) between two bounds; at a candidate that is a kink, the
    lines are led up to it from both sides, and broken.

    >>> function_lines(lambda x: (abs(x), np.sign(x)), -1.0, 1.0, [0.0]).kinks
    [(0.0, 0.0)]
    """
    x = np.linspace(low, high, points)
    kinks, hollow, gaps = [], [], []
    for place in candidates:
        value, derivative = both(np.array([place - NEAR, place, place + NEAR]))
        if max(abs(derivative[2] - derivative[0]), abs(value[2] - value[0])) <= JUMP:
            continue
        kinks.append((place, float(derivative[1])))
        ends = {float(np.round(derivative[side], 6)) for side in (0, 2)}
        hollow += [(place, end) for end in sorted(ends) if abs(end - derivative[1]) > JUMP]
        x = np.union1d(x[np.abs(x - place) > NEAR], [place - NEAR, place, place + NEAR])
        gaps.append(place)
    value, derivative = both(x)
    at = np.isin(x, gaps)
    return FunctionLines(x, np.where(at, np.nan, value), np.where(at, np.nan, derivative), kinks, hollow)


def stretches(x: np.ndarray, holds: np.ndarray) -> list[tuple[float, float]]:
    """Where along x something holds, as pairs of ends.

    >>> stretches(np.arange(6.0), np.array([True, True, False, False, True, True]))
    [(0.0, 1.0), (4.0, 5.0)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], holds.astype(int), [0]])))
    return [(float(x[a]), float(x[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _plain(number: float) -> str:
    return f"{number + 0.0:.4g}".replace("-", "−")
