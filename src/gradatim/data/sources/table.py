"""Tables: CSV, TSV and Parquet files, standard input, data frames."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim import files
from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.frames import inputs_of_frame, is_frame
from gradatim.data.objects import as_dataset
from gradatim.data.sources.described import describe_table
from gradatim.data.sources.source import Asked, New, Source, path_of
from gradatim.data.tables.examples import Examples, examples_like, examples_of
from gradatim.data.tables.inputs import recode as recode_inputs
from gradatim.data.tables.inputs import texts_beside
from gradatim.data.tables.objects import table_of_frame
from gradatim.data.tables.schema import Roles, Schema, read_schema, schema_from
from gradatim.data.tables.table import AllBut, Table
from gradatim.data.targets import recode

STDIN = "-"


class TableSource(Source):
    """Rows of named columns, whose kinds are seen or said by a schema."""

    kind: ClassVar[str] = "table"

    def takes(self, data: Any) -> bool:
        """Whether this is a data frame, standard input, or a file that may be a table."""
        return is_frame(data) or is_table_file(data)

    def read(self, data: Any, asked: Asked) -> Dataset:
        """The rows that have a target."""
        found = read_examples(data, asked).dataset
        if is_frame(data) and found.source.keys() <= {"memory", "target"} and _is_plain(data, found):
            return replace(as_dataset(data, asked.target), task=found.task)
        if not found.columns:
            raise UsageError(f"{found.name} has no column to learn from; gradatim data says what each one is")
        return found

    def like(self, data: Any, first: Dataset) -> Dataset:
        """Other rows in the first's columns, which may stand in any order."""
        if not first.columns:
            return self._like_arrays(data, first)
        found = examples_like(table_like(data, first), first)[0]
        return replace(found, source=_place(data))

    def new(self, data: Any, first: Dataset) -> New:
        """Rows to predict from, and their cells as they were written."""
        if not first.columns:
            return New(
                Dataset(inputs_of_frame(data, first.features)) if is_frame(data) else self.like(data, first)
            )
        if is_frame(data):
            return New(self.like(data, first))
        table = table_like(data, first, exactly=True)
        return New(examples_like(table, first)[0], table)

    def _like_arrays(self, data: Any, first: Dataset) -> Dataset:
        """Rows for a network that was trained on a frame of plain numbers."""
        found = self.read(data, Asked(Roles(first.targets)))
        return recode(found, first.classes) if first.classes else found

    def describe(self, data: Any, asked: Asked, schema: Any = None) -> dict[str, Any]:
        """The columns, which are written to the file `schema`; one that is there is read and followed."""
        given = schema if schema is not None and Path(schema).exists() else None
        examples = read_examples(data, replace(asked, schema=given), with_facts=True)
        if schema is not None and given is None:
            files.write_json(schema, examples.schema.as_dict())
        return describe_table(examples, self) | ({} if schema is None else {"schema": str(schema)})


def is_table_file(data: Any) -> bool:
    """Whether this is standard input, or a file that may be a table."""
    if isinstance(data, str) and data == STDIN:
        return True
    path = path_of(data)
    return path is not None and not path.is_dir()


def read_examples(data: Any, asked: Asked, with_facts: bool = False) -> Examples:
    """The examples of a table and its schema; a schema that is asked for is a Schema, its record, or a file."""
    asked.allow("target", "task", "group", "time", "ignore", "schema")
    given = _schema(asked.schema)
    found = examples_of(_table(data, given, asked.roles), asked.roles, given, with_facts)
    more = asked.roles.as_dict() | ({"schema": given.as_dict()} if given is not None else {})
    place = {**_place(data), "target": None} if _place(data) else {"memory": True}
    return replace(found, dataset=replace(found.dataset, source={**place, **more}))


def like_columns(found: Dataset, first: Dataset) -> Dataset:
    """Examples by the names of the first's columns."""
    if not found.columns:
        raise UsageError(f"the network was trained on a table; {found.name} is none")
    columns = texts_beside(first.columns, found.columns)
    x = recode_inputs(found.x, found.columns, columns)
    return recode(replace(found, x=x, columns=columns), first.classes)


def table_like(data: Any, first: Dataset, exactly: bool = False) -> Table:
    """A table of which examples like those of a Dataset are made; its categories and sets of labels are read
    as texts.

    `exactly` reads columns that are not learned from as texts, too: as they were written.
    """
    texts: Any = {one.name for one in first.columns if one.kind in ("category", "text")}
    texts |= set(first.targets) if first.labels else set()
    if exactly:
        texts = AllBut(one.name for one in first.columns if one.kind not in ("category", "text"))
    if is_frame(data):
        return table_of_frame(data, texts=texts)
    from gradatim.data.tables.reading import read_table

    return read_table(_file(data), texts=texts)


def _is_plain(frame: Any, found: Dataset) -> bool:
    """Whether a frame is classes beside numbers of which none is missing: the same as its arrays."""
    if found.task != "classification" or np.isnan(found.x).any():
        return False
    inputs = [column for column in frame.columns if str(column) not in found.targets]
    every = tuple(map(str, inputs)) == found.features
    return every and all(np.asarray(frame[column].to_numpy()).dtype.kind in "buif" for column in inputs)


def _table(data: Any, given: Schema | None, roles: Roles) -> Table:
    texts = given.texts if given is not None else set()
    texts |= set(roles.target) if roles.task == "multilabel" and len(roles.target) == 1 else set()
    if is_frame(data):
        return table_of_frame(data, texts=texts)
    from gradatim.data.tables.reading import read_table

    return read_table(_file(data), given.reading if given else None, texts)


def _place(data: Any) -> dict[str, Any]:
    """Where a file is; nothing for what is in memory or comes from a pipe."""
    in_file = isinstance(data, str | Path) and data != STDIN
    return {"path": str(Path(data).resolve())} if in_file else {}


def _file(data: Any) -> Any:
    return sys.stdin.buffer if data == STDIN else data


def _schema(schema: Any) -> Schema | None:
    if schema is None or isinstance(schema, Schema):
        return schema
    return read_schema(schema) if isinstance(schema, str | Path) else schema_from(schema, "the schema")
