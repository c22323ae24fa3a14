"""Tables that name clips, with what each shows and who is in it."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.clip_files import Clips, Shape, read_clips
from gradatim.data.clip_tables import clip_column, locate_clips, names_clips
from gradatim.data.dataset import Dataset
from gradatim.data.picture_tables import Named, folder_of, read_with_header, take_rows
from gradatim.data.sources.description import describe_dataset
from gradatim.data.sources.picture_folder import check_known, like_first, streaming_of
from gradatim.data.sources.picture_table import (
    head_of_rows,
    part_column,
    parts_of,
    with_classes_there,
    without_group,
)
from gradatim.data.sources.source import New, Request, Source, found_at, path_of
from gradatim.data.sources.table import TableSource, open_table, table_like
from gradatim.data.tables.examples import examples_of, resolve, with_targets
from gradatim.data.tables.matching import match_columns
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.table import Table

ROLES = ("target", "task", "group", "ignore")
OTHER = "is not for tables that name clips; --ignore COLUMN, their column, reads the others as a table"


class ClipTableSource(Source):
    """clips.csv: file,class,person and a line such as 1.mp4,wave,anna; the clips lie beside it or in a folder
    beside it. A clip is what a folder of clips holds: a video, a GIF, a strip, an .npz, a folder of frames.

    Of one other column that is the target; `--target class --group person` says it of several, and no person
    is in two parts. A column split that holds train and test, too, says the publisher's parts.

    >>> ClipTableSource().takes("clips.csv"), ClipTableSource().takes("digits")  # where none is there
    (False, False)
    """

    kind: ClassVar[str] = "clip table"
    tasks: ClassVar[tuple[str, ...]] = ("classification",)
    has_columns: ClassVar[bool] = True  # those of a table, where its clips are not asked for

    def takes(self, data: Any) -> bool:
        """Whether a column of a table's file names clips that are there."""
        path = path_of(data)
        return path is not None and path.is_file() and names_clips(path)

    def read(self, data: Any, asked: Request) -> Dataset:
        """The rows whose clip can be read and that have a target; UsageError where it is not clear which
        column that is.
        """
        table, column = _open(data, asked.roles)
        if column is None:
            return TableSource().read(data, asked)
        asked.allow(*ROLES, "input_size", "streaming", why=OTHER)
        return _read(data, table, column, asked)

    def read_like(self, data: Any, first: Any) -> Dataset:
        """Other clips in the shape of the first, their targets as the first's are."""
        if first.columns:
            return TableSource().read_like(data, first)
        table, column, first = _open_like(data, first)
        here = locate_clips(table, column, folder_of(data))
        rows = Dataset(
            np.arange(len(here.rows)), None, first.classes, name=Path(data).stem, task=first.question.task,
            targets=first.targets, labels=first.labels, target_columns=first.target_columns,
        )  # fmt: skip
        there = [name for name in first.targets if name in table.columns]
        rows = with_targets(rows, take_rows(table, here.rows, there)) if there else rows
        found, _ = _clips_and_kept(rows, here, _shape_of(first), None, like_first(first))
        return found_at(found, data)

    def read_new(self, data: Any, first: Any) -> New:
        """The clips, whatever is said of them, and the cells beside their names."""
        if first.columns:
            return TableSource().read_new(data, first)
        table, column, first = _open_like(data, first)
        here = locate_clips(table, column, folder_of(data))
        rows = Dataset(np.arange(len(here.rows)), name=Path(data).stem)
        found, clips = _clips_and_kept(rows, here, _shape_of(first), None, "auto")
        kept = here.rows[clips.kept]
        beside = table.cells and replace(table.cells, rows=[table.cells.rows[i] for i in kept])
        return New(found_at(found, data), beside)

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """What is in the clips and the target; of a table without them what it holds."""
        table, column = _open(data, asked.roles)
        if column is None:
            return TableSource().describe(data, asked, schema)
        asked.allow(*ROLES, "input_size", "streaming", why=OTHER)
        return describe_dataset(_read(data, table, column, asked), self)


def _open(data: Any, roles: Roles) -> tuple[Table, str | None]:
    """A table, and the column that names clips; None where that is ignored, or a target."""
    names = [*roles.target, *roles.ignore, *filter(None, (roles.group,))]
    table = read_with_header(lambda how: open_table(data, names, (), how))
    roles = resolve(roles, table)
    column = clip_column(table, folder_of(data))
    return table, None if column in (*roles.ignore, *roles.target) else column


def _open_like(data: Any, first: Any) -> tuple[Table, str, Any]:
    """Another table, its column of clips, and the first examples with the column of their target there."""
    table = read_with_header(
        lambda how: table_like(data, first, with_cells=True, may_be_empty=True, reading=how)
    )
    table = match_columns(table, list(first.targets))
    column = clip_column(table, folder_of(data))
    if column is None:
        raise UsageError(f"{table.name} has no column that names clips which are there")
    if not first.targets and first.classes:
        classes = set(map(str, first.classes))
        fitting = [
            name for name, held in table.columns.items()
            if name != column and set(filter(None, held.written())) <= classes
        ]  # fmt: skip
        first = replace(first, targets=tuple(fitting[:1]))
    return table, column, first


def _read(data: Any, table: Table, column: str, asked: Request) -> Dataset:
    """The clips of a table, their target and their groups."""
    here = locate_clips(table, column, folder_of(data))
    roles = resolve(asked.roles, table)
    part_name = part_column(table, {column, *roles.target, *roles.ignore, roles.group})
    taken = {column, part_name, roles.group, *roles.ignore}
    others = [name for name in table.columns if name not in taken]
    if not roles.target and len(others) == 1 and asked.reads_target:
        roles = replace(roles, target=(others[0],))
    others = [name for name in others if name not in roles.target]
    if not roles.target and others and asked.reads_target:
        raise UsageError(
            f"{table.name} names clips in its column {column!r}; say with --target which other column is "
            f"learned, and with --group who is in them: {', '.join(map(repr, others[:8]))}"
        )
    used = [*roles.target, *filter(None, (roles.group,))]
    for name in used:
        table.column(name)
    rows, about = np.arange(len(here.rows)), Dataset(np.arange(len(here.rows)))
    if used:
        some = take_rows(table, here.rows, used)
        about = examples_of(some, replace(roles, ignore=(), calendar=False)).dataset
        assert about.row_labels is not None
        rows = about.row_labels.numbers - 1
        about = replace(about, x=rows, columns=(), features=(), row_labels=None)
    part = None if part_name is None else parts_of(table, part_name)[here.rows[rows]]
    about = replace(
        about, name=Path(data).stem, official_test=None if part is None else part == "test",
        official_valid=None if part is None or "valid" not in part else part == "valid",
        notices=(_said(column, len(rows), roles, part_name, others), *without_group(about, roles, part)),
    )  # fmt: skip
    found, clips = _clips_and_kept(about, here, None, asked.input_size, streaming_of(asked, "clips"))
    if found.classes and found.y is not None and found.y.ndim == 1:
        of_part = np.full(len(found), "") if part is None else part[clips.kept]
        check_known(Path(table.name), found.classes, found.y, of_part)
    more = replace(roles, ignore=asked.roles.ignore).as_dict()
    return found_at(found, data, **more, **asked.of_pictures())


def _clips_and_kept(
    about: Dataset, here: Named, shape: Any, size: Any, streaming: str
) -> tuple[Dataset, Clips]:
    """Examples whose x (N,) are numbers of rows, with the clips of these; and the clips as they were read."""
    clips = read_clips(
        [here.paths[row] for row in about.x], shape, size, streaming,
        head=lambda numbers, _: head_of_rows(about, numbers, shape is None),
    )  # fmt: skip
    kept = np.array(clips.kept, dtype=np.int64)
    parts = {
        name: one[kept]
        for name in ("official_test", "official_valid")
        if (one := getattr(about, name)) is not None
    }
    names = tuple(f"{here.names[row]}{more}" for row, more in zip(about.x[kept], clips.names, strict=True))
    found = replace(
        about.take(kept), x=clips.x, files=names, notices=(*about.notices, *here.notices, *clips.notices),
        **parts,
    )  # fmt: skip
    return (with_classes_there(found) if shape is None else found), clips


def _said(column: str, n: int, roles: Roles, part: str | None, others: list[str]) -> str:
    """What the columns of the table are."""
    said = [f"column {column!r} names {n:,} clip{'' if n == 1 else 's'}"]
    if roles.target:
        said.append(
            f"{', '.join(map(repr, roles.target))} {'is' if len(roles.target) == 1 else 'are'} learned"
        )
    if part is not None:
        said.append(f"{part!r} says which are for training and for the test")
    if others:
        said.append(f"{', '.join(map(repr, others))} {'is' if len(others) == 1 else 'are'} not read")
        said.append(f"--ignore {column} reads a table without clips")
    return "; ".join(said)


def _shape_of(first: Any) -> Shape:
    """Channels, frames, height and width of an example; UsageError where the network reads no clips."""
    if first.layout != "rows" or first.shape is None or not first.is_clips:
        raise UsageError("the network learned from other data than clips, so it reads no table of clips")
    return first.shape
