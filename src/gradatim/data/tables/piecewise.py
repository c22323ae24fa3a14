"""A number as its place among the training examples' values, bin by bin (Gorishniy, Rubachev & Babenko 2022).

    e_t = min(max((x − b_{t−1}) / (b_t − b_{t−1}), 0), 1),   t = 1 … T

The bins left of x are 1, those right of it 0, its own tells how far it has come. A layer behind it can make
steps, which a single standardised number cannot. Beside the bins stands the number itself, scaled robustly
and bent towards ±3, so that values beyond the outer edges are told apart.
"""

from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np

FEWEST, MOST = 8, 64  # edges
MOST_VALUES = 256  # of a column each of which is an edge,
ENOUGH = 20  # where there are so many examples of each
TOGETHER = 2048  # edges of all columns, about


def edges_for(rows: int, columns: int = 1) -> int:
    """√rows / 2 edges of each of so many columns, at least 8 and at most 64, some 2,048 of all.

    >>> edges_for(100), edges_for(4000), edges_for(10**6), edges_for(10**6, columns=100)
    (8, 32, 64, 20)
    """
    return max(min(round(sqrt(rows) / 2), MOST, TOGETHER // columns), FEWEST)


def values_for(rows: int, columns: int = 1) -> int:
    """Up to how many different values each is an edge: 256, with 20 examples each, some 2,048 of all columns.

    >>> values_for(4000), values_for(10**6), values_for(10**6, columns=40)
    (200, 256, 51)
    """
    return min(MOST_VALUES, rows // ENOUGH, TOGETHER // columns)


def fit_edges(values: np.ndarray, columns: int = 1) -> list[float]:
    """Rising edges of one of so many columns: half of them quantiles of all values, half of the distinct.

    Quantiles of all values are dense where examples are; those of the distinct ones tell values apart where
    most examples share a few. Where there are only a few, each is an edge. One value has two equal edges, and
    is encoded as 0.
    """
    distinct, most = np.unique(values), edges_for(len(values), columns)
    if len(distinct) <= max(most, values_for(len(values), columns)):
        return [float(value) for value in (distinct if len(distinct) > 1 else distinct.repeat(2))]
    half = most // 2
    often = np.quantile(values, np.linspace(0, 1, half), method="nearest")
    seldom = np.quantile(distinct, np.linspace(0, 1, most - half + 2)[1:-1], method="nearest")
    return [float(edge) for edge in np.unique([*often, *seldom])]


def piecewise(values: np.ndarray, edges: list[float], out: np.ndarray) -> None:
    """e_t of values (N,), none of them missing, into out (N, T), T = edges − 1."""
    low, high = np.asarray(edges[:-1]), np.asarray(edges[1:])
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        inside = (values[:, None] / 2 - low / 2) / (high / 2 - low / 2)  # halves cannot overflow
    out[:] = np.clip(np.nan_to_num(inside, nan=0.0), 0, 1)


def bin_names(name: str, edges: list[float]) -> list[str]:
    """What each e_t is.

    >>> bin_names("hour", [0.0, 6.0, 12.0])
    ['hour from 0 to 6', 'hour from 6 to 12']
    """
    return [f"{name} from {low:.10g} to {high:.10g}" for low, high in pairwise(edges)]


def width(column: dict[str, Any]) -> int:
    """How many bins a column has."""
    return len(column["edges"]) - 1
