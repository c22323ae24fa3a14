"""A table as a Dataset: inputs as numbers and codes, the target, and what the splits need."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.arrays import check_inputs
from gradatim.data.dataset import Dataset
from gradatim.data.tables.classes import classes_like
from gradatim.data.tables.input_values import InputMatch, inputs_of_table, with_texts
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.matching import check_any, match_columns
from gradatim.data.tables.own_tasks import by_task, spread, tasks_of_rows
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.row_labels import labels_of
from gradatim.data.tables.schema import Field, Schema, facts_of, infer_schema
from gradatim.data.tables.schema_checks import check_schema
from gradatim.data.tables.split_columns import calendar_of, sentence
from gradatim.data.tables.table import Column, Table
from gradatim.data.tables.targets import SEVERAL, Target, target_of
from gradatim.data.tables.times import times_of


@dataclass(frozen=True)
class Examples:
    """A table's Dataset and its schema, and why its task is what it is."""

    dataset: Dataset
    schema: Schema
    why: str = ""


def examples_of(
    table: Table, roles: Roles, given: Schema | None = None, with_facts: bool = False
) -> Examples:
    """The examples of a table: every row that has a target; with what each column is like, if asked for.

    Raises UsageError for a column that is not there, no input that is left, or a target that cannot be
    learned.
    """
    roles = resolve(roles, table)
    schema = infer_schema(table, roles, given, with_facts)
    roles = replace(
        roles, target=tuple(schema.used("target")) if not roles.target else roles.target, task=schema.task,
        group=_only(schema, "group"), time=_only(schema, "time"), task_of=_only(schema, "task"),
    )  # fmt: skip
    if roles.group and roles.time:
        raise UsageError("rows are split by group or by time, not by both")
    inputs = _inputs(schema, table, roles.calendar)
    target, fields = None, {one.name: one for one in schema.fields}
    if roles.task_of:
        roles = replace(roles, task=None if roles.task == SEVERAL else roles.task)
        if len(roles.target) != 1:
            raise UsageError("--task-of needs one target, of classes or of a number: --target COLUMN")
    if roles.target:
        target = _target(table, roles, fields, known=given is not None)
        if target.labels:
            schema = schema.of_sets(roles.target[0], target.labels.separator)
    inputs = with_texts(inputs, table)
    x, _ = inputs_of_table(table, inputs)
    notices = [
        *table.notices,
        *_left_out(schema, roles.calendar),
        *(check_schema(table, inputs, x) if given else ()),
    ]
    times = None
    if roles.time is not None:
        times, guessed = times_of(table, fields[roles.time], given is not None)
        notices += guessed
    rows = np.arange(len(table)) if target is None else target.rows
    complete = len(rows) == len(table)
    dataset = Dataset(
        x=x if complete else x[rows],
        y=None if target is None else target.y,
        classes=() if target is None else target.classes,
        name=Path(Path(table.name).name.removesuffix(".gz")).stem or "data",
        features=tuple(one.name for one in inputs),
        columns=inputs,
        task="" if target is None else target.task,
        targets=roles.target,
        labels=None if target is None else target.labels,
        tasks=() if target is None else target.tasks,
        groups=None if roles.group is None else _groups(table.columns[roles.group])[rows],
        times=None if times is None else times[rows],
        notices=(*notices, *(target.notices if target else ())),
        target_columns=() if target is None else target.columns,
        row_labels=labels_of(table, schema).take(rows),
    )
    dataset = by_task(dataset, roles.task_of) if roles.task_of else dataset
    return Examples(dataset, schema, "" if target is None else target.why)


def _target(table: Table, roles: Roles, fields: dict[str, Field], known: bool) -> Target:
    """The target, its columns read as a schema says where they are known by one."""
    separator = next((fields[name].separator for name in roles.target if fields[name].separator), "")
    columns = {name: fields[name].as_input() for name in roles.target} if known else {}
    found = target_of(table, roles.target, roles.task, separator=separator, known=columns)
    return replace(
        found,
        columns=tuple(replace(one, missing_values=fields[one.name].missing_values) for one in found.columns),
    )


def examples_like(table: Table, first: Dataset) -> tuple[Dataset, InputMatch]:
    """The rows of another table as examples of the same kind: its inputs and classes are those of `first`.

    Columns may stand in any order, in another case, and be missing. Without the target columns y is None;
    rows that have no target are kept only then. Raises UsageError where every column is missing.
    """
    wanted = [*first.features, *first.targets, *filter(None, (first.task_of,))]
    table = match_columns(table, wanted)
    check_any(first.features, table.columns, table.name)
    row_tasks = _row_tasks(table, first)
    columns = with_texts(first.columns, table)
    x, fitting = inputs_of_table(table, columns)
    fitting.extra_columns = [name for name in fitting.extra_columns if name not in wanted]
    found = replace(
        first, x=x, columns=columns, y=None, row_tasks=row_tasks, weights=None, official_test=None,
        groups=None, times=None, name=table.name, source={}, notices=(*table.notices, *fitting.sentences()),
        row_labels=labels_of(table, like=first.row_labels),
    )  # fmt: skip
    return with_targets(found, table), fitting


def numbers_like(table: Table, first: Dataset) -> Dataset:
    """The rows of a table for a network that learned from numbers: the columns that `first` names, in its
    order; all but the targets where it names none.

    Raises UsageError for a column that is not there, and for one that holds anything but numbers.
    """
    table = match_columns(table, [*first.features, *first.targets])
    names = first.features or tuple(name for name in table.columns if name not in first.targets)
    for name in names:
        if table.column(name).kind not in ("number", "boolean"):
            raise UsageError(
                f"column {name!r} of {table.name} holds {table.columns[name].kind}s; the network learned "
                "from numbers"
            )
    x = check_inputs(np.stack([table.columns[name].values for name in names], 1), names)
    found = replace(
        first, x=x, y=None, weights=None, official_test=None, name=table.name, source={}, features=names,
        notices=tuple(table.notices), row_labels=labels_of(table),
    )  # fmt: skip
    return with_targets(found, table)


def with_targets(found: Dataset, table: Table) -> Dataset:
    """Rows of a table with their targets, but for rows that have none; as they are without those columns."""
    if not found.targets or not any(name in table.columns for name in found.targets):
        return found
    known = {one.name: one for one in found.target_columns}
    task, tasks, classes = found.task, found.tasks, found.classes
    if found.row_tasks is not None:  # each the target of its own
        classes, tasks = found.tasks[0][1], ()
        task = "classification" if classes else "regression"
    target = target_of(
        table, found.targets, task, may_be_constant=True, labels=found.labels, known=known,
        tasks=tasks,
    )  # fmt: skip
    y, row_tasks = target.y, found.row_tasks
    if classes:
        y = classes_like(y, target.classes, classes, table.name)
    if row_tasks is not None:
        row_tasks = row_tasks[target.rows]
        y = spread(y, row_tasks, len(found.tasks))
    labels = None if found.row_labels is None else found.row_labels.take(target.rows)
    notices = (*found.notices, *target.notices)
    return replace(
        found, x=found.x[target.rows], y=y, row_tasks=row_tasks, notices=notices, row_labels=labels
    )  # fmt: skip


def _row_tasks(table: Table, first: Dataset) -> np.ndarray | None:
    """The task of every row where each has one; UsageError where the column is not there."""
    if not first.task_of:
        return None
    if first.task_of not in table.columns:
        raise UsageError(f"{table.name} has no column {first.task_of!r}, which says the task of each row")
    names = [name for name, _ in first.tasks]
    return tasks_of_rows(table.columns[first.task_of], names, first.task_of, table.name)


def schema_of(dataset: Dataset) -> Schema:
    """The schema of a Dataset that is a table's, seen from its numbers and codes."""
    fields = []
    for i, one in enumerate(dataset.columns):
        values = dataset.x[:, i]
        if one.kind in ("category", "text"):
            column = Column("text", np.where(np.isnan(values), -1, values).astype(np.int32), one.categories)
        else:
            column = Column(one.kind, values)
        fields.append(Field(one.name, one.kind, "input", one.form, "", facts_of(column)))
    targets = np.empty((len(dataset), 0)) if dataset.y is None else dataset.y.reshape(len(dataset), -1)
    of_task = dict(dataset.tasks)
    for name, y in zip(dataset.targets, targets.T, strict=False):
        classes = of_task.get(name, dataset.classes)
        kind = "category" if classes else "boolean" if dataset.task == "multilabel" else "number"
        column = Column("number", y.astype(np.float64))
        if classes:
            codes = np.where(np.isnan(y), -1, y).astype(np.int32)
            column = Column("text", codes, tuple(map(str, classes)))
        fields.append(Field(name, kind, "target", "", "", facts_of(column)))
    return Schema(tuple(fields), dataset.task or None)


def resolve(roles: Roles, table: Table) -> Roles:
    """The roles with `a,b` as two columns, where no column is called so."""

    def several(names: tuple[str, ...]) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            parts = [name] if name in table.columns else [part.strip() for part in name.split(",")]
            found += [part for part in parts if part]
        return tuple(dict.fromkeys(found))

    return replace(roles, target=several(roles.target), ignore=several(roles.ignore))


def _inputs(schema: Schema, table: Table, calendar: bool) -> tuple[Input, ...]:
    """The inputs in the order of the table; of a time column, its calendar."""
    found = []
    for one in schema.fields:
        if one.use in ("input", "task"):
            kind = "category" if one.use == "task" else one.kind
            categories = _categories(table.columns[one.name], kind)
            found.append(replace(one.as_input(), kind=kind, categories=categories))
        elif one.use == "time" and calendar and (of_time := calendar_of(one)):
            found.append(of_time)
    return tuple(found)


def _only(schema: Schema, use: str) -> str | None:
    names = schema.used(use)
    if len(names) > 1:
        raise UsageError(f"rows are split by one column; {', '.join(names)} are of use {use}")
    return names[0] if names else None


def _categories(column: Column, kind: str) -> tuple[str, ...]:
    """Every category of a column in alphabetical order, which does not depend on the rows'."""
    return tuple(sorted(column.as_texts().texts)) if kind == "category" else ()


def _left_out(schema: Schema, calendar: bool) -> list[str]:
    """A sentence on each column that is no input or split by, and on those with something strange."""
    said = []
    for one in schema.fields:
        if one.use in ("time", "group", "task"):
            said.append(sentence(one, calendar))
        elif one.use == "ignore":
            what = f" ({one.kind}: {one.why})" if one.why and one.why != "as asked" else ""
            said.append(f"column {one.name!r} is left out{what or ', as asked'}")
        elif one.why and one.use == "input" and one.kind != "text":
            said.append(f"column {one.name!r}: {one.why}")
    return said


def _groups(column: Column) -> np.ndarray:
    """The number of every row's group; rows without one are one group."""
    return np.unique(column.as_texts().values, return_inverse=True)[1].astype(np.int64)
