"""The series in a table: rows in the order of time, on a regular grid, gaps filled from the past."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.forecasting.time_step import TimeStep, step_of, time_text
from gradatim.data.tables.inputs import Input, input_from

MOST_GAPS = 0.5  # of the steps of a series may be filled


@dataclass(frozen=True)
class SeriesColumns:
    """What the columns of a table of series are: the target, the time, the series' name, inputs, and of these
    the ones whose future is known; how the time is written.
    """

    target: str
    time: str
    series: str | None = None
    inputs: tuple[Input, ...] = ()
    known: tuple[str, ...] = ()
    time_kind: str = "date"
    time_form: str = ""

    @property
    def is_known(self) -> np.ndarray:
        """Which inputs' future is known, (D,)."""
        return np.array([one.name in self.known for one in self.inputs], bool)

    def as_dict(self) -> dict[str, Any]:
        """The columns for JSON."""
        return {
            "target": self.target, "time": self.time, "series": self.series, "known": list(self.known),
            "inputs": [one.as_dict() for one in self.inputs], "time_kind": self.time_kind,
            "time_form": self.time_form,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "SeriesColumns":
        """The columns of a record."""
        inputs = tuple(map(input_from, record["inputs"]))
        return cls(
            record["target"], record["time"], record["series"], inputs, tuple(record["known"]),
            record["time_kind"], record["time_form"],
        )  # fmt: skip


@dataclass(frozen=True, repr=False)
class SeriesRows:
    """Series one behind the other, each on its grid.

    `target` (S,) with every gap filled by the value before it, `observed` (S,) where there was one, `inputs`
    (S, D) as the table's values and codes, `times` (S,); series i, called `names[i]`, is the rows
    `offsets[i]` to `offsets[i + 1]`, of which the last `ahead[i]` lie behind its last target; its input k has
    its last value before row `reach[i, k]`.
    """

    target: np.ndarray
    observed: np.ndarray
    inputs: np.ndarray
    times: np.ndarray
    offsets: np.ndarray
    ahead: np.ndarray
    reach: np.ndarray
    names: tuple[str, ...]
    step: TimeStep
    notices: tuple[str, ...] = field(default=())

    @property
    def ends(self) -> np.ndarray:
        """The row behind the last target of each series, (N,)."""
        return self.offsets[1:] - self.ahead


def series_rows(
    columns: SeriesColumns, times: np.ndarray, target: np.ndarray, inputs: np.ndarray,
    owners: Sequence[str] | None, table: str, step: TimeStep | None = None,
) -> SeriesRows:  # fmt: skip
    """The rows (N,) of a table as series in the order of time, on the grid of their step.

    Rows before a series' first target are left out. A gap, of rows or of values, is filled with the last
    value before it, so that nothing of the future is in the past; the notices say how many. `step` is that of
    the table that was learned from.

    Raises UsageError for times that repeat or mix frequencies, for a series with more gaps than rows, and
    where no series has a target.
    """
    names = list(dict.fromkeys(owners)) if owners is not None else [""]
    of = np.zeros(len(times), int) if owners is None else _numbers(owners, names)
    order = np.lexsort((times, of))
    notices = []
    if (np.diff(order) < 0).any() and owners is None:
        notices.append(f"the rows of {table} are not in the order of {columns.time!r}: they were sorted")
    parts: list[tuple[np.ndarray, str, str]] = []
    kept, empty = [], []
    is_date = columns.time_kind == "date"
    for number, name in enumerate(names):
        rows = order[of[order] == number]
        _check_repeats(times[rows], rows, name, columns, is_date)
        known = np.flatnonzero(~np.isnan(target[rows]))
        if not len(known):
            empty.append(name)
            continue
        rows = rows[known[0] :]
        called = f"the series {name!r}" if name else table
        own = step_of(times[rows], is_date, called) if len(rows) > 1 else None
        if own is not None and step is not None and own != step:
            raise UsageError(
                f"{called} has a row every {own.words}; the network learned from a row every {step.words}"
                if columns.series is None or not parts
                else f"{called} has a row every {own.words}, the series before it every {step.words}: "
                "give a table of one frequency"
            )
        step = step or own
        parts.append((rows, name, called))
        kept.append(name)
    if not parts:
        raise UsageError(f"{table} has no value in the target {columns.target!r}")
    if empty:
        notices.append(f"{len(empty)} series without a target left out, first {empty[0]!r}")
    found = step or (TimeStep("second", 86400.0) if is_date else TimeStep("number", 1.0))
    grids = [_on_grid(found, times, target, inputs, *part) for part in parts]
    notices += _gap_notice(columns.target, sum(int((~g[1][: len(g[1]) - g[4]]).sum()) for g in grids))
    offsets = np.cumsum([0, *(len(grid[0]) for grid in grids)])
    reach = offsets[:-1, None] + np.stack([grid[5] for grid in grids])
    target, observed, inputs, times = (np.concatenate([grid[k] for grid in grids]) for k in range(4))
    return SeriesRows(
        target, observed, inputs, times, offsets, np.array([grid[4] for grid in grids]), reach,
        tuple(kept), found, tuple(notices),
    )  # fmt: skip


def _gap_notice(target: str, gaps: int) -> list[str]:
    """How many steps were filled in; nothing where there is none."""
    if not gaps:
        return []
    return [
        f"{gaps:,} steps of {target!r} have no value: each is filled with the last one before it, and is "
        "never a target to learn or to be measured on"
    ]


def _on_grid(
    step: TimeStep, times: np.ndarray, target: np.ndarray, inputs: np.ndarray, rows: np.ndarray, name: str,
    called: str,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int, np.ndarray]:  # fmt: skip
    """Target, observed, inputs and times of a series on its grid, how many rows lie behind its target, and
    the row behind the last value of each input.
    """
    places = np.round(step.places(times[rows])).astype(int)
    n = int(places[-1]) + 1
    if n - len(rows) > MOST_GAPS * n:
        raise UsageError(
            f"{called} has {len(rows):,} rows in {n:,} steps of {step.words}: most of them would have to be "
            "made up; give a table of one frequency without such gaps"
        )
    at = np.concatenate([times[rows[:1]], step.after(float(times[rows[0]]), n - 1)])
    y, x = np.full(n, np.nan), np.full((n, inputs.shape[1]), np.nan)
    y[places], x[places] = target[rows], inputs[rows]
    observed = ~np.isnan(y)
    ahead = int(n - 1 - np.flatnonzero(observed)[-1])
    reach = np.where(np.isnan(x), 0, np.arange(1, n + 1)[:, None]).max(0, initial=0)
    return fill_forward(y), observed, fill_forward(x), at, ahead, reach


def fill_forward(values: np.ndarray) -> np.ndarray:
    """Values (N,) or (N, D), each missing one the last before it; those before the first stay missing.

    >>> fill_forward(np.array([np.nan, 1.0, np.nan, 3.0])).tolist()
    [nan, 1.0, 1.0, 3.0]
    """
    there = ~np.isnan(values)
    rows = np.arange(len(values)).reshape(-1, *(1,) * (values.ndim - 1))
    last = np.maximum.accumulate(np.where(there, rows, 0), axis=0)
    return np.take_along_axis(values, last, 0)


def _numbers(owners: Sequence[str], names: list[str]) -> np.ndarray:
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[one] for one in owners])


def _check_repeats(
    times: np.ndarray, rows: np.ndarray, name: str, columns: SeriesColumns, is_date: bool
) -> None:
    """UsageError naming two rows that stand at the same time."""
    same = np.flatnonzero(np.diff(times) == 0)
    if not len(same):
        return
    first, second = sorted(int(row) + 1 for row in rows[same[0] : same[0] + 2])
    of = f" of the series {name!r}" if name else ""
    advice = "" if columns.series else "; where the table holds several series, name their column: --series"
    raise UsageError(
        f"rows {first} and {second}{of} have the same time {time_text(times[same[0]], is_date)} in "
        f"{columns.time!r}{advice}"
    )
