"""What is said of rows that belong to one of several tasks each: by the head of their own."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradatim.problems.problem import Array, Problem

Each = Sequence[tuple[str, Problem, Array]]  # name, question and outputs of every task


def own_parts(each: Each) -> Iterator[tuple[int, Array, Problem, Array]]:
    """The number of each task that has rows, these rows (M,), its question, and its outputs for them."""
    for t, (_, part, a) in enumerate(each):
        rows = np.flatnonzero(~np.isnan(a).any(1))
        if len(rows):
            yield t, rows, part, a[rows]


def own_columns(each: Each, count: int) -> dict[str, list[Any]]:
    """The columns of each row's own task, which are the same of all; None where outputs are not finite."""
    found: dict[str, list[Any]] = {name: [None] * count for name in each[0][1].columns(each[0][2][:0])}
    for _, rows, part, a in own_parts(each):
        for name, values in part.columns(a).items():
            for row, value in zip(rows.tolist(), values, strict=True):
                found[name][row] = value
    return found


def own_arrays(each: Each, count: int) -> dict[str, Array]:
    """The arrays of each row's own task; those that are not of rows, such as the classes, once."""
    none = each[0][1].arrays(each[0][2][:0])
    found = {
        name: one if len(one) else np.zeros((count, *one.shape[1:]), one.dtype) for name, one in none.items()
    }
    for _, rows, part, a in own_parts(each):
        for name, values in part.arrays(a).items():
            if not len(none[name]):
                found[name][rows] = values
    return found
