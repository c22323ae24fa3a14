"""Ways from one example to another, through the codes between theirs."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.explain.figures.picture_grid import picture_grid
from gradatim.explain.figures.table import table_figure
from gradatim.jobs.plots.codes import (
    CodedExamples,
    check_rows,
    coded_examples,
    decoded,
    is_row,
    own_columns,
    picture_shape,
    run_with_code,
    tiles_of,
)
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.run import Run
from gradatim.unsupervised.latent import interpolate

TAKES = ("pairs", "steps", "first", "second")
PAIRS, MOST_PAIRS = 6, 20


def interpolation(asked: PlotRequest) -> Drawing:
    """A row for each pair of test examples: both as they are at its ends, and between them what the decoder
    makes of (1 − t) h + t h′; `pairs` of neighbouring classes, or the examples `first` and `second`. Of rows
    of numbers, such as a table's, a table in their own units.
    """
    run = run_with_code(asked, "interpolation", TAKES)
    as_table = is_row(run)
    steps = whole("steps", asked.arguments.get("steps", 5 if as_table else 9), 2, 30)
    shape = () if as_table else picture_shape(run, "interpolations")
    found = coded_examples(run)
    pairs = _pairs(asked.arguments, found, 2 if as_table else PAIRS)
    network = run.trained.module()
    flat = found.x.reshape(len(found.x), -1)
    rows = []
    for first, second in pairs:
        way = decoded(run, interpolate(network, found.x[first], found.x[second], steps))
        rows.append(np.concatenate([flat[[first]], way, flat[[second]]]))
    t = ["example", *(_share(k / (steps - 1)) for k in range(steps)), "example"]
    names = [_name(found, pair) for pair in pairs]
    if as_table:
        return _table(run, np.concatenate(rows), names, t, {"pairs": pairs, "steps": steps})
    figure = picture_grid(
        tiles_of(np.stack(rows), shape), f"From one example to another by {name_of(run)}", names, t,
        column="t, the share of the second example's code",
        low=float(found.x.min()), high=float(found.x.max()),
    )  # fmt: skip
    return Drawing(figure, {"pairs": pairs, "steps": steps})


def _table(run: Run, rows: np.ndarray, names: list[str], t: list[str], facts: dict[str, Any]) -> Drawing:
    """The ways below one another, (pairs · (steps + 2), D), a column a column of the data."""
    check_rows(len(rows), "ask for fewer pairs= or steps=")
    columns = own_columns(run, rows)
    figure = table_figure(
        columns, [f"{name}: {share}" for name in names for share in t], "pair: t",
        f"From one example to another by {name_of(run)}",
        "t is the share of the second example's code; values are in the data's units",
    )  # fmt: skip
    return Drawing(figure, {**facts, "columns": columns})


def _pairs(arguments: dict[str, Any], found: CodedExamples, usual: int) -> list[list[int]]:
    """The rows of each pair."""
    count = len(found.x)
    if count < 2:
        raise UsageError(f"a way needs two examples; there is {count} to go between")
    ends = [arguments.get(name) for name in ("first", "second")]
    if ends != [None, None]:
        if None in ends or "pairs" in arguments:
            raise UsageError("one pair is first=EXAMPLE second=EXAMPLE, several are pairs=NUMBER")
        return [[whole(name, row, 0, count - 1) for name, row in zip(("first", "second"), ends, strict=True)]]
    wanted = min(whole("pairs", arguments.get("pairs", usual), 1, MOST_PAIRS), count - 1)
    return pairs_of(found.y, count, wanted)


def pairs_of(y: np.ndarray | None, count: int, wanted: int) -> list[list[int]]:
    """Pairs of rows, of two classes where there are classes, each row in one pair while they last.

    >>> pairs_of(np.array([0, 0, 1, 1, 2, 2]), 6, 3)
    [[0, 2], [3, 4], [5, 1]]
    >>> pairs_of(None, 6, 2)
    [[0, 1], [2, 3]]
    """
    if y is None or len(np.unique(y)) < 2:
        return [[2 * k % count, (2 * k + 1) % count] for k in range(wanted)]
    rows = {k: np.flatnonzero(y == k) for k in np.unique(y).tolist()}
    kinds, used = list(rows), dict.fromkeys(rows, 0)
    found = []
    for k in range(2 * wanted):
        kind = kinds[(k + 1) // 2 % len(kinds)]
        found.append(int(rows[kind][used[kind] % len(rows[kind])]))
        used[kind] += 1
    return [found[at : at + 2] for at in range(0, len(found), 2)]


def _name(found: CodedExamples, pair: list[int]) -> str:
    first, second = pair
    if found.y is None:
        return f"{first} → {second}"
    return f"{found.classes[int(found.y[first])]} → {found.classes[int(found.y[second])]}"


def _share(t: float) -> str:
    return f"{t:.3g}" if round(t, 2) == t or t in (0.125, 0.375, 0.625, 0.875) else f"{t:.2f}"
