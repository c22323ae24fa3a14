"""One online step of a self-organising map, every number of it."""

from collections.abc import Sequence

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.record import Cell, Line, Table, Trace
from gradatim.explain.traces.sums_as_text import number
from gradatim.nn.unit_grid import check_grid, squared_distances
from gradatim.unsupervised.map_steps import neighbourhood, online_steps

SOURCE = "Kohonen, Self-organized formation of topologically correct feature maps (1982)"
WEIGHTS = ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 2))


def som(
    x: Sequence[float] = (1.5, 1.25), w: Sequence[Sequence[float]] = WEIGHTS, rows: int = 2, columns: int = 3,
    topology: str = "rectangular", lr: float = 0.5, sigma: float = 1,
) -> Trace:  # fmt: skip
    """A self-organising map takes one step towards one example: the nearest unit most, its neighbours less.

        b = argmin_u ‖x − w_u‖
        h_u = exp(−d²(u, b)/2σ²),   d the distance on the grid
        w_u ← w_u + α h_u (x − w_u)

    The example `x`, and the weights `w`, a row a unit, row after row of the map; `lr` is α. Of two units that
    are equally near the first is b.

    >>> som().table("The step").column("h")[:3]
    [0.36787944117144233, 0.6065306597126334, 0.36787944117144233]
    """
    rows, columns, topology = check_grid(rows, columns, topology)
    W = np.array(grid("w", w))
    if len(W) != rows * columns:
        raise UsageError(f"w must have a row for each of {rows * columns} units; it has {len(W)}")
    point = np.array(vector("x", x, W.shape[1]))
    alpha, sigma = real("lr", lr, above=0), real("sigma", sigma, above=0)
    apart = point - W
    squared = (apart**2).sum(1)
    b = int(squared.argmin())
    on_grid = squared_distances(rows, columns, topology)[b].astype(np.float64)
    h = neighbourhood(on_grid, sigma)
    after = np.ascontiguousarray(W.T)
    online_steps(after, point[None], alpha * h[None], np.tile(np.arange(len(W)), (len(W), 1)))
    far = np.sqrt(((point - after.T) ** 2).sum(1))
    names = [f"w{k + 1}" for k in range(W.shape[1])]
    units = [[u + 1, u // columns, u % columns] for u in range(len(W))]
    first: list[list[Cell]] = [
        [*units[u], *W[u].tolist(), squared[u].item(), squared[u].item() ** 0.5] for u in range(len(W))
    ]
    second: list[list[Cell]] = [
        [u + 1, on_grid[u].item(), h[u].item(), alpha * h[u].item(), *after[:, u].tolist(), far[u].item()]
        for u in range(len(W))
    ]
    return Trace("A step of a self-organising map", "F11", SOURCE, [
        Line(f"A {topology} map of {rows} rows and {columns} columns; the example is x = "
             f"({', '.join(map(number, point.tolist()))}), α = {number(alpha)}, σ = {number(sigma)}."),
        Line("  b = argmin ‖x − w‖    h = exp(−d²/2σ²)    new w = w + α h (x − w)"),
        Table("Distances to the example", ["unit", "row", "column", *names, "‖x − w‖²", "‖x − w‖"], first,
              [0, 0, 0, *[4] * len(names), 4, 4]),
        Line(f"The nearest is unit {b + 1}, in row {b // columns} and column {b % columns}. d² is the "
             "squared distance of each unit from it on the grid, whatever their weights are."),
        Table("The step", ["unit", "d²", "h", "α h", *(f"new {name}" for name in names), "new ‖x − w‖"],
              second, [0, 2, *[4] * (len(names) + 3)]),
        Line(f"Unit {b + 1} goes {number(100 * alpha)} % of its way to x, every other one a smaller share: "
             "neighbours on the grid come to answer to similar examples."),
    ])  # fmt: skip
