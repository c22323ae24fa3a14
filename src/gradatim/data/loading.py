"""From a name, a file or an object to a Dataset."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.checks import UsageError, did_you_mean
from gradatim.data.dataset import Dataset
from gradatim.data.frames import is_frame
from gradatim.data.numpy_files import read_npz
from gradatim.data.objects import as_dataset, from_mapping
from gradatim.data.pictures import is_picture
from gradatim.data.tables.examples import Examples, examples_like, examples_of
from gradatim.data.tables.inputs import recode as recode_inputs
from gradatim.data.tables.inputs import texts_beside
from gradatim.data.tables.objects import table_of_frame
from gradatim.data.tables.schema import Roles, Schema, read_schema, schema_from
from gradatim.data.tables.table import AllBut, Table
from gradatim.data.targets import recode

STDIN = "-"


def load_data(
    data: Any, target: str | Sequence[str] | None = None, *, task: str | None = None,
    group: str | None = None, time: str | None = None, ignore: str | Sequence[str] | None = None,
    schema: Any = None,
) -> Dataset:  # fmt: skip
    """A Dataset from a name of the catalogue, a table's file, an `.npz` file, or an object in memory.

    A name in the catalogue wins over a path; `./digits` is the path, and `-` a table on standard input.
    Tables are CSV, TSV or Parquet files, plain or gzipped, and data frames. `target` names the column or
    columns to learn, `task` what kind of learning that is (classification, multilabel or regression; seen
    from the target when None), `group` and `time` the columns that the split goes by, `ignore` columns that
    are no inputs, `schema` a file or a record that says what columns are.

    >>> len(load_data("digits"))
    1797
    """
    roles = roles_of(target, task, group, time, ignore)
    if is_table(data):
        found = load_table(data, roles, schema).dataset
        if is_frame(data) and found.source.keys() <= {"memory", "target"} and _is_plain(data, found):
            return replace(as_dataset(data, roles.target[0]), task=found.task)
        if not found.columns:
            raise UsageError(f"{found.name} has no column to learn from; gradatim data says what each one is")
        return found
    beyond = {**roles.as_dict(), **({"schema": schema} if schema is not None else {})}
    for name in beyond.keys() - {"target"}:
        raise UsageError(f"--{name} is for tables: CSV, TSV and Parquet files, and data frames")
    single = roles.target[0] if roles.target else None
    if not isinstance(data, str | Path):
        return as_dataset(data, single)
    if isinstance(data, str) and data in catalog.names("dataset"):
        if target is not None:
            raise UsageError(f"{data} has its target already; --target is for files")
        return catalog.find(data, "dataset").load()()
    return _load_file(Path(data), single)


def is_table(data: Any) -> bool:
    """Whether this is a data frame, standard input, or a file that may be a table."""
    return is_frame(data) or is_table_file(data)


def is_table_file(data: Any) -> bool:
    """Whether this is standard input, or a file that may be a table."""
    if not isinstance(data, str | Path):
        return False
    if isinstance(data, str) and (data == STDIN or data in catalog.names("dataset")):
        return data == STDIN
    path = Path(data)
    array = path.suffix.lower() in (".npz", ".npy") or is_picture(path)
    return _exists(path) and not path.is_dir() and not array


def load_table(data: Any, roles: Roles, schema: Any = None, with_facts: bool = False) -> Examples:
    """The examples of a table and its schema; `schema` is a Schema, its record, or a file."""
    given = _schema(schema)
    found = examples_of(_table(data, given, roles), roles, given, with_facts)
    asked = roles.as_dict() | ({"schema": given.as_dict()} if given is not None else {})
    in_file = isinstance(data, str | Path) and data != STDIN
    place: dict[str, Any] = {"memory": True}
    if in_file:
        place = {"path": str(Path(data).resolve()), "target": None}
    elif isinstance(data, str):
        place["stream"] = True  # standard input, which may give the same rows again
    return replace(found, dataset=replace(found.dataset, source={**place, **asked}))


def load_like(data: Any, first: Dataset) -> Dataset:
    """Other examples as those of a Dataset that is a table's: its inputs, its classes, its task."""
    if isinstance(data, Dataset) or not is_table(data):
        found = load_data(data)
        if not found.columns:
            raise UsageError(f"the network was trained on a table; {found.name} is none")
        columns = texts_beside(first.columns, found.columns)
        x = recode_inputs(found.x, found.columns, columns)
        return recode(replace(found, x=x, columns=columns), first.classes)
    found = examples_like(table_like(data, first), first)[0]
    in_file = isinstance(data, str | Path) and data != STDIN
    return replace(found, source={"path": str(Path(data).resolve())} if in_file else {})


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

    return read_table(_source(data), texts=texts)


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

    return read_table(_source(data), given.reading if given else None, texts)


def _source(data: Any) -> Any:
    return sys.stdin.buffer if data == STDIN else data


def _schema(schema: Any) -> Schema | None:
    if schema is None or isinstance(schema, Schema):
        return schema
    return read_schema(schema) if isinstance(schema, str | Path) else schema_from(schema, "the schema")


def roles_of(target: Any, task: str | None, group: str | None, time: str | None, ignore: Any) -> Roles:
    """What was asked of the columns; one name stands for a list of one."""
    return Roles(_several(target), task, group, time, _several(ignore))


def _several(names: str | Sequence[str] | None) -> tuple[str, ...]:
    if names is None:
        return ()
    return (str(names),) if isinstance(names, str | int) else tuple(map(str, names))


def _load_file(path: Path, target: str | None) -> Dataset:
    if not _exists(path):
        if path.suffix or len(path.parts) > 1:
            raise UsageError(f"there is no file {path}")
        raise UsageError(f"unknown data {str(path)!r}: {did_you_mean(str(path), catalog.names('dataset'))}")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; this version learns from tables, .npz files, and names")
    if is_picture(path):
        raise UsageError(f"{path} is one picture, whose numbers gradatim data shows; learning needs many")
    if path.suffix.lower() != ".npz":
        raise UsageError(f"{path} is a single array; inputs and targets are learned from an .npz file")
    arrays = read_npz(path)
    dataset = from_mapping(arrays, target, str(path))
    return replace(dataset, name=path.stem, source={"path": str(path.resolve()), "target": target})


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long for a file, a folder that may not be entered
        return False
