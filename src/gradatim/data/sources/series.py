"""Series: arrays (N, T, D) with lengths, from files and in memory, and long tables."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from zipfile import BadZipFile, ZipFile

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.as_dataset import TARGETS
from gradatim.data.frames import is_frame
from gradatim.data.numpy_files import read_npy, read_npz
from gradatim.data.ragged import Ragged
from gradatim.data.series import Series, rows_of
from gradatim.data.series_arrays import LENGTHS, series_of_arrays
from gradatim.data.sources.page import Block, Fact, Grid, sizes_of
from gradatim.data.sources.sequences import SequenceSource
from gradatim.data.sources.source import New, Request, is_named
from gradatim.data.splits import TEST_SHARE, Splits
from gradatim.data.tables.cells import Cells
from gradatim.data.tables.roles import Roles
from gradatim.files import exists, is_folder

OF_SERIES = ("target", "task", "group", "time", "series", "ignore", "schema")


class SeriesSource(SequenceSource):
    """An .npz file of x (N, T, D) with lengths, or with --series; a long table with --series COLUMN.

    >>> SeriesSource().takes("digits"), SeriesSource().read(Series([[[0.5]], [[1.5]]], [1, 0]), Request())
    (False, Series('data', 2 series of 1 to 1 steps))
    """

    kind: ClassVar[str] = "series"
    roles: ClassVar[tuple[str, ...]] = ("series",)
    has_columns: ClassVar[bool] = True

    def takes(self, data: Any) -> bool:
        """Whether they are series, or an .npz file that holds lengths."""
        return isinstance(data, Series) or (_is_arrays(data) and _holds_lengths(Path(data)))

    def may_take(self, data: Any) -> bool:
        """Whether they may be series: arrays, a file of arrays, or a table."""
        from gradatim.data.sources.table import is_table_file

        if _is_arrays(data) or is_frame(data) or super().may_take(data):
            return True
        return is_table_file(data)

    def read(self, data: Any, asked: Request) -> Series:
        """The series, their targets read by their task."""
        asked.allow(*OF_SERIES)
        found, place = _found(data, asked), _place(data)
        read: Any = super().read(found, Request(Roles(task=asked.roles.task)))
        more = asked.roles.as_dict()
        if asked.schema is not None:
            from gradatim.data.sources.table import schema_asked

            given = schema_asked(asked.schema)
            more |= {} if given is None else {"schema": given.as_dict()}
        targets = read.targets or asked.roles.target
        return read.changed(targets=targets, source={**place, **more})

    def divide(self, examples: Series, valid: float, test: float) -> Splits:
        """By the official split, whole groups, or classes."""
        return examples.divide(valid, test)

    def read_like(self, data: Any, first: Any) -> Ragged:
        """Other series in the first's columns and classes."""
        found = _like(data, first)
        if found.y is None and isinstance(data, str | Path):
            return found
        return super().read_like(found.changed(targets=first.targets), first)

    def read_new(self, data: Any, first: Any) -> New:
        """Series alone; a row for each by its key, or for each of its steps."""
        found = _like(data, first, with_targets=False)
        keys = found.about.keys
        names = list(range(len(found))) if keys is None else keys.tolist()
        beside = Cells((found.about.key or "series",), None, [])
        rows: list[list[Any]] = [[name] for name in names]
        if first.per_step:
            steps = [step for length in found.lengths.tolist() for step in range(length)]
            beside = replace(beside, names=(*beside.names, found.about.time or "step"))
            owners = np.repeat(np.arange(len(found)), found.lengths).tolist()
            rows = [[names[i], step] for i, step in zip(owners, found.about.times or steps, strict=True)]
        return New(found, replace(beside, rows=beside.written(rows)))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """How many, how long, of how many numbers a step, the classes and the groups."""
        found = self.read(data, replace(asked, schema=schema if schema is not None else asked.schema))
        lengths, counts = found.lengths, {}
        if found.classes and found.y is not None:
            number = np.bincount(found.y, minlength=len(found.classes)).tolist()
            counts = {str(name): n for name, n in zip(found.classes, number, strict=True)}
        try:
            parts, rule = self.divide(found, 0.1, TEST_SHARE).sizes(), _rule(found)
            if not parts["valid"] and found.groups is not None:
                rule += "; none to validate on, for a group would cost training too much"
        except UsageError as error:
            parts, rule = {}, str(error)
        return {
            "name": found.name, "n": len(found), "shape": list(found.shape),
            "features": list(found.about.features), "steps": int(lengths.sum()),
            "shortest": int(lengths.min()), "median": float(np.median(lengths)),
            "longest": int(lengths.max()), "counts": counts, "per_step": found.per_step,
            "groups": 0 if found.groups is None else len(np.unique(found.groups)),
            "question": found.question, "splits": parts, "split_rule": rule,
            "notices": list(found.notices), "fingerprint": found.fingerprint,
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes and lengths, classes and groups."""
        same = facts["shortest"] == facts["longest"]
        lengths = f"{facts['longest']:,}" if same else f"{facts['shortest']:,} to {facts['longest']:,}"
        names = ", ".join(facts["features"])
        counts = [[name, f"{n:,}"] for name, n in facts["counts"].items()]
        of = "steps" if facts["per_step"] else "series"
        return [
            f"{facts['name']}: {facts['n']:,} series of {lengths} steps",
            Fact("lengths", f"median {facts['median']:g}, {facts['steps']:,} steps in all"),
            Fact("a step", f"{facts['shape'][0]:,} numbers{f': {names}' if names else ''}"),
            *([Fact("groups", f"{facts['groups']:,}, each in one part")] if facts["groups"] else []),
            *([Fact("task", facts["head"])] if facts.get("head") else []),
            Fact("splits", sizes_of(facts["splits"], facts["split_rule"])),
            *([Grid(("class", of), counts)] if counts else []),
            "", Fact("fingerprint", facts["fingerprint"]),
            *(Fact("note", notice) for notice in facts["notices"]),
        ]  # fmt: skip


def _is_arrays(data: Any) -> bool:
    """Whether this is the name of a file of arrays."""
    suffixes = (".npz", ".npy")
    return isinstance(data, str | Path) and not is_named(data) and Path(data).suffix.lower() in suffixes


def _holds_lengths(path: Path) -> bool:
    """Whether a file of arrays says how long each of its series is."""
    if path.suffix.lower() != ".npz" or is_folder(path) or not exists(path):
        return False
    try:
        with ZipFile(path) as archive:
            names = {name.lower().removesuffix(".npy").removesuffix("_train") for name in archive.namelist()}
    except (BadZipFile, OSError):
        return False
    return bool(names & set(LENGTHS))


def _found(data: Any, asked: Request) -> Series:
    """The series in whatever was given, targets of arrays as they are."""
    if isinstance(data, Series):
        return data
    if not _is_table(data):
        asked.allow("target", "task", "group", "series", why="is for tables: the arrays of series have none")
        return series_of_arrays(*_named_arrays(data), asked.roles)
    from gradatim.data.series_tables import series_of_table
    from gradatim.data.sources.table import schema_asked, table_asked

    if asked.roles.series is None:
        raise UsageError("a table's series are told apart by a column: name it with --series")
    given = schema_asked(asked.schema)
    return series_of_table(table_asked(data, given, asked.roles), asked.roles, given)


def _like(data: Any, first: Any, with_targets: bool = True) -> Series:
    """Other series as those of `first`, their targets as they are, or left out."""
    found = data if isinstance(data, Series) else None
    if found is None and not _is_table(data):
        if first.about.inputs:
            raise UsageError("the network was trained on a table: give it one, a CSV file or a data frame")
        held, name = _named_arrays(data)
        targets = tuple(one for one in first.targets[:1] if one in held)
        if not with_targets:
            held = {key: one for key, one in held.items() if str(key).lower() not in (*TARGETS, *targets)}
        found = series_of_arrays(held, name, Roles(target=targets if with_targets else ()))
    if found is None:
        if not first.about.inputs:
            raise UsageError("the network learns from arrays of series: give it an .npz file, or arrays")
        from gradatim.data.series_tables import series_like
        from gradatim.data.sources.table import table_like

        rows = replace(rows_of(first), targets=first.targets, classes=first.classes)
        found = series_like(table_like(data, rows), first, with_targets)
    return found if with_targets else found.changed(y=None)


def _is_table(data: Any) -> bool:
    """Whether these are rows of named columns."""
    from gradatim.data.sources.table import is_table_file

    return is_frame(data) or (isinstance(data, str | Path) and not _is_arrays(data) and is_table_file(data))


def _named_arrays(data: Any) -> tuple[Mapping[str, Any], str]:
    """Arrays by their names, and what all are called: of a file, a mapping, (X, y), (X, y, weights), X."""
    if _is_arrays(data):
        path = Path(data)
        if is_folder(path) or not exists(path):
            raise UsageError(f"there is no file {path}")
        return ({"x": read_npy(path)} if path.suffix.lower() == ".npy" else read_npz(path)), path.stem
    if isinstance(data, str | Path):
        raise UsageError(f"there is no file {data}")
    if isinstance(data, Mapping):
        return data, "data"
    parts = data if isinstance(data, tuple) else (data,)
    return {name: one for name, one in zip(("x", "y", "w"), parts, strict=False) if one is not None}, "data"


def _place(data: Any) -> dict[str, Any]:
    """Where a file is; that all else was in memory."""
    in_file = isinstance(data, str | Path) and data != "-"
    return {"path": str(Path(data).resolve())} if in_file else {"memory": True}


def _rule(found: Series) -> str:
    """How the parts are chosen."""
    if found.official_test is not None:
        return "the publisher's test split"
    if found.groups is not None:
        return f"by group: none of the {len(np.unique(found.groups)):,} groups is in two parts"
    return "by the fingerprint"
