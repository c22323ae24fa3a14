"""Rows that belong to one task each, as a column names it: several targets, of which a row has its own."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.dataset import Dataset
from gradatim.data.tables.kinds import count_text
from gradatim.data.tables.table import Column

MOST_TASKS = 1000
MOST_CELLS = 10**8  # rows times tasks: 0.8 GB of targets
LEAST_ROWS = 3  # of a task: to learn from, to validate and to test on
SHOWN = 5  # tasks that a sentence names


def by_task(found: Dataset, column: str) -> Dataset:
    """The same examples as several tasks, one for each category of an input, which is an input no longer.

        y_nt = y_n where row n belongs to task t, else missing

    Shapes: x (N, D) → (N, D − 1); y (N,) → (N, T).

    Tasks have the same classes, or are all numbers. Rows that name no task are left out.

    Raises UsageError for a target of another kind, a column that is no category, for fewer than two or more
    than 1,000 tasks, and for a task of fewer than 3 rows.
    """
    if column not in found.features or not found.columns:
        raise UsageError(f"{found.name} has no column {column!r}: {did_you_mean(column, found.features)}")
    place = found.features.index(column)
    one = found.columns[place]
    if one.kind != "category":
        raise UsageError(
            f"a task is named by a category; the column {column!r} of {found.name} is a {one.kind}"
        )
    if found.y is None or found.y.ndim != 1 or found.task not in ("classification", "regression"):
        raise UsageError("--task-of needs one target, of classes or of a number: --target COLUMN")
    if len(found.features) == 1:
        raise UsageError(f"{column!r} is the only input of {found.name}; nothing is left to learn from")
    named = ~np.isnan(found.x[:, place])
    codes = found.x[named, place].astype(np.int64)
    counts = np.bincount(codes, minlength=len(one.categories))
    _check_counts(column, one.categories, counts, len(found))
    used = np.flatnonzero(counts)
    names, row_tasks = [one.categories[t] for t in used], np.searchsorted(used, codes)
    tasks = tuple((name, found.classes) for name in names)
    others = [i for i in range(len(found.features)) if i != place]
    kept = _rows(found, named)
    return replace(
        kept, x=kept.x[:, others], y=spread(kept.y, row_tasks, len(tasks)), classes=(),  # type: ignore[arg-type]
        task="tasks", tasks=tasks, task_of=column, row_tasks=row_tasks,
        columns=tuple(found.columns[i] for i in others), features=tuple(found.features[i] for i in others),
        notices=(*found.notices, *_left_out(column, int((~named).sum()), one.categories, counts)),
        source={**found.source, "task_of": column},
    )  # fmt: skip


def _rows(found: Dataset, named: np.ndarray) -> Dataset:
    """The rows that name a task, with the parts that a publisher chose."""
    if named.all():
        return found
    parts = (found.official_test, found.official_valid)
    test, valid = (None if part is None else part[named] for part in parts)
    return replace(found.take(np.flatnonzero(named)), official_test=test, official_valid=valid)


def _check_counts(column: str, names: Sequence[str], counts: np.ndarray, rows: int) -> None:
    """Raise UsageError for too few or too many tasks, and for tasks of too few rows."""
    used = np.flatnonzero(counts)
    if len(used) < 2:
        value = repr(names[used[0]]) if len(used) else "empty"
        raise UsageError(f"{column!r} is {value} in every row: several tasks need two; leave --task-of out")
    if len(used) > MOST_TASKS:
        raise UsageError(
            f"{column!r} holds {len(used):,} different values, and at most {MOST_TASKS:,} tasks have a head "
            "each: name a column of fewer, join the rare ones into one, or leave --task-of out, so that the "
            "column is an input"
        )
    few = [names[t] for t in used.tolist() if counts[t] < LEAST_ROWS]
    if few:
        raise UsageError(
            f"{_some(few)} of {column!r} {'has' if len(few) == 1 else 'have'} fewer than {LEAST_ROWS} rows, "
            "and a task needs one each to learn from, to validate and to test on: leave these rows out, or "
            "give several small tasks one name"
        )
    if rows * len(used) > MOST_CELLS:
        raise UsageError(
            f"{rows:,} rows times {len(used):,} tasks are more than the {MOST_CELLS:,} targets that fit: "
            "name a column of fewer values, or leave --task-of out, so that the column is an input"
        )


def _left_out(column: str, unnamed: int, names: Sequence[str], counts: np.ndarray) -> list[str]:
    """Notices of rows without a task, and of tasks without a row."""
    said = []
    if unnamed:
        said.append(f"{count_text(unnamed, 'row')} without a task in {column!r} left out")
    if empty := [names[t] for t in np.flatnonzero(counts == 0).tolist()]:
        said.append(f"{_some(empty)} of {column!r} left out: no row with a target")
    return said


def _some(names: Sequence[str]) -> str:
    """Tasks in words.

    >>> _some(["a"]), _some(["a", "b"])
    ("the task 'a'", "the 2 tasks 'a', 'b'")
    """
    shown = ", ".join(f"{name!r:.60}" for name in names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    return f"the task {shown}" if len(names) == 1 else f"the {len(names):,} tasks {shown}"


def spread(y: np.ndarray, row_tasks: np.ndarray, tasks: int) -> np.ndarray:
    """Targets (N,) as columns (N, T), one a task, NaN where a row is of another.

    >>> spread(np.array([1.0, 2.0]), np.array([1, 0]), 2)
    array([[nan,  1.],
           [ 2., nan]])
    """
    found = np.full((len(y), tasks), np.nan)
    found[np.arange(len(y)), row_tasks] = y
    return found


def tasks_of_rows(column: Column, names: Sequence[str], called: str, where: str) -> np.ndarray:
    """The number (N,) of each row's task, of those that a network has learned.

    Raises UsageError naming tasks that it has not, and the first row that names none.
    """
    texts = column.as_texts()
    place = {name: number for number, name in enumerate(names)}
    known = np.array([*(place.get(text, -1) for text in texts.texts), -1])  # the last for a missing one
    found = known[texts.values]
    if (found >= 0).all():
        return found
    row = int(np.flatnonzero(found < 0)[0]) + 1
    strange = [texts.texts[i] for i in np.unique(texts.values[(found < 0) & ~texts.missing])]
    if not strange:
        raise UsageError(f"row {row:,} of {where} names no task: {called!r} is empty there")
    learned = ", ".join(map(str, names[:SHOWN])) + (
        f" and {len(names) - SHOWN:,} more" * (len(names) > SHOWN)
    )
    raise UsageError(
        f"{where} has rows of {_some(strange)}, the first in row {row:,}, which the network has not learned; "
        f"{called!r} may be {learned}"
    )


def like_tasks(found: Dataset, first: Dataset) -> Dataset:
    """The examples of several tasks with the tasks of others, in their order.

    Raises UsageError naming a task that these do not have.
    """
    names = [name for name, _ in first.tasks]
    strange = [name for name, _ in found.tasks if name not in names]
    if strange:
        raise UsageError(f"{found.name} has rows of {_some(strange)}, which the network has not learned")
    places = np.array([names.index(name) for name, _ in found.tasks])
    row_tasks = places[found.row_tasks]
    y = None if found.y is None else np.full((len(found), len(names)), np.nan)
    if y is not None and found.y is not None:
        y[:, places] = found.y
    return replace(found, y=y, row_tasks=row_tasks, tasks=first.tasks)
