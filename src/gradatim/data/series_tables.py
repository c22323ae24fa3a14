"""Series from a long table: rows with the same key are one series, in the order of their times."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.series import Series, SeriesFacts, rows_of
from gradatim.data.tables.classes import classes_like
from gradatim.data.tables.examples import examples_like, examples_of, resolve
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.matching import match_columns
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.schema import Field, Schema
from gradatim.data.tables.table import Column, Table
from gradatim.data.tables.targets import Target, target_of
from gradatim.data.tables.times import times_of


class Order:
    """Which rows are of one series, and in which order: `rows` (S,) series by series, as the keys first come,
    and each by its times; `lengths` (N,), and `keys` (N,), what the series are called.
    """

    def __init__(self, table: Table, key: str, time: Field | None, is_given: bool = False):
        column = table.column(key).as_texts()
        if column.missing.any():
            raise UsageError(f"row {int(column.missing.argmax()) + 1} has no series in {key!r}")
        _, first, number = np.unique(column.values, return_index=True, return_inverse=True)
        number = np.argsort(np.argsort(first))[number]  # of the series as they first come
        keys = np.array(column.texts, object)[column.values]
        self.notices: list[str] = []
        by = np.zeros(len(number))
        if time is not None:
            by, self.notices = times_of(table, time, is_given)
        self.rows = np.lexsort((by, number))
        self.lengths = np.bincount(number)
        self.starts = np.cumsum(self.lengths) - self.lengths
        self.keys = keys[self.rows[self.starts]]
        if time is not None:
            self._check_times(table, time.name, by, number)

    def _check_times(self, table: Table, time: str, by: np.ndarray, number: np.ndarray) -> None:
        """Raise UsageError for two rows of a series at one time; say where rows were sorted."""
        series, by = number[self.rows], by[self.rows]
        twice = (np.diff(by) == 0) & (np.diff(series) == 0)
        if twice.any():
            row = int(twice.argmax())
            when = table.columns[time].written()[self.rows[row]]
            raise UsageError(
                f"series {self.keys[series[row]]!r} has two rows at {time} {when}: rows "
                f"{self.rows[row] + 1} and {self.rows[row + 1] + 1}; leave one of them out"
            )
        turned = np.unique(series[1:][(np.diff(self.rows) < 0) & (np.diff(series) == 0)])
        if len(turned):
            what = "1 series was" if len(turned) == 1 else f"{len(turned):,} series were"
            self.notices.append(f"the rows of {what} not in the order of {time!r}: they are sorted")

    def of_series(self, values: np.ndarray, missing: np.ndarray) -> np.ndarray:
        """The first row of each series (N,) with a value, −1 where none has one."""
        there = np.where(missing[self.rows], len(self.rows), np.arange(len(self.rows)))
        first = np.minimum.reduceat(there, self.starts)
        return np.where(first < len(self.rows), self.rows[np.minimum(first, len(self.rows) - 1)], -1)

    def changes(self, column: Column) -> np.ndarray:
        """The series (n,) in which a column has two values."""
        first = self.of_series(column.values, column.missing)
        expected = np.repeat(column.values[np.maximum(first, 0)], self.lengths)
        other = (column.values[self.rows] != expected) & ~column.missing[self.rows]
        return np.flatnonzero(np.add.reduceat(other, self.starts))

    def take(self, series: np.ndarray) -> None:
        """Keep these series (N,), true where one is kept."""
        self.rows = self.rows[np.repeat(series, self.lengths)]
        self.lengths, self.keys = self.lengths[series], self.keys[series]
        self.starts = np.cumsum(self.lengths) - self.lengths


def series_of_table(table: Table, roles: Roles, given: Schema | None = None) -> Series:
    """The series of a table, by the columns of `roles`: the key, the time, the target, the group.

    A target that is the same in every row of a series is that series' answer; another is one for every row.
    Without a time, rows stand in the table's order. Raises UsageError naming series and row for a key or a
    time that is missing, two rows at one time, and a group that changes within a series.
    """
    roles, key = resolve(roles, table), str(roles.series)
    _check_roles(roles, table)
    apart = (key, *filter(None, (roles.time, roles.group)), *roles.target)
    others = Roles(ignore=tuple(dict.fromkeys((*roles.ignore, *apart))), calendar=False)
    found = examples_of(table, others, given)
    fields = {one.name: one for one in found.schema.fields}
    order = Order(table, key, fields[roles.time] if roles.time else None, given is not None)
    said = [
        one
        for one in found.dataset.notices
        if not any(f"column {name!r} is left out" in one for name in apart)
    ]
    target, per_step, more = _target(table, roles, order)
    groups = None
    if roles.group is not None:
        column = table.column(roles.group).as_texts()
        if len(changed := order.changes(column)):
            raise UsageError(f"the group {roles.group!r} changes within series {order.keys[changed[0]]!r}")
        groups = column.values[order.of_series(column.values, column.missing)]
    about = SeriesFacts(
        found.dataset.features, found.dataset.columns, key, order.keys, roles.time or "",
        _times_written(table, roles.time, order), groups,
    )  # fmt: skip
    series = Series.of_steps(
        found.dataset.x[order.rows], order.lengths, None if target is None else target.y, per_step, about,
        _name(table),
    )  # fmt: skip
    return series.changed(
        classes=() if target is None else target.classes, targets=roles.target,
        task=_task(target, per_step), notices=(*said, *order.notices, *more),
    )  # fmt: skip


def series_like(table: Table, first: Series, with_targets: bool = True) -> Series:
    """The series of another table, its columns and classes those of `first`; without targets y is None.

    Raises UsageError for a key or a time that is missing, and for classes that `first` has not.
    """
    about = first.about
    columns = [about.key, *filter(None, [about.time]), *about.features, *first.targets]
    table = match_columns(table, columns)
    time = Field(about.time, "date", "time", "", "") if about.time else None
    if time is not None:
        table.column(about.time)
    order = Order(table, about.key, time)
    inputs = {n: c for n, c in table.columns.items() if n not in (about.key, about.time, *first.targets)}
    rows, _ = examples_like(replace(table, columns=inputs), replace(rows_of(first), targets=()))
    target: Target | None = None
    said: list[str] = []
    there = [name in table.columns for name in first.targets]
    if with_targets and first.targets and all(there):
        target, said = _target_like(table, first, order)
    more = replace(about, keys=order.keys, times=_times_written(table, about.time, order), groups=None,
                   inputs=rows.columns, official_test=None)  # fmt: skip
    found = Series.of_steps(rows.x[order.rows], order.lengths, None, first.per_step, more, _name(table))
    y = None if target is None else target.y
    if target is not None and first.classes:
        y = classes_like(target.y, target.classes, first.classes, table.name)
    return found.changed(
        y=y, classes=first.classes, targets=first.targets, task=first.task,
        notices=(*rows.notices, *order.notices, *said),
    )  # fmt: skip


def _target(table: Table, roles: Roles, order: Order) -> tuple[Target | None, bool, list[str]]:
    """The answers, whether they are those of steps, and what should be known of them."""
    if not roles.target:
        return None, False, []
    every = [table.column(name) for name in roles.target]
    changed = {name: order.changes(one) for name, one in zip(roles.target, every, strict=True)}
    first = next(((name, where) for name, where in changed.items() if len(where)), None)
    per_step = first is not None or roles.task == "tagging"
    if first is not None and roles.task in ("classification", "multilabel"):
        raise UsageError(
            f"--task {roles.task} needs one answer a series; {first[0]!r} changes within series "
            f"{order.keys[first[1][0]]!r} (of {len(first[1]):,} that do)"
        )
    target, said = _answers(table, roles.target, roles.task, order, per_step)
    if first is not None:
        name, where = first
        said.append(
            f"an answer for every row: {name!r} changes within {len(where):,} of {len(order.keys):,} series, "
            f"such as {order.keys[where[0]]!r}"
        )
    return target, per_step, said


def _target_like(table: Table, first: Series, order: Order) -> tuple[Target, list[str]]:
    """The answers of another table to the same question."""
    if not first.per_step:
        for name in first.targets:
            if len(changed := order.changes(table.column(name))):
                raise UsageError(
                    f"the network answers once a series; {name!r} changes within series "
                    f"{order.keys[changed[0]]!r}"
                )
    return _answers(table, first.targets, first.task or None, order, first.per_step, may_be_constant=True)


def _answers(
    table: Table, names: tuple[str, ...], task: str | None, order: Order, per_step: bool,
    may_be_constant: bool = False,
) -> tuple[Target, list[str]]:  # fmt: skip
    """The answers in the order of series or steps; series without one are left out of `order`."""
    every = [table.column(name) for name in names]
    said: list[str] = []
    if per_step:
        absent = np.any([one.missing for one in every], axis=0)[order.rows]
        if absent.any():
            raise UsageError(f"row {order.rows[int(absent.argmax())] + 1} has no target in {names[0]!r}, "
                             "which has an answer for every row")  # fmt: skip
        places = [order.rows for _ in names]
    else:
        places = [order.of_series(one.values, one.missing) for one in every]
        known = np.all([place >= 0 for place in places], axis=0)
        if not known.any():
            raise UsageError(f"the target {names[0]!r} is missing in every row")
        if not known.all():
            said = [f"{int((~known).sum()):,} series without a target left out"]
            order.take(known)
        places = [place[known] for place in places]
    columns = {
        name: replace(one, values=one.values[place])
        for name, one, place in zip(names, every, places, strict=True)
    }
    asked = "classification" if task == "tagging" else task
    target = target_of(Table(columns, table.name), names, asked, may_be_constant)
    return target, [*said, *target.notices]


def _task(target: Target | None, per_step: bool) -> str:
    """What the series are learned for."""
    if target is None:
        return ""
    return "tagging" if per_step and target.classes else target.task


def _check_roles(roles: Roles, table: Table) -> None:
    """Raise UsageError for a column that is not there, and for one of two uses."""
    seen: dict[str, str] = {}
    uses = [("series", roles.series), ("time", roles.time), *(("target", one) for one in roles.target)]
    uses += [("group", roles.group)] if roles.group != roles.series else []
    uses += [("ignore", one) for one in roles.ignore]
    for use, name in uses:
        if name is None:
            continue
        table.column(name)
        if name in seen:
            raise UsageError(f"column {name!r} cannot be both {seen[name]} and {use}")
        seen[name] = use


def _times_written(table: Table, time: str | None, order: Order) -> tuple[str, ...]:
    """The time of every step, as it is written."""
    if not time:
        return ()
    written = table.columns[time].written()
    return tuple(written[row] for row in order.rows)


def _name(table: Table) -> str:
    return Path(Path(table.name).name.removesuffix(".gz")).stem or "data"


def template_of(inputs: tuple[Input, ...], key: str, time: str, per_step: bool) -> Series:
    """No series, of steps that are these columns."""
    names: Any = tuple(one.name for one in inputs)
    about = SeriesFacts(names, inputs, key, None, time)
    rows = Dataset(np.empty((0, len(inputs))))
    return Series.of_steps(rows.x, np.zeros(0, int), None, per_step, about)
