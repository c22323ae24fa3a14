"""What is learned: the target of a table as numbers, and the task that it sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.shares import check_shares
from gradatim.data.tables.classes import classes_like, classes_of, odd_classes
from gradatim.data.tables.input_values import values_of
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.kinds import count_text
from gradatim.data.tables.labels import Labels, find_labels
from gradatim.data.tables.table import Column, Table
from gradatim.data.tables.target_columns import TargetColumn, target_column

SEVERAL = "tasks"  # questions of kinds of their own
FEW_NUMBERS = 20  # different whole numbers that may be classes
NO_ROWS = np.empty(0, np.int64)


@dataclass(frozen=True)
class Target:
    """The target of every row that has one.

    y is (N,) class numbers with `classes`; (N, K) zeros and ones for several labels; (N,) or (N, T) numbers
    for regression; (N, T) of both where there are several tasks, NaN where one is missing, and `tasks` are
    (name, its classes) of each. `rows` (N,) are the rows that have a target; `labels` are those of a column
    of sets; `columns` say how the columns are read.
    """

    task: str
    y: np.ndarray
    classes: tuple
    rows: np.ndarray
    why: str
    names: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    labels: Labels | None = None
    columns: tuple[Input, ...] = ()
    tasks: tuple[tuple[str, tuple], ...] = ()


def target_of(
    table: Table, names: tuple[str, ...], task: str | None, may_be_constant: bool = False,
    labels: Labels | None = None, separator: str = "", known: Mapping[str, Input] | None = None,
    tasks: Sequence[tuple[str, tuple]] = (),
) -> Target:  # fmt: skip
    """The target in these columns, for the task that was asked for or that they suggest; of sets the labels
    or their separator, where they are known, and how columns are read, where that is `known`; of several
    tasks their classes. A target that may be constant is compared with, not learned.

    Raises UsageError for a target with one value unless it may be, with too many classes, or without the
    numbers that regression needs.
    """
    if task == "multilabel" and len(names) == 1:
        column = table.column(names[0])
        return _sets(names[0], column, labels or find_labels(column, names[0], separator), labels)
    read = [target_column(table, name, known or {}) for name in names]
    if len(read) > 1 and (task == SEVERAL or (task is None and _are_of_several_kinds(read))):
        return _tasks(read, not may_be_constant, tasks)
    absent = np.any([one.numbers.missing for one in read], axis=0)
    rows = np.flatnonzero(~absent)
    if not len(rows):
        raise UsageError(f"the target {', '.join(map(repr, names))} is missing in every row")
    notices = [notice for one in read for notice in one.notices()]
    if len(rows) < len(absent):
        notices.append(f"{count_text(len(absent) - len(rows), 'row')} without a target left out")
    read = [one.take(rows) for one in read]
    for one in read if not may_be_constant else ():
        one.check_varies()
    found = _several(read, task) if len(read) > 1 else _single(read[0], task, not may_be_constant)
    columns = tuple(one.as_input() for one in read)
    return replace(found, rows=rows, names=names, notices=[*notices, *found.notices], columns=columns)


def _single(one: TargetColumn, task: str | None, to_learn: bool) -> Target:
    task, why = _task(one) if task is None else (task, "as asked")
    if task == "distribution":
        raise UsageError("a distribution is over several columns, one for each class: --target a,b,c")
    if task == "regression":
        return Target(task, _numbers(one), (), NO_ROWS, why)
    y, classes = classes_of(one.name, one.classes)
    odd = odd_classes(y, classes) if to_learn else []
    return Target(task, y, classes, NO_ROWS, why, (), [*one.words_missing(), *odd])


def _sets(name: str, column: Column, labels: Labels, known: Labels | None) -> Target:
    """A target whose cells are sets of labels; a row without any is an example, too."""
    y, unknown = labels.answers(column)
    if known is None and (y == y[0]).all():
        what = repr(labels.written(y[:1])[0])
        raise UsageError(f"the target {name!r} is {what:.60} in every row: there is nothing to learn")
    notices = [f"{count_text(unknown, 'unknown label')} left out of {name!r}"] if unknown else []
    return Target("multilabel", y, (), np.arange(len(y)), "as asked", (name,), notices, labels)


def _task(one: TargetColumn) -> tuple[str, str]:
    """The task that a target suggests, and why; and what overrules it, where another is possible."""
    column, kind = one.numbers, one.kind.kind
    if column.declared:
        return "classification", "the target holds categories"
    if column.kind == "text" and kind != "date":
        return "classification", "the target holds texts"
    if kind == "boolean":
        return "classification", "the target has two values"
    if kind == "date":
        return "regression", "the target holds dates, learned as seconds"
    found = np.unique(column.values)
    if (found != np.floor(found)).any():
        return "regression", "the target holds fractions"
    different = f"the target holds {len(found):,} different"
    dense = found[-1] - found[0] < 2 * len(found)
    if len(found) <= FEW_NUMBERS and dense and len(found) <= max(2, len(column) / 5):
        return "classification", f"{different} whole numbers; --task regression predicts it as a number"
    classes = "; --task classification predicts them as classes" if len(found) <= FEW_NUMBERS else ""
    return "regression", f"{different} numbers{classes}"


def _numbers(one: TargetColumn) -> np.ndarray:
    column, values = one.numbers, one.numbers.values
    if column.kind == "text":
        kind = "date" if one.kind.kind == "date" else "number"
        values = values_of(column, Input(one.name, kind, (), one.kind.form))
        if np.isnan(values).any():
            text = column.texts[column.values[np.isnan(values).argmax()]]
            raise UsageError(f"regression needs numbers; the target {one.name!r} holds {text!r:.60}")
    return values.astype(np.float64)


def _several(read: list[TargetColumn], task: str | None) -> Target:
    """Several targets: all of yes and no, or all numbers."""
    if task is None:
        task = "multilabel" if all(one.kind.kind == "boolean" for one in read) else "regression"
    if task == "classification":
        raise UsageError("one target is classified at a time; several of yes and no are the task multilabel")
    if task in ("regression", "distribution"):
        y = np.stack([_numbers(one) for one in read], 1)
        if task == "distribution":
            check_shares(y)
        return Target(task, y, (), NO_ROWS, f"{len(read)} numbers a row")
    parts = [values_of(one.numbers, Input(one.name, "boolean")) for one in read]
    for one, part in zip(read, parts, strict=True):
        if np.isnan(part).any():
            raise UsageError(f"multilabel targets are yes and no; {one.name!r} holds something else")
    return Target(task, np.stack(parts, 1).astype(np.int64), (), NO_ROWS, f"{len(read)} answers a row")


def _are_of_several_kinds(read: list[TargetColumn]) -> bool:
    """Whether some targets are classes, and not all are answers of yes and no."""
    named = [one.numbers.declared or (one.numbers.kind == "text" and one.kind.kind != "date") for one in read]
    return any(named) and not all(one.kind.kind == "boolean" for one in read)


def _tasks(read: list[TargetColumn], to_learn: bool, known: Sequence[tuple[str, tuple]]) -> Target:
    """Several tasks, a column each: class numbers or numbers, NaN where a row has no target of a task.

    Rows without any are left out. `known` are the classes of each, where a network has learned them.
    """
    missing = np.stack([one.numbers.missing for one in read], 1)
    rows = np.flatnonzero(~missing.all(1))
    names = tuple(one.name for one in read)
    if not len(rows):
        raise UsageError(f"the targets {', '.join(map(repr, names))} are missing in every row")
    notices = [notice for one in read for notice in one.notices()]
    if len(rows) < len(missing):
        notices.append(f"{count_text(len(missing) - len(rows), 'row')} without any target left out")
    y, tasks, why = np.full(missing.shape, np.nan), [], []
    learned = dict(known)
    for t, one in enumerate(read):
        there = np.flatnonzero(~missing[:, t])
        if not len(there):
            if to_learn:
                raise UsageError(f"the target {one.name!r} is missing in every row: the task has no row")
            tasks.append((one.name, ()))
            continue
        part = one.take(there)
        if to_learn:
            part.check_varies()
        task = None if one.name not in learned else "classification" if learned[one.name] else "regression"
        found = _single(part, task, to_learn)
        y[there, t] = found.y
        if learned.get(one.name):
            y[there, t] = classes_like(found.y, found.classes, learned[one.name], f"the target {one.name!r}")
        elif task is None and len(there) < len(missing):
            notices.append(f"{one.name!r}: {count_text(len(missing) - len(there), 'row')} without a target")
        tasks.append((one.name, found.classes))
        why.append(f"{one.name}: {found.why}")
        notices += found.notices
    columns = tuple(one.as_input() for one in read)
    return Target(
        SEVERAL, y[rows], (), rows, "; ".join(why), names, notices, columns=columns, tasks=tuple(tasks)
    )  # fmt: skip
