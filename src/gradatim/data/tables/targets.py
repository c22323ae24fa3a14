"""What is learned: the target of a table as numbers, and the task that it sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.tables.classes import classes_of, odd_classes
from gradatim.data.tables.inputs import Input, form_in, values_of
from gradatim.data.tables.kinds import INPUTS, Kind, counted, kind_of, no_numbers, numbers_of, words_kept
from gradatim.data.tables.labels import Labels, find_labels
from gradatim.data.tables.missing import WORDS
from gradatim.data.tables.table import Column, Table, written

FEW_NUMBERS = 20  # different whole numbers that may be classes


@dataclass(frozen=True)
class Target:
    """The target of every row that has one.

    y is (N,) class numbers with `classes`; (N, K) zeros and ones for several labels; (N,) or (N, T) numbers
    for regression. `rows` (N,) are the rows that have a target; `labels` are those of a column of sets;
    `columns` say how the columns are read.
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


def target_of(
    table: Table, names: tuple[str, ...], task: str | None, may_be_constant: bool = False,
    labels: Labels | None = None, separator: str = "", known: Mapping[str, Input] | None = None,
) -> Target:  # fmt: skip
    """The target in these columns, for the task that was asked for or that they suggest; of sets the labels
    or their separator, where they are known, and how columns are read, where that is `known`.

    Raises UsageError for a target with one value unless it may be, with too many classes, or without the
    numbers that regression needs.
    """
    columns = [table.column(name) for name in names]
    if task == "multilabel" and len(names) == 1:
        return _sets(names[0], columns[0], labels or find_labels(columns[0], names[0], separator), labels)
    kinds = [_kind(name, column, known or {}) for name, column in zip(names, columns, strict=True)]
    columns, texts = _as_numbers(columns, kinds, task)
    rows, notices = _rows(names, columns, texts)
    for name, column, text, kind in zip(names, columns, texts, kinds, strict=True):
        said = _strange(column, text) if known and name in known else _read_as(text, kind)
        notices += [f"target {name!r}: {one}" for one in said]
    columns, texts = ([_taken(column, rows) for column in some] for some in (columns, texts))
    for name, column in zip(names, columns, strict=True):
        if (column.values == column.values[0]).all() and not may_be_constant:
            raise UsageError(_constant(name, column))
    how = tuple(Input(name, kind.kind, (), kind.form) for name, kind in zip(names, kinds, strict=True))
    if len(names) > 1:
        return replace(_several(names, columns, kinds, task, rows, notices), columns=how)
    task, why = _task(columns[0], kinds[0].kind) if task is None else (task, "as asked")
    if task == "regression":
        y = _numbers(names[0], columns[0], kinds[0])
        return Target(task, y, (), rows, why, names, notices, columns=how)
    y, classes = classes_of(names[0], texts[0])
    return Target(task, y, classes, rows, why, names, [*notices, *odd_classes(y, classes)], columns=how)


def _kind(name: str, column: Column, known: Mapping[str, Input]) -> Kind:
    """What a target's column is: as it was said, or looked at."""
    if name not in known or known[name].kind not in INPUTS:
        return kind_of(name, column)
    kind, form = known[name].kind, known[name].form
    return Kind(kind, "", form_in(column) if kind == "number" and column.kind == "text" and not form else form)


def _as_numbers(
    columns: list[Column], kinds: list[Kind], task: str | None
) -> tuple[list[Column], list[Column]]:
    """The columns as numbers, where their texts are numbers and no classes were asked for; and as classes."""
    numbers = [
        numbers_of(column, kind.form) if column.kind == "text" and kind.kind == "number" else column
        for column, kind in zip(columns, kinds, strict=True)
    ]
    classes = [
        column if kind.form else number
        for column, number, kind in zip(columns, numbers, kinds, strict=True)
    ]  # fmt: skip
    return (classes if task == "classification" else numbers), classes


def _read_as(column: Column, kind: Kind) -> list[str]:
    """What should be known of how a target was read."""
    if kind.kind in ("number", "date"):
        return [kind.why] if kind.why else []
    return [*([column.note] if column.note else []), *words_kept(column)]


def _strange(column: Column, text: Column) -> list[str]:
    """What is said of values that are no numbers where they should be."""
    return [] if column is text or not column.strange else [no_numbers(column)]


def _rows(names: tuple[str, ...], columns: list[Column], texts: list[Column]) -> tuple[np.ndarray, list[str]]:
    """The rows with a target, and what is said of the others.

    Raises UsageError where none is left, and where more than half of the values of a column are no numbers.
    """
    absent = np.any([column.missing for column in columns], axis=0)
    rows, notices = np.flatnonzero(~absent), []
    for name, column, text in zip(names, columns, texts, strict=True):
        if column is not text and column.strange > (len(text) - text.missing.sum()) / 2:
            raise UsageError(_not_numbers(name, column, text))
    if not len(rows):
        raise UsageError(f"the target {_named(names)} is missing in every row")
    if len(rows) < len(absent):
        notices.append(f"{counted(len(absent) - len(rows), 'row')} without a target left out")
    return rows, [*notices, *_words(texts)]


def _not_numbers(name: str, column: Column, text: Column) -> str:
    row, first = column.first or (0, "")
    return (
        f"the target {name!r} is to be a number, but {counted(column.strange, 'value')} of "
        f"{len(text) - int(text.missing.sum()):,} are none, first {first!r:.40} in row {row + 1}"
    )


def _words(columns: list[Column]) -> list[str]:
    """A notice of words that stand for a missing target, and how they become values."""
    found = [f"{counted(n, 'row')} of {word!r}" for column in columns for word, n in column.words.items()
             if word in WORDS]  # fmt: skip
    if not found:
        return []
    keep = '"missing_values": [] in the schema keeps them'
    return [f"left out because the target stands for missing: {', '.join(found)}; {keep}"]


def _constant(name: str, column: Column) -> str:
    value = column.texts[column.values[0]] if column.kind == "text" else written(column.values[0])
    said = f"the target {name!r} is {value!r:.60} in every row: there is nothing to learn"
    words = [word for word in column.words if word in WORDS]
    if not words:
        return said
    return f"{said}; {words[0]!r} is taken as missing: \"missing_values\": [] in the schema keeps it"


def _sets(name: str, column: Column, labels: Labels, known: Labels | None) -> Target:
    """A target whose cells are sets of labels; a row without any is an example, too."""
    y, unknown = labels.answers(column)
    if known is None and (y == y[0]).all():
        what = repr(labels.written(y[:1])[0])
        raise UsageError(f"the target {name!r} is {what:.60} in every row: there is nothing to learn")
    notices = [f"{counted(unknown, 'unknown label')} left out of {name!r}"] if unknown else []
    return Target("multilabel", y, (), np.arange(len(y)), "as asked", (name,), notices, labels)


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names))


def _taken(column: Column, rows: np.ndarray) -> Column:
    return replace(column, values=column.values[rows])


def _task(column: Column, kind: str) -> tuple[str, str]:
    """The task that a target suggests, and why; and what overrules it, where another is possible."""
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


def _numbers(name: str, column: Column, kind: Kind) -> np.ndarray:
    values = column.values
    if column.kind == "text":
        values = values_of(column, Input(name, "date" if kind.kind == "date" else "number", (), kind.form))
        if np.isnan(values).any():
            text = column.texts[column.values[np.isnan(values).argmax()]]
            raise UsageError(f"regression needs numbers; the target {name!r} holds {text!r:.60}")
    return values.astype(np.float64)


def _several(
    names: tuple[str, ...], columns: list[Column], kinds: list[Kind], task: str | None, rows: np.ndarray,
    notices: list[str],
) -> Target:  # fmt: skip
    """Several targets: all of yes and no, or all numbers."""
    if task is None:
        task = "multilabel" if all(kind.kind == "boolean" for kind in kinds) else "regression"
    if task == "classification":
        raise UsageError("one target is classified at a time; several of yes and no are the task multilabel")
    if task == "regression":
        y = np.stack([_numbers(*one) for one in zip(names, columns, kinds, strict=True)], 1)
        return Target(task, y, (), rows, f"{len(names)} numbers a row", names, notices)
    parts = [values_of(column, Input(name, "boolean")) for name, column in zip(names, columns, strict=True)]
    for name, part in zip(names, parts, strict=True):
        if np.isnan(part).any():
            raise UsageError(f"multilabel targets are yes and no; {name!r} holds something else")
    return Target(
        task, np.stack(parts, 1).astype(np.int64), (), rows, f"{len(names)} answers a row", names, notices
    )
