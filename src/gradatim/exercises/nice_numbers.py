"""Numbers that a hand calculates with gladly, drawn by a generator."""

from typing import Any

import numpy as np


def multiples(rng: np.random.Generator, n: int, of: float, most: float, zero: bool = False) -> list[Any]:
    """`n` multiples of a number between −most and most; 0 among them only where it may be.

    >>> multiples(np.random.default_rng(0), 3, 0.5, 2)
    [1.5, 1, 0.5]
    """
    count = round(most / of)
    choices = [k for k in range(-count, count + 1) if k or zero]
    drawn = [round(choices[k] * of, 6) for k in rng.integers(len(choices), size=n)]
    return [int(value) if value == int(value) else value for value in drawn]


def whole_grid(rng: np.random.Generator, rows: int, columns: int, low: int, high: int) -> list[list[int]]:
    """Rows of whole numbers from low to high, not all equal.

    >>> whole_grid(np.random.default_rng(0), 1, 3, 0, 4)
    [[4, 3, 2]]
    """
    drawn = rng.integers(low, high + 1, (rows, columns))
    while (drawn == drawn[0, 0]).all():
        drawn = rng.integers(low, high + 1, (rows, columns))
    found: list[list[int]] = drawn.tolist()
    return found


def one(rng: np.random.Generator, *choices: Any) -> Any:
    """One of these."""
    return choices[int(rng.integers(len(choices)))]
