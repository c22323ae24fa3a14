"""How well a self-organising map fits examples, and what it looks like."""

import numpy as np

from gradatim.nn.unit_grid import REACH, neighbour_pairs, positions
from gradatim.unsupervised.map_steps import best_units


def map_errors(
    W: np.ndarray, X: np.ndarray, rows: int, columns: int, topology: str
) -> tuple[np.ndarray, np.ndarray]:
    """Of each example ‖x − w_b‖, and whether its second unit is no neighbour of its best.

    Their means are the quantisation and the topographic error (Kiviluoto 1996).

    >>> W, X = np.array([[0.0], [9.0], [1.0]]), np.array([[0.25]])
    >>> [one.tolist() for one in map_errors(W, X, 1, 3, "rectangular")]
    [[0.25], [True]]
    """
    b, second = best_units(W, X, second=True).T
    place = positions(rows, columns, topology)
    apart = np.square(place[b] - place[second]).sum(1) > REACH[topology] + 0.1
    return np.sqrt(np.square(X - W[b]).sum(1, dtype=np.float64)), apart


def u_matrix(W: np.ndarray, rows: int, columns: int, topology: str) -> np.ndarray:
    """The mean distance of each unit's weights to those of its neighbours, (rows, columns) (Ultsch 1990).

    >>> u_matrix(np.array([[0.0], [1.0], [5.0]]), 1, 3, "rectangular").tolist()
    [[1.0, 2.5, 4.0]]
    """
    u, v = neighbour_pairs(rows, columns, topology)
    apart = np.sqrt(np.square(W[u].astype(np.float64) - W[v]).sum(1))
    units = rows * columns
    total = np.bincount(u, apart, units) + np.bincount(v, apart, units)
    return (total / (np.bincount(u, minlength=units) + np.bincount(v, minlength=units))).reshape(
        rows, columns
    )


def hits(best: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """How many examples have each unit as their best, (rows, columns)."""
    return np.bincount(best, minlength=rows * columns).reshape(rows, columns)
