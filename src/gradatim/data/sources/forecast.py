"""Tables whose rows are steps in time, of which the next ones are forecast."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.forecasting.series_table import SeriesColumns, SeriesRows, series_rows
from gradatim.data.forecasting.time_step import time_text, written_times
from gradatim.data.forecasting.windows import (
    ForecastWindows,
    divide_by_time,
    windows_ahead,
    windows_of,
)
from gradatim.data.frames import is_frame
from gradatim.data.sources.page import Block, Fact, sizes_of
from gradatim.data.sources.source import New, Request, Source
from gradatim.data.sources.table import is_table_file, open_table, place_of_table
from gradatim.data.splits import TEST_SHARE, Splits
from gradatim.data.tables.cells import Cells
from gradatim.data.tables.dates import date_form
from gradatim.data.tables.input_values import inputs_of_table, values_of
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.kinds import kind_of
from gradatim.data.tables.matching import AnyCase, match_columns
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.schema import Field, Schema, infer_schema
from gradatim.data.tables.table import Table
from gradatim.data.tables.times import times_of

MOST_CATEGORIES = 30  # of a column; one with more is no input
NUMERIC = ("number", "boolean")


class ForecastSource(Source):
    """A table with --time and --horizon: one series, or with --series several.

    >>> ForecastSource().takes("sales.csv")  # but where a horizon is asked for
    False
    """

    kind: ClassVar[str] = "forecast"
    tasks: ClassVar[tuple[str, ...]] = ("forecasting",)
    roles: ClassVar[tuple[str, ...]] = ("horizon",)
    has_columns: ClassVar[bool] = True

    def takes(self, data: Any) -> bool:
        """A table is rows where nothing else is asked for."""
        return False

    def may_take(self, data: Any) -> bool:
        """Whether it is a table."""
        return is_frame(data) or is_table_file(data)

    def read(self, data: Any, asked: Request) -> ForecastWindows:
        """Every window of the series."""
        asked.allow("target", "task", "time", "series", "horizon", "known", "ignore")
        roles = asked.roles
        if roles.task not in (None, "forecasting"):
            raise UsageError(f"--horizon is for forecasting; the task asked for is {roles.task}")
        if roles.horizon is None:
            raise UsageError("forecasting needs --horizon, how many rows ahead are forecast")
        if roles.time is None:
            raise UsageError("forecasting needs --time, the column that says when each row was")
        names = [*roles.target, *roles.known, *roles.ignore, *filter(None, (roles.time, roles.series))]
        texts = [roles.series] if roles.series else []
        table = open_table(data, names, texts)
        of, left_out = _columns(table, roles)
        series, more = _series(table, of)
        name = Path(Path(table.name).name.removesuffix(".gz")).stem or "data"
        found = windows_of(series, of, roles.horizon, name)
        notices = (*table.notices, *left_out, *more, *found.notices)
        place = place_of_table(data) or {"memory": True}
        source = {**place, **roles.as_dict(), "target": of.target}
        return replace(found, source=source, notices=notices)

    def divide(self, examples: ForecastWindows, valid: float, test: float) -> Splits:
        """By time: the last steps are the test, those before them the validation."""
        return divide_by_time(examples, valid, test)

    def read_like(self, data: Any, first: ForecastWindows) -> ForecastWindows:
        """Every window of other series in the same columns."""
        table, of = _table_like(data, first)
        series, notices = _series(table, of, first)
        found = windows_of(series, of, first.horizon, table.name, first)
        return replace(found, source=place_of_table(data), notices=(*table.notices, *notices, *found.notices))

    def read_new(self, data: Any, first: ForecastWindows) -> New:
        """The window at the end of each series, and the times of the steps ahead."""
        table, of = _table_like(data, first)
        series, notices = _series(table, of, first)
        found = windows_ahead(series, replace(first, of=of), table.name)
        strange = [name for name in series.names if name not in first.series.names] if of.series else []
        if strange:
            more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
            notices.append(
                f"the series {strange[0]!r}{more} was not learned from: it is forecast as any other"
            )
        found = replace(found, notices=(*table.notices, *notices, *series.notices))
        return New(found, _cells_ahead(found, table))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """How many series and steps there are, the step, the season, gaps and splits."""
        found = self.read(data, asked)
        rows = found.series
        return {
            "name": found.name, "n": int(rows.observed.sum()), "series": len(rows.names),
            "step": rows.step.words, "season": found.season, "lags": found.lags, "horizon": found.horizon,
            "first": time_text(rows.times.min(), rows.step.is_date),
            "last": time_text(rows.times.max(), rows.step.is_date),
            "smallest": float(rows.target.min()), "largest": float(rows.target.max()),
            "mean": float(rows.target.mean()), "inputs": [one.name for one in found.of.inputs],
            "known": list(found.of.known), "windows": len(found),
            "splits": self.divide(found, 0.1, TEST_SHARE).sizes(), "notices": list(found.notices),
            "fingerprint": found.fingerprint,
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """The same in some lines."""
        several = f"{facts['series']:,} series" if facts["series"] > 1 else "one series"
        look = f"{facts['lags']} steps of the past, {facts['horizon']} ahead"
        return [
            f"{facts['name']}: {several} of {facts['n']:,} values, {facts['step']} apart",
            Fact("time", f"{facts['first']} … {facts['last']}"),
            Fact("values", f"{facts['smallest']:g} … {facts['largest']:g}, mean {facts['mean']:.4g}"),
            Fact("season", f"{facts['season']} steps"),
            Fact("inputs", ", ".join(facts["inputs"]) or "the target's own past"),
            *([Fact("known", ", ".join(facts["known"]))] if facts["known"] else []),
            Fact("task", f"forecasting: {look}"),
            Fact("splits", sizes_of(facts["splits"], "forecasts by time: the latest are the test")),
            "",
            Fact("fingerprint", facts["fingerprint"]),
            *(Fact("note", notice) for notice in facts["notices"]),
        ]


def _columns(table: Table, roles: Roles) -> tuple[SeriesColumns, list[str]]:
    """What the columns are, and which of them are left out."""
    for name in (*roles.known, *filter(None, (roles.series,))):
        table.column(name)
    ignored = (*roles.ignore, *filter(None, (roles.series,)))
    schema = infer_schema(table, replace(roles, task=None, ignore=ignored))
    target = _target(table, schema, roles)
    inputs, notices = [], []
    for one in schema.fields:
        if one.name in (target, roles.time, roles.series) or one.name in roles.ignore:
            continue
        if why := _no_input(one, table, one.name in roles.known):
            notices.append(f"column {one.name!r} is left out: {why}")
            continue
        kind = one.kind if one.kind in ("boolean", "category") else "number"
        kind = "number" if table.columns[one.name].kind == "number" and kind == "boolean" else kind
        categories = tuple(sorted(table.columns[one.name].as_texts().texts)) if kind == "category" else ()
        inputs.append(Input(one.name, kind, categories, one.form))
    for name in roles.known:
        if name in (target, roles.time, roles.series, *roles.ignore):
            raise UsageError(f"--known {name} is the target, the time or no input; its future is no input")
        if name not in [one.name for one in inputs]:
            raise UsageError(f"--known {name} is no input: {notices[-1] if notices else 'it holds nothing'}")
    time = next(one for one in schema.fields if one.name == roles.time)
    column = table.columns[time.name]
    form = date_form(column.texts) if column.kind == "text" else None
    kind = "date" if form is not None or column.kind == "date" else "number"
    if kind == "date" and (why := kind_of(time.name, column).why):
        notices.append(f"time {time.name!r}: {why}")
    of = SeriesColumns(target, time.name, roles.series, tuple(inputs), roles.known, kind, form or "")
    return of, notices


def _target(table: Table, schema: Schema, roles: Roles) -> str:
    """The column that is forecast: the one asked for, or the only one that it can be."""
    if len(roles.target) > 1:
        raise UsageError("one column is forecast: give one --target; the others are inputs")
    numbers = [one.name for one in schema.fields if one.kind in NUMERIC and one.use == "input"]
    if not roles.target and len(numbers) != 1:
        raise UsageError(
            f"--target says which column is forecast; columns of numbers: {', '.join(numbers) or 'none'}"
        )
    name = roles.target[0] if roles.target else numbers[0]
    column = table.column(name)
    field = next(one for one in schema.fields if one.name == name)
    if field.kind == "empty":
        raise UsageError(f"{table.name} has no value in the target {name!r}")
    if field.kind not in (*NUMERIC, "constant", "identifier") or (
        column.kind == "text" and field.kind != "number"
    ):
        raise UsageError(f"numbers are forecast; the target {name!r} holds {field.kind}s")
    return name


def _no_input(one: Field, table: Table, is_known: bool) -> str:
    """Why a column is no input; nothing where it is."""
    if one.kind in NUMERIC or (is_known and table.columns[one.name].kind in NUMERIC):
        return ""
    if one.kind == "category":
        many = len(table.columns[one.name].as_texts().texts)
        return f"it has {many} categories" if many > MOST_CATEGORIES else ""
    return f"{one.kind}{': ' + one.why if one.why else ''}"


def _series(
    table: Table, of: SeriesColumns, like: ForecastWindows | None = None
) -> tuple[SeriesRows, list[str]]:
    """The series of a table, and what is odd of its columns."""
    time, notices = times_of(table, Field(of.time, of.time_kind, "time", of.time_form), True)
    target = table.columns[of.target]
    y = values_of(target, Input(of.target, "number"))
    owners: Sequence[str] | None = None
    if of.series is not None:
        owners = table.columns[of.series].written()
        if "" in owners:
            raise UsageError(f"row {owners.index('') + 1} has no series in {of.series!r}")
    if target.kind == "text" and (lost := int((np.isnan(y) & ~target.missing).sum())):
        notices.append(f"{lost} values of {of.target!r} are no numbers, and count as missing")
    x, fitting = inputs_of_table(table, of.inputs)
    if like is not None:
        fitting.extra_columns, fitting.filled = [], {}
        notices += fitting.sentences()
    x[x < 0] = np.where(_is_category(of)[None].repeat(len(x), 0)[x < 0], np.nan, x[x < 0])
    step = None if like is None else like.series.step
    return series_rows(of, time, y, x, owners, table.name, step), notices


def _is_category(of: SeriesColumns) -> np.ndarray:
    return np.array([one.kind == "category" for one in of.inputs], bool)


def _table_like(data: Any, first: ForecastWindows) -> tuple[Table, SeriesColumns]:
    """A table with the first's columns; UsageError where one that is needed is missing."""
    of = first.of
    needed = [of.target, of.time, *filter(None, (of.series,))]
    texts = [one.name for one in of.inputs if one.kind == "category"] + ([of.series] if of.series else [])
    table = open_table(data, [*needed, *(one.name for one in of.inputs)], AnyCase(texts))
    table = match_columns(table, [*needed, *(one.name for one in of.inputs)])
    for name in (*needed, *of.known):
        table.column(name)
    return table, of


def _cells_ahead(found: ForecastWindows, table: Table) -> Cells:
    """Each step ahead: its series, where there are several, and its time as the file writes it."""
    of, rows = found.of, found.series
    is_date = of.time_kind == "date"
    column = table.columns[of.time]
    like = None
    if column.kind == "text":
        times, _ = times_of(table, Field(of.time, of.time_kind, "time", of.time_form), True)
        like = (column.texts[column.values[-1]], float(times[-1]))
    ahead = found.ahead()
    names = np.repeat(rows.names, found.horizon)
    written = written_times(rows.times[ahead].reshape(-1), is_date, like)
    reading = table.reading or {}
    cells = Cells(
        (of.series, of.time) if of.series else (of.time,), None, [], reading.get("delimiter", ","),
        reading.get("decimal", "."),
    )  # fmt: skip
    lines = zip(names, written, strict=True) if of.series else zip(written, strict=True)
    return replace(cells, rows=cells.written(lines))
