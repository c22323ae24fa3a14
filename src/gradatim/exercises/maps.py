"""Exercises in self-organising maps."""

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import one
from gradatim.explain.traces.record import Trace

ROWS, COLUMNS = 2, 3


def _numbers(rng: np.random.Generator) -> Numbers:
    """Weights and an example with a single nearest unit."""
    while True:
        w = rng.integers(-2, 4, (ROWS * COLUMNS, 2))
        x = rng.integers(-2, 4, 2)
        squared = np.sort(((x - w) ** 2).sum(1))
        if 0 < squared[0] < squared[1]:
            break
    topology = one(rng, "rectangular", "hexagonal")
    return {
        "x": x.tolist(), "w": w.tolist(), "rows": ROWS, "columns": COLUMNS, "topology": topology,
        "lr": one(rng, 0.5, 0.25, 0.1), "sigma": one(rng, 1, 2, 0.5),
    }  # fmt: skip


def _asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    far, step = trace.table("Distances to the example"), trace.table("The step")
    units = range(1, ROWS * COLUMNS + 1)
    best = min(far.rows, key=lambda row: row[-1])[0]  # type: ignore[arg-type,return-value]
    asked = [Asked("best", "the nearest unit, b", float(best), 0)]  # type: ignore[arg-type]
    for name, column, symbol in (
        ("d", "d²", "d² of unit"), ("h", "h", "h of unit"), ("u", "new w1", "new w1 of unit"),
        ("v", "new w2", "new w2 of unit"),
    ):  # fmt: skip
        asked += cells(step, column, units, [f"{name}{u}" for u in units], [f"{symbol} {u}" for u in units])
    return asked


KINDS = (
    Kind("som",
         "Units are counted from 1, row after row; w holds their weights. Find the unit that is nearest to "
         "x, every unit's squared distance d² from it on the grid, h, and all weights after one step. On a "
         "hexagonal grid the second row is half a unit to the right, and rows are √3/2 apart.",
         _numbers, _asked),
)  # fmt: skip
