"""Where the units of a map lie: rectangles or hexagons side by side, and which of them touch.

Unit u = r·columns + c lies in row r and column c. On a rectangular grid its place is (c, r), and the eight
units around it are its neighbours. On a hexagonal one odd rows are half a unit to the right and rows are √3/2
apart, so that all six neighbours are at distance 1.
"""

import numpy as np

from gradatim.checks import UsageError, one_of, whole

TOPOLOGIES = ("rectangular", "hexagonal")
RULES = ("batch", "online")  # by which a map learns
STARTS = ("pca", "sample", "random")  # where its weights begin
REACH = {"rectangular": 2.0, "hexagonal": 1.0}  # squared distance of the furthest neighbours
MOST_UNITS = 10_000  # of which there are 10⁸ pairs


def check_grid(rows: int, columns: int, topology: str) -> tuple[int, int, str]:
    """The sizes and the topology of a grid; UsageError for one of a single unit, or of too many."""
    rows, columns = whole("rows", rows, 1), whole("columns", columns, 1)
    if not 2 <= rows * columns <= MOST_UNITS:
        raise UsageError(
            f"a map has from 2 to {MOST_UNITS:,} units; {rows} rows of {columns} columns are "
            f"{rows * columns:,}"
        )
    return rows, columns, one_of("topology", topology, TOPOLOGIES)


def positions(rows: int, columns: int, topology: str = "rectangular") -> np.ndarray:
    """The place (x, y) of every unit, (U, 2).

    >>> positions(2, 2, "hexagonal").round(3).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.5, 0.866], [1.5, 0.866]]
    """
    r, c = np.divmod(np.arange(rows * columns), columns)
    if topology == "hexagonal":
        return np.stack([c + 0.5 * (r % 2), r * np.sqrt(0.75)], 1)
    return np.stack([c, r], 1).astype(np.float64)


def squared_distances(rows: int, columns: int, topology: str = "rectangular") -> np.ndarray:
    """d² of every pair of units, (U, U), exactly: multiples of a quarter.

    >>> squared_distances(2, 2, "hexagonal").tolist()[0]
    [0.0, 1.0, 1.0, 3.0]
    """
    r, c = (one.astype(np.float32) for one in np.divmod(np.arange(rows * columns), columns))
    height = 1.0
    if topology == "hexagonal":
        c, height = c + np.float32(0.5) * (r % 2), 0.75
    return (c[:, None] - c) ** 2 + np.float32(height) * (r[:, None] - r) ** 2


def neighbour_pairs(rows: int, columns: int, topology: str = "rectangular") -> tuple[np.ndarray, np.ndarray]:
    """The units u and v of every pair of neighbours, each pair once.

    >>> [pair.tolist() for pair in neighbour_pairs(2, 2, "hexagonal")]
    [[0, 2, 0, 1, 1], [1, 3, 2, 3, 2]]
    """
    unit = np.arange(rows * columns).reshape(rows, columns)
    pairs = [(unit[:, :-1], unit[:, 1:]), (unit[:-1], unit[1:])]
    if topology == "hexagonal":
        pairs += [(unit[:-1:2, 1:], unit[1::2, :-1]), (unit[1:-1:2, :-1], unit[2::2, 1:])]
    else:
        pairs += [(unit[:-1, :-1], unit[1:, 1:]), (unit[:-1, 1:], unit[1:, :-1])]
    first, second = ([part.reshape(-1) for part in parts] for parts in zip(*pairs, strict=True))
    return np.concatenate(first), np.concatenate(second)


def outlines(rows: int, columns: int, topology: str = "rectangular") -> np.ndarray:
    """The corners of every unit's cell, (U, 4, 2) of squares or (U, 6, 2) of hexagons.

    >>> outlines(1, 2)[1].tolist()
    [[0.5, -0.5], [1.5, -0.5], [1.5, 0.5], [0.5, 0.5]]
    """
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    if topology == "hexagonal":
        turn = np.pi / 6 + np.pi / 3 * np.arange(6)
        corners = np.stack([np.cos(turn), np.sin(turn)], 1) / 3**0.5
    return positions(rows, columns, topology)[:, None] + corners
