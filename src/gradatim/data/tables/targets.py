"""What is learned: the target of a table as numbers, and the task that it sets."""

from dataclasses import dataclass, field

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.tables.inputs import Input, values_of
from gradatim.data.tables.kinds import counted, kind_of
from gradatim.data.tables.labels import Labels, find_labels
from gradatim.data.tables.table import Column, Table, written

FEW_NUMBERS = 20  # different whole numbers that may be classes
MOST_CLASSES = 1000


@dataclass(frozen=True)
class Target:
    """The target of every row that has one.

    y is (N,) class numbers with `classes`; (N, K) zeros and ones for several labels; (N,) or (N, T) numbers
    for regression. `rows` (N,) are the rows that have a target; `labels` are those of a column of sets.
    """

    task: str
    y: np.ndarray
    classes: tuple
    rows: np.ndarray
    why: str
    names: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    labels: Labels | None = None


def target_of(
    table: Table, names: tuple[str, ...], task: str | None, may_be_constant: bool = False,
    labels: Labels | None = None, separator: str = "",
) -> Target:  # fmt: skip
    """The target in these columns, for the task that was asked for or that they suggest; of sets the labels
    or their separator, where they are known.

    Raises UsageError for a target with one value unless it may be, with too many classes, or without the
    numbers that regression needs.
    """
    columns = [table.column(name) for name in names]
    if task == "multilabel" and len(names) == 1:
        return _sets(names[0], columns[0], labels or find_labels(columns[0], names[0], separator), labels)
    absent = np.any([column.missing for column in columns], axis=0)
    rows = np.flatnonzero(~absent)
    if not len(rows):
        raise UsageError(f"the target {_named(names)} is missing in every row")
    notices = []
    if len(rows) < len(absent):
        notices.append(f"{counted(len(absent) - len(rows), 'row')} without a target left out")
    columns = [_taken(column, rows) for column in columns]
    kinds = [kind_of(name, column).kind for name, column in zip(names, columns, strict=True)]
    for name, column in zip(names, columns, strict=True):
        if (column.values == column.values[0]).all() and not may_be_constant:
            value = column.texts[column.values[0]] if column.kind == "text" else written(column.values[0])
            raise UsageError(f"the target {name!r} is {value!r:.60} in every row: there is nothing to learn")
    if len(names) > 1:
        return _several(names, columns, kinds, task, rows, notices)
    task, why = _task(columns[0], kinds[0]) if task is None else (task, "as asked")
    if task == "regression":
        y = _numbers(names[0], columns[0])
        return Target(task, y, (), rows, why, names, notices)
    y, classes = _classes(names[0], columns[0])
    return Target(task, y, classes, rows, why, names, [*notices, *_rare(y, classes)])


def _sets(name: str, column: Column, labels: Labels, known: Labels | None) -> Target:
    """A target whose cells are sets of labels; a row without any is an example, too."""
    y, unknown = labels.answers(column)
    if known is None and (y == y[0]).all():
        what = repr(labels.written(y[:1])[0])
        raise UsageError(f"the target {name!r} is {what:.60} in every row: there is nothing to learn")
    notices = [f"{counted(unknown, 'unknown label')} left out of {name!r}"] if unknown else []
    return Target("multilabel", y, (), np.arange(len(y)), "as asked", (name,), notices, labels)


def classes_like(target: Target, classes: tuple, where: str) -> np.ndarray:
    """The target's class numbers through other classes; UsageError for a label that is not among them."""
    place = {str(name): number for number, name in enumerate(classes)}
    for name in target.classes:
        if str(name) not in place:
            raise UsageError(f"{where} holds the label {name!r}, which the network does not know")
    return np.array([place[str(name)] for name in target.classes], dtype=np.int64)[target.y]


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names))


def _taken(column: Column, rows: np.ndarray) -> Column:
    return Column(column.kind, column.values[rows], column.texts, column.strange, column.first)


def _task(column: Column, kind: str) -> tuple[str, str]:
    """The task that a target suggests, and why."""
    if column.kind == "text" and kind != "date":
        return "classification", "the target holds texts"
    if kind == "boolean":
        return "classification", "the target has two values"
    if kind == "date":
        return "regression", "the target holds dates, learned as seconds"
    found = np.unique(column.values)
    if (found != np.floor(found)).any():
        return "regression", "the target holds fractions"
    dense = found[-1] - found[0] < 2 * len(found)
    if len(found) <= FEW_NUMBERS and dense and len(found) <= max(2, len(column) / 5):
        return "classification", f"the target holds {len(found)} different whole numbers"
    return "regression", f"the target holds {len(found):,} different numbers"


def _numbers(name: str, column: Column) -> np.ndarray:
    values = column.values
    if column.kind == "text":
        date = kind_of(name, column)
        values = values_of(column, Input(name, "date" if date.kind == "date" else "number", (), date.form))
        if np.isnan(values).any():
            text = column.texts[column.values[np.isnan(values).argmax()]]
            raise UsageError(f"regression needs numbers; the target {name!r} holds {text!r:.60}")
    return values.astype(np.float64)


def _classes(name: str, column: Column) -> tuple[np.ndarray, tuple]:
    """Class numbers (N,), and the classes: texts in alphabetical order, numbers by size."""
    if column.kind == "text":
        used = np.unique(column.values)
        names = sorted(column.texts[i] for i in used)
        place = {text: number for number, text in enumerate(names)}
        through = np.array([place.get(text, -1) for text in column.texts])
        y, classes = through[column.values], tuple(names)
    else:
        found, y = np.unique(column.values, return_inverse=True)
        whole = bool((found == np.floor(found)).all())
        classes = tuple(int(value) if whole else float(value) for value in found)
        if column.kind != "number":
            classes = tuple(written(value, column.kind) for value in found)
    if len(classes) > MOST_CLASSES or (len(classes) > 50 and len(classes) > len(y) / 2):
        raise UsageError(
            f"the target {name!r} has {len(classes):,} different values in {len(y):,} rows: too many to be "
            "classes; if it is a number, ask for --task regression"
        )
    return y.astype(np.int64), classes


def _rare(y: np.ndarray, classes: tuple) -> list[str]:
    """A notice of classes with a single example."""
    alone = [repr(classes[k]) for k in np.flatnonzero(np.bincount(y, minlength=len(classes)) == 1)]
    if not alone:
        return []
    shown = ", ".join(alone[:5]) + (", …" if len(alone) > 5 else "")
    return [f"classes with a single example, which is kept for training: {shown}"]


def _several(
    names: tuple[str, ...], columns: list[Column], kinds: list[str], task: str | None, rows: np.ndarray,
    notices: list[str],
) -> Target:  # fmt: skip
    """Several targets: all of yes and no, or all numbers."""
    if task is None:
        task = "multilabel" if all(kind == "boolean" for kind in kinds) else "regression"
    if task == "classification":
        raise UsageError("one target is classified at a time; several of yes and no are the task multilabel")
    if task == "regression":
        y = np.stack([_numbers(name, column) for name, column in zip(names, columns, strict=True)], 1)
        return Target(task, y, (), rows, f"{len(names)} numbers a row", names, notices)
    parts = [values_of(column, Input(name, "boolean")) for name, column in zip(names, columns, strict=True)]
    for name, part in zip(names, parts, strict=True):
        if np.isnan(part).any():
            raise UsageError(f"multilabel targets are yes and no; {name!r} holds something else")
    return Target(
        task, np.stack(parts, 1).astype(np.int64), (), rows, f"{len(names)} answers a row", names, notices
    )
