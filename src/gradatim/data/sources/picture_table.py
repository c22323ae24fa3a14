"""Tables that name pictures' files, with what each shows: classes, labels, numbers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset, fingerprint_head
from gradatim.data.frames import is_frame
from gradatim.data.picture_files import MOST_LOST, read_pictures
from gradatim.data.picture_tables import (
    Named,
    folder_of,
    locate,
    may_name_pictures,
    names_of_pictures,
    picture_columns,
    read_with_header,
    take_rows,
)
from gradatim.data.sources.description import describe_dataset
from gradatim.data.sources.picture_folder import (
    PARTS,
    RECIPE,
    check_known,
    copies_of,
    copies_within,
    like_first,
    shape_of,
    streaming_of,
)
from gradatim.data.sources.source import New, Request, Source, path_of
from gradatim.data.sources.table import TableSource, open_table, place_of_table, table_like
from gradatim.data.tables.examples import examples_of, resolve, with_targets
from gradatim.data.tables.matching import match_columns
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.table import Table

PART_COLUMNS = ("split", "part", "partition", "subset", "set")  # what the publisher's parts stand in
ROLES = ("target", "task", "group", "time", "ignore")
OTHER = "is not for tables that name pictures; --ignore COLUMN, their column, reads the others as a table"


class PictureTableSource(Source):
    """labels.csv: file,kind and a line such as cats/1.jpg,cat; the files lie beside it or in a folder beside
    it.

    A table is one where a column names pictures that are there; of one other column that is the target. A
    column split that holds train and test, too, says the publisher's parts.

    >>> PictureTableSource().takes("labels.csv"), PictureTableSource().takes("digits")  # where none is there
    (False, False)
    """

    kind: ClassVar[str] = "picture table"
    tasks: ClassVar[tuple[str, ...]] = ("classification",)
    has_columns: ClassVar[bool] = True  # those of a table, where its pictures are not asked for

    def takes(self, data: Any) -> bool:
        """Whether a column of a file or of a frame names pictures that are there."""
        if is_frame(data):
            return bool(names_of_pictures(data))
        path = path_of(data)
        return (
            path is not None and path.is_file() and may_name_pictures(path) and bool(names_of_pictures(path))
        )

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it may be more of them: a table that names pictures, whether they are there or not."""
        path = path_of(data)
        return self.takes(data) or (path is not None and path.is_file() and may_name_pictures(path))

    def read(self, data: Any, asked: Request) -> Dataset:
        """The rows whose picture can be read and that have a target; UsageError where it is not clear which
        column that is.
        """
        table, column = _open(data, asked.roles)
        if column is None:
            return TableSource().read(data, asked)
        asked.allow(*ROLES, "input_size", "streaming", why=OTHER)
        found, others = _read(data, table, column, asked)
        if found.y is None and asked.reads_target and others:
            raise UsageError(
                f"{table.name} names pictures in its column {column!r}; say with --target which other column "
                f"is learned: {_listed(others)}"
            )
        return found

    def read_like(self, data: Any, first: Any) -> Dataset:
        """Other pictures in the size and the channels of the first, their targets as the first's are."""
        if first.columns:
            return TableSource().read_like(data, first)
        shape = shape_of(first)
        table, column, first = _open_like(data, first)
        here = locate(table, column, folder_of(data))
        table = take_rows(table, here.rows, [name for name in first.targets if name in table.columns])
        rows = Dataset(
            np.arange(len(here.rows)), None, first.classes, name=_name(data), task=first.question.task,
            targets=first.targets, labels=first.labels, tasks=first.tasks,
            target_columns=first.target_columns,
        )  # fmt: skip
        rows = with_targets(rows, table) if table.columns else rows
        found, _ = _pictures(rows, here, shape, None, like_first(first))
        found = replace(found, recipe=RECIPE, source=place_of_table(data))
        return replace(found, notices=(*found.notices, *copies_of(found, first)))

    def read_new(self, data: Any, first: Any) -> New:
        """The pictures, whatever is said of them, and the cells beside their names."""
        if first.columns:
            return TableSource().read_new(data, first)
        shape = shape_of(first)
        table, column, first = _open_like(data, first)
        here = locate(table, column, folder_of(data), must=False)
        rows = Dataset(np.arange(len(here.rows)), name=_name(data))
        found, kept = _pictures(rows, here, shape, None, "auto", most_lost=1.0)
        beside = table.cells and replace(table.cells, rows=[table.cells.rows[i] for i in here.rows[kept]])
        return New(replace(found, source=place_of_table(data)), beside)

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """What is in the pictures and the target; of a table without them what it holds."""
        table, column = _open(data, asked.roles)
        if column is None:
            return TableSource().describe(data, asked, schema)
        asked.allow(*ROLES, "input_size", "streaming", why=OTHER)
        return describe_dataset(_read(data, table, column, asked)[0], self)


def _open(data: Any, roles: Roles) -> tuple[Table, str | None]:
    """A table, and the column that names pictures; None where that is ignored, or a target."""
    names = [*roles.target, *roles.ignore, *filter(None, (roles.group, roles.time))]
    texts = roles.target if roles.task == "multilabel" and len(roles.target) == 1 else ()
    table = read_with_header(lambda how: open_table(data, names, texts, how))
    roles = resolve(roles, table)
    found = [
        one for one in picture_columns(table, folder_of(data)) if one not in (*roles.ignore, *roles.target)
    ]
    return table, found[0] if found else None


def _open_like(data: Any, first: Any) -> tuple[Table, str, Any]:
    """Another table, its column of pictures, and the first examples with the column of their target there."""
    table = read_with_header(
        lambda how: table_like(data, first, with_cells=not is_frame(data), may_be_empty=True, reading=how)
    )
    table = match_columns(table, list(first.targets))
    columns = [one for one in picture_columns(table, folder_of(data)) if one not in first.targets]
    if not columns:  # none of the first is there, which `locate` says
        columns = [one for one in table.columns if one not in first.targets][:1]
    if not first.targets and first.classes:
        classes = set(map(str, first.classes))
        fitting = [
            name for name, column in table.columns.items()
            if name not in columns and set(filter(None, column.written())) <= classes
        ]  # fmt: skip
        others = [name for name in table.columns if name not in columns]
        first = replace(first, targets=tuple((fitting or others)[:1]))
    return table, columns[0], first


def _read(data: Any, table: Table, column: str, asked: Request) -> tuple[Dataset, list[str]]:
    """The pictures of a table and their target, and the columns that are not read."""
    here = locate(table, column, folder_of(data))
    roles = resolve(asked.roles, table)
    part_name = part_column(table, {column, *roles.target, *roles.ignore, roles.group, roles.time})
    taken = {column, part_name, roles.group, roles.time, *roles.ignore}
    others = [name for name in table.columns if name not in taken]
    if not roles.target and len(others) == 1 and asked.reads_target:
        roles = replace(roles, target=(others[0],))
    others = [name for name in others if name not in roles.target]
    used = [*roles.target, *filter(None, (roles.group, roles.time))]
    for name in used:
        table.column(name)
    rows = np.arange(len(here.rows))
    about = Dataset(rows)
    if used:
        about = examples_of(
            take_rows(table, here.rows, used), replace(roles, ignore=(), calendar=False)
        ).dataset
        assert about.row_labels is not None
        rows = about.row_labels.numbers - 1
        about = replace(about, x=rows, columns=(), features=(), row_labels=None)
    part = None if part_name is None else parts_of(table, part_name)[here.rows[rows]]
    about = replace(
        about, name=_name(data), recipe=RECIPE,
        official_test=None if part is None else part == "test",
        official_valid=None if part is None or "valid" not in part else part == "valid",
        notices=(_said(column, len(rows), roles, part_name, others), *without_group(about, roles, part)),
    )  # fmt: skip
    how = streaming_of(asked)
    found, kept = _pictures(about, here, None, asked.input_size, how)
    of_part = np.full(len(found), "") if part is None else part[kept]
    if found.classes and found.y is not None and found.y.ndim == 1:
        check_known(Path(table.name), found.classes, found.y, of_part)
    copies = tuple(copies_within(found.x, found.files, found.y, of_part))
    place = place_of_table(data) or {"memory": True}
    given = {"input_size": asked.input_size, "streaming": asked.streaming}
    size = {name: one for name, one in given.items() if one is not None}
    more = replace(roles, ignore=asked.roles.ignore).as_dict()
    return replace(found, notices=(*found.notices, *copies), source={**place, **more, **size}), others


def _pictures(
    about: Dataset, here: Named, shape: Any, size: Any, streaming: str, most_lost: float = MOST_LOST
) -> tuple[Dataset, np.ndarray]:
    """Examples whose x (N,) are numbers of rows, with the pictures of these; and which of them are kept."""
    paths = [here.paths[row] for row in about.x]
    read = read_pictures(
        paths, shape, size, most_lost=most_lost, streaming=streaming,
        head=lambda numbers, _: head_of_rows(about, numbers, shape is None),
    )  # fmt: skip
    kept = np.array(read.kept, dtype=np.int64)
    parts = {
        name: one[kept]
        for name in ("official_test", "official_valid")
        if (one := getattr(about, name)) is not None
    }
    found = replace(
        about.take(kept), x=read.x, files=tuple(here.names[row] for row in about.x[kept]),
        notices=(*about.notices, *here.notices, *read.notices), **parts,
    )  # fmt: skip
    return (with_classes_there(found) if shape is None else found), kept


def head_of_rows(about: Dataset, numbers: Sequence[int], is_open: bool) -> bytes:
    """What stands before pictures or clips where examples are hashed, of these of them."""
    some = about.take(np.asarray(numbers, dtype=np.int64))
    some = with_classes_there(some) if is_open else some
    return fingerprint_head(some.classes, some.columns, some.tasks, some.labels)


def with_classes_there(found: Dataset) -> Dataset:
    """The same, its classes those that an example is of."""
    if not found.classes or found.y is None or found.y.ndim != 1:
        return found
    there, y = np.unique(found.y, return_inverse=True)
    return replace(found, y=y.astype(np.int64), classes=tuple(found.classes[k] for k in there))


def part_column(table: Table, taken: set[str | None]) -> str | None:
    """The column that says the publisher's parts: called so, with train and another part in every row."""
    for name in table.columns:
        if name not in taken and name.strip().lower() in PART_COLUMNS:
            held = {PARTS.get(text.strip().lower()) for text in set(table.columns[name].written())}
            if None not in held and "train" in held and len(held) > 1:
                return name
    return None


def parts_of(table: Table, name: str) -> np.ndarray:
    """The part of every row, (N,); a part of validation alone is the test."""
    found = np.array([PARTS[text.strip().lower()] for text in table.columns[name].written()])
    if "test" not in found:
        found[found == "valid"] = "test"
    return found


def without_group(about: Dataset, roles: Roles, part: np.ndarray | None) -> list[str]:
    """The notices of the table; where the publisher's parts are kept, how many groups are in two of them."""
    if part is None or about.groups is None:
        return list(about.notices)
    parts = np.unique(np.stack([about.groups, np.unique(part, return_inverse=True)[1]], 1), axis=0)[:, 0]
    both = int((np.unique(parts, return_counts=True)[1] > 1).sum())
    said = f"column {roles.group!r}: {both:,} of its {len(np.unique(parts)):,} values are in two parts"
    others = [one for one in about.notices if not one.startswith(f"column {roles.group!r}: ")]
    return [*others, *([f"{said} of the table; --ignore its column of parts, and none is"] if both else [])]


def _said(column: str, n: int, roles: Roles, part: str | None, others: Sequence[str]) -> str:
    """What the columns of the table are."""
    said = [f"column {column!r} names {n:,} picture{'' if n == 1 else 's'}"]
    if roles.target:
        said.append(f"{_listed(roles.target)} {'is' if len(roles.target) == 1 else 'are'} learned")
    if part is not None:
        said.append(f"{part!r} says which are for training and for the test")
    if others and not roles.target:
        said.append("--target says which is learned")
    if others:
        said.append(f"{_listed(others)} {'is' if len(others) == 1 else 'are'} not read")
        said.append(f"--ignore {column} reads a table without pictures")
    return "; ".join(said)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:8])) + (", …" if len(names) > 8 else "")


def _name(data: Any) -> str:
    return "data" if is_frame(data) else Path(Path(data).name.removesuffix(".gz")).stem
