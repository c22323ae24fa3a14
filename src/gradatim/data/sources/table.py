"""Tables: CSV, TSV and Parquet files, standard input, data frames."""

import sys
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim import files
from gradatim.checks import UsageError
from gradatim.data.as_dataset import as_dataset
from gradatim.data.dataset import Dataset
from gradatim.data.frames import column_of, is_frame
from gradatim.data.label_types import label_type_of
from gradatim.data.labelled_texts import empty_notice
from gradatim.data.sources.description import describe_table
from gradatim.data.sources.source import New, Request, Source, path_of
from gradatim.data.tables.declared_types import declared_column
from gradatim.data.tables.examples import Examples, examples_like, examples_of, numbers_like
from gradatim.data.tables.inputs import Input, texts_beside
from gradatim.data.tables.inputs import recode as recode_inputs
from gradatim.data.tables.matching import AnyCase, ByAnyCase, check_any
from gradatim.data.tables.missing import MISSING
from gradatim.data.tables.own_tasks import by_task, like_tasks
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.schema import Schema, read_schema, schema_from
from gradatim.data.tables.sniffing import Dialect
from gradatim.data.tables.table import Table
from gradatim.data.tables.table_from_frame import table_of_frame
from gradatim.data.tables.text_columns import as_texts, only_text, said_of
from gradatim.data.targets import recode

STDIN = "-"


class TableSource(Source):
    """Rows of named columns, whose kinds are seen or said by a schema.

    >>> TableSource().takes("-"), TableSource().takes("digits")  # - is standard input
    (True, False)
    """

    kind: ClassVar[str] = "table"
    has_columns: ClassVar[bool] = True

    def takes(self, data: Any) -> bool:
        """Whether this is a data frame, standard input, or a file that may be a table."""
        return is_frame(data) or is_table_file(data)

    def read(self, data: Any, asked: Request) -> Dataset:
        """The rows that have a target."""
        found = read_examples(data, asked).dataset
        if asked.as_texts and (column := only_text(found)):
            texts = as_texts(found, column)
            notices = (said_of(column), *texts.notices, *empty_notice(texts.texts))
            return replace(texts, notices=notices, source={**texts.source, "as_texts": True})  # type: ignore[return-value]
        if is_frame(data) and found.classes:
            found = replace(found, label_type=_label_type(data, found.targets[0]))
        if is_frame(data) and found.source.keys() <= {"memory", "target"} and _is_plain(data, found):
            plain = as_dataset(data, asked.target)
            return replace(
                plain, task=found.task, targets=found.targets, notices=found.notices, source=found.source,
                label_type=found.label_type,
                row_labels=found.row_labels if len(plain) == len(found) else None,
            )  # fmt: skip
        if not found.columns and len(found) == 1:
            raise UsageError(f"{found.name} has one row: no column varies, so that there is nothing to learn")
        if not found.columns:
            raise UsageError(f"{found.name} has no column to learn from; gradatim data says what each one is")
        return found

    def read_like(self, data: Any, first: Dataset) -> Dataset:
        """Other rows in the first's columns, which may stand in any order."""
        return replace(_rows(table_like(data, first), first), source=place_of_table(data))

    def read_new(self, data: Any, first: Dataset) -> New:
        """Rows to predict from, and their cells as they were written."""
        if is_frame(data):
            return New(_rows(table_like(data, first, may_be_empty=True), first))
        table = table_like(data, first, with_cells=True, may_be_empty=True)
        return New(_rows(table, first), table.cells)

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """The columns, which are written to the file `schema`; one that is there is read and followed."""
        given = schema if schema is not None and files.exists(schema) else None
        examples = read_examples(data, replace(asked, schema=given), with_facts=True)
        if schema is not None and given is None:
            files.write_json(schema, examples.schema.as_dict())
        facts = describe_table(examples, self) | ({} if schema is None else {"schema": str(schema)})
        column = only_text(examples.dataset)
        return facts | {"notices": [*facts["notices"], said_of(column)]} if column else facts


def _label_type(frame: Any, target: str) -> str:
    """The type of the labels in a frame's column; nothing where it bears another name there."""
    there = sum(str(column) == target for column in frame.columns)
    return label_type_of(column_of(frame, target)) if there == 1 else ""


def is_table_file(data: Any) -> bool:
    """Whether this is standard input, or a file that may be a table."""
    if isinstance(data, str) and data == STDIN:
        return True
    path = path_of(data)
    return path is not None and not path.is_dir()


def read_examples(data: Any, asked: Request, with_facts: bool = False) -> Examples:
    """The examples of a table and its schema; the one asked for is a Schema, its record, or a file."""
    asked.allow("target", "task", "group", "time", "task_of", "ignore", "schema")
    given = schema_asked(asked.schema)
    found = examples_of(table_asked(data, given, asked.roles), asked.roles, given, with_facts)
    more = asked.roles.as_dict() | ({"schema": given.as_dict()} if given is not None else {})
    more |= {"calendar": True} if any(one.calendar for one in found.dataset.columns) else {}
    place = {**place_of_table(data), "target": None} if place_of_table(data) else {"memory": True}
    place |= {"stream": True} if isinstance(data, str) and data == STDIN else {}  # which may give them again
    return replace(found, dataset=replace(found.dataset, source={**place, **more}))


def _rows(table: Table, first: Dataset) -> Dataset:
    """The rows of a table as a network that was trained on a table, or on numbers alone, is given them."""
    return examples_like(table, first)[0] if first.columns else numbers_like(table, first)


def like_columns(found: Dataset, first: Dataset) -> Dataset:
    """Examples by the names of the first's columns."""
    if first.task_of and found.columns:
        found = found if found.task_of else by_task(found, first.task_of)
        found = like_tasks(found, first)
    if not found.columns:
        raise UsageError(f"the network was trained on a table; {found.name} is none")
    check_any(first.features, found.features, found.name)
    columns = texts_beside(first.columns, found.columns)
    x = recode_inputs(found.x, found.columns, columns)
    return recode(replace(found, x=x, columns=columns), first.classes)


def table_like(
    data: Any, first: Dataset, with_cells: bool = False, may_be_empty: bool = False,
    reading: Dialect | None = None,
) -> Table:  # fmt: skip
    """A table of which examples like those of a Dataset are made; its categories and sets of labels are read
    as texts.

    `with_cells` keeps the cells of a file as they stand in it. How it is written is sniffed, unless `reading`
    says it.
    """
    texts = [one.name for one in (*first.columns, *first.target_columns) if _is_read_as_text(one)]
    texts += first.targets if first.labels else ()
    texts += [first.task_of] if first.task_of else []
    names = [one.name for one in first.columns] + list(first.targets)
    return _read(
        data, reading, AnyCase(texts), ByAnyCase(_missing_like(first)), names, may_be_empty, with_cells
    )


def _is_read_as_text(one: Input) -> bool:
    """Whether a column's texts say more than its numbers: 007, or 1.249 where that is 1249."""
    return one.kind in ("category", "text") or (one.kind == "number" and bool(one.form))


def _missing_like(first: Dataset) -> dict[str, Collection[str]]:
    """What stands for a missing value in each column, where it is not the usual: NA may be a category."""
    found: dict[str, Collection[str]] = {}
    known = {one.name: one.categories for one in first.columns if one.kind == "category"}
    if first.classes and first.targets:
        known[first.targets[0]] = tuple(map(str, first.classes))
    for name, texts in known.items():
        if values := MISSING.intersection(texts):
            found[name] = MISSING - values
    for one in (*first.columns, *first.target_columns):
        if one.missing_values is not None:
            found[one.name] = one.missing_values
    return found


def _is_plain(frame: Any, found: Dataset) -> bool:
    """Whether a frame is classes beside numbers of which none is missing: the same as its arrays."""
    if found.task != "classification" or np.isnan(found.x).any():
        return False
    inputs = [column for column in frame.columns if str(column) not in found.targets]
    every = tuple(map(str, inputs)) == found.features
    declared = any(declared_column(frame[column]) is not None for column in frame.columns) if every else True
    types = [np.asarray(frame[column].to_numpy()).dtype.kind for column in inputs] if every else []
    return every and not declared and all(kind in "buif" for kind in types)


def table_asked(data: Any, given: Schema | None, roles: Roles) -> Table:
    """The table in a frame, a file or a stream, read as a schema and the roles of its columns say."""
    texts = given.texts if given is not None else set()
    texts |= set(roles.target) if roles.task == "multilabel" and len(roles.target) == 1 else set()
    texts |= {roles.task_of} if roles.task_of else set()
    missing = given.missing_values if given is not None else {}
    columns = (roles.group, roles.time, roles.series, roles.task_of)
    names = [*roles.target, *roles.ignore, *filter(None, columns)]
    return _read(data, given.reading if given else None, texts, missing, names)


def open_table(
    data: Any, names: Collection[str], texts: Collection[str] = (), reading: Dialect | None = None
) -> Table:
    """The table in a frame, a file or a stream whose header holds these names; columns named in `texts` are
    read as texts. How it is written is sniffed, unless `reading` says it.
    """
    return _read(data, reading, texts, {}, names)


def _read(
    data: Any, reading: Dialect | None, texts: Collection[str], missing: Mapping[str, Collection[str]],
    names: Collection[str], may_be_empty: bool = False, with_cells: bool = False,
) -> Table:  # fmt: skip
    """The table in a frame, a file or a stream."""
    if is_frame(data):
        return table_of_frame(data, texts=texts, missing=missing, may_be_empty=may_be_empty)
    from gradatim.data.tables.reading import read_table

    source = sys.stdin.buffer if data == STDIN else data
    return read_table(
        source, reading, texts, missing=missing, names=names, may_be_empty=may_be_empty, with_cells=with_cells
    )


def place_of_table(data: Any) -> dict[str, Any]:
    """Where a file is; nothing for what is in memory or comes from a pipe."""
    in_file = isinstance(data, str | Path) and data != STDIN
    return {"path": str(Path(data).resolve())} if in_file else {}


def schema_asked(schema: Any) -> Schema | None:
    """The schema asked for, which is one, its record, or a file; None for none."""
    if schema is None or isinstance(schema, Schema):
        return schema
    return read_schema(schema) if isinstance(schema, str | Path) else schema_from(schema, "the schema")
