"""Pooling window by window: the largest, the mean and the sum, and where their gradients go."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import whole
from gradatim.explain.traces.arguments import grid
from gradatim.explain.traces.convolving import decimals, picture
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number
from gradatim.functional.windows import times

MAP = ((3, -1, -3, -1), (-3, 1, 0, -3), (-3, -3, 0, 1), (3, -2, -2, -1))  # the first map of conv-filters
KINDS = {"max": "largest", "avg": "mean", "sum": "sum"}


def pooling(
    x: Sequence[Sequence[float]] = MAP, size: int = 2, stride: int | None = None, ceil_mode: bool = False
) -> Trace:
    """Max, average, sum and global pooling of one map, and their gradients backwards.

        max   y[m, n] = the largest of the window's numbers;   its gradient goes to the (first) largest
        mean  y[m, n] = their sum over their count;            equal shares to all of them
        sum   y[m, n] = their sum;                             the whole of it to each

    `size` F and `stride` S (F where none is given; below F windows overlap) are for both axes; with
    `ceil_mode` the last window may stand over the edge, so that no number is dropped. Raises UsageError for
    what is no picture, or one smaller than the window.
    """
    rows, f = grid("x", x), whole("size", size, 1)
    s = f if stride is None else whole("stride", stride, 1)
    pooled = {word: _pooled(kind, rows, f, s, ceil_mode) for kind, word in KINDS.items()}
    overlap = "overlap" if s < f else "lie side by side" if s == f else "leave gaps"
    back: list[Part] = [
        Line("Backwards with a gradient of 1 at every place of y:"),
        Beside([picture(f"∂L/∂x, {word}", gradient) for word, (_, gradient) in pooled.items()]),
    ]
    values = np.array(rows)
    numbers = [float(values.max()), float(values.mean()), float(values.sum())]
    everything = Table(
        "All of the map at once: global pooling", list(KINDS.values()), [numbers],
        [decimals(n) for n in numbers],
    )  # fmt: skip
    return Trace("Pooling", "D7", "", [
        Line(f"Windows of {f}×{f} at a step of {s} {overlap}; x is {times(values.shape)}."),
        _windows(rows, [y for y, _ in pooled.values()], f, s),
        Beside([picture("x", rows), *(picture(f"y, {word}", y) for word, (y, _) in pooled.items())]),
        *back,
        everything,
    ])  # fmt: skip


def _pooled(kind: str, x: list[list[float]], f: int, s: int, ceil: bool) -> tuple[np.ndarray, np.ndarray]:
    """The map, and the gradient that a gradient of 1 at each of its places sends back."""
    entry = {"name": f"{kind}_pool2d", "kernel_size": f, "stride": s, "ceil_mode": ceil}
    network = Network([entry], dtype=np.float64)
    y = network.forward(np.array(x)[None, None])
    back = np.asarray(network.backward(np.ones_like(y), inputs=True))
    return y[0, 0], back[0, 0]


def _windows(x: list[list[float]], maps: list[np.ndarray], f: int, s: int) -> Table:
    """Every window with its numbers."""
    rows: list[list[Cell]] = []
    for m, n in np.ndindex(*maps[0].shape):
        seen = [value for row in x[s * m : s * m + f] for value in row[s * n : s * n + f]]
        rows.append([m + 1, n + 1, "  ".join(map(number, seen)), *(float(y[m, n]) for y in maps)])
    names = ["row", "column", "its numbers", *KINDS.values()]
    return Table("Every window", names, rows, (0, 0, 0, *map(decimals, maps)))
