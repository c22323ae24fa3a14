"""Tables whose rows name pictures' files: which column does, and where the files are."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.frames import is_frame
from gradatim.data.picture_files import MOST_LOST
from gradatim.data.picture_notices import TOLD
from gradatim.data.picture_places import Places
from gradatim.data.pictures import SUFFIXES, is_picture
from gradatim.data.tables.polars_csv import head_of_parquet
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.sniffing import Dialect
from gradatim.data.tables.table import Column, Table
from gradatim.data.tables.table_from_frame import table_of_frame
from gradatim.data.unpacking import GZIP

TABLES = (".csv", ".tsv", ".tab")  # and the same with .gz behind
PARQUET = (".parquet", ".pq")
HEAD = 1 << 16  # bytes in which a picture's name comes
SAMPLE = 100  # values that are looked for
FEW = 5  # rows of a frame, one of which names a picture
ALONE = 2  # columns, beside whose names of pictures there is nothing to learn from
NAMED = 0.5  # of a column's values end as pictures' names do, or are those of pictures
APART = 0.9  # of the values of names without an ending are different ones


class Named(NamedTuple):
    """The rows whose picture is there, its path and its name as it is written, and what is odd."""

    rows: np.ndarray
    paths: list[Path]
    names: tuple[str, ...]
    notices: tuple[str, ...]


def may_name_pictures(path: Path) -> bool:
    """Whether a file is a table by its name, in whose beginning a picture's name may stand, or beside which
    there are pictures. The bytes of Parquet are packed, and its columns say it.
    """
    name = path.name.lower()
    if name.endswith(PARQUET):
        return True
    if not name.removesuffix(".gz").endswith(TABLES):
        return False
    head = _head(path).lower().replace(b"\0", b"")
    return any(suffix.encode() in head for suffix in SUFFIXES) or Places(path.parent).have_pictures


def names_of_pictures(data: Any) -> list[str]:
    """The columns of a file or a frame whose first values name pictures that are there; the rest of it is not
    read.
    """
    try:
        if is_frame(data):
            few = any(
                isinstance(one, str) and is_picture(one) for row in _rows(data.head(FEW)) for one in row
            )
            few = few or Places(folder_of(data)).have_pictures
            return picture_columns(table_of_frame(data.head(SAMPLE)), folder_of(data)) if few else []
        if Path(data).name.lower().endswith(PARQUET):
            head = head_of_parquet(Path(data), SAMPLE)
            return picture_columns(table_of_frame(head), folder_of(data))
        return picture_columns(read_with_header(lambda how: first_rows(Path(data), how)), folder_of(data))
    except GradatimError:  # which whoever reads all of it says
        return []


def _rows(frame: Any) -> Iterable[tuple]:
    """The rows of a frame of polars or pandas."""
    return frame.iter_rows() if hasattr(frame, "iter_rows") else frame.itertuples(index=False, name=None)


def folder_of(data: Any) -> Path:
    """The folder from which a table names files: its own; of a frame the one that a person is in."""
    return Path.cwd() if is_frame(data) else Path(data).parent


def read_with_header(read: Callable[[Dialect | None], Table]) -> Table:
    """A table, read again where a picture's name was taken for that of a column."""
    table = read(None)
    if table.reading and table.reading["header"] and any(map(is_picture, table.columns)):
        return read(Dialect(**{**table.reading, "header": False}))
    return table


def picture_columns(table: Table, folder: Path) -> list[str]:
    """The columns of texts of which most end as pictures' names do, and one at least of the first is there,
    unless the table has too few other columns to be read without pictures; and those of names without an
    ending, hardly one of which comes twice and most of which are there.

    A file is looked for from the table's folder, and from the folders in it.
    """
    found, places = [], Places(folder)
    for name, column in table.columns.items():
        rows = list(islice(_texts(column), SAMPLE))
        texts = list(dict.fromkeys(rows))
        if texts and sum(map(is_picture, texts)) > NAMED * len(texts):
            if len(table.columns) <= ALONE or any(map(places.holds, texts)):
                found.append(name)
        elif len(texts) > 1 and len(texts) >= APART * len(rows) and places.have_pictures:
            found += [name] if sum(map(places.holds, texts)) > NAMED * len(texts) else []
    return found


def locate(table: Table, name: str, folder: Path, must: bool = True) -> Named:
    """The rows of a table whose picture is there; the others are counted in a notice.

    Raises UsageError for a name that may be two files, GradatimError where none is there, and, unless `must`
    is false, where more than half are not.
    """
    written = table.columns[name].written()
    files = _find(dict.fromkeys(filter(None, written)), folder, table.name)
    rows = np.array([i for i, text in enumerate(written) if text in files], dtype=np.int64)
    lost = [text for text in written if text and text not in files]
    empty = sum(not text for text in written)
    told = ", ".join(lost[:TOLD]) + (", …" if len(lost) > TOLD else "")
    if lost and (not len(rows) or (must and len(lost) > MOST_LOST * len(written))):
        some = f"{len(lost):,} of the {len(written):,} pictures in its column {name!r}"
        raise GradatimError(
            f"{table.name}: {some} are not there: {told}; they are looked for in {folder} and in the folders "
            "in it"
        )
    notices = []
    if lost:
        names, are = (" names a picture that", "is") if len(lost) == 1 else ("s name pictures that", "are")
        notices.append(f"{len(lost):,} row{names} {are} not there, and {are} left out, such as {told}")
    if empty:
        names, are = (" names", "is") if empty == 1 else ("s name", "are")
        notices.append(f"{empty:,} row{names} no picture, and {are} left out")
    paths = [files[written[row]] for row in rows]
    return Named(rows, paths, tuple(written[row] for row in rows), tuple(notices))


def take_rows(table: Table, rows: np.ndarray, names: Sequence[str]) -> Table:
    """Some rows of some columns."""
    columns = {name: replace(table.columns[name], values=table.columns[name].values[rows]) for name in names}
    return replace(table, columns=columns, notices=list(table.notices))


def _find(names: Any, folder: Path, table: str) -> dict[str, Path]:
    """The file of each name that has one. The folder that has most of the first is looked in first."""
    look, some = Places(folder), list(islice(names, SAMPLE))
    places = list(look.every)
    hits = {place: {name: one for name in some if (one := look.file(place, name))} for place in places}
    for name in some:
        having = [place for place in places if name in hits[place]]
        if len(having) > 1 and places[0] not in having:
            two = " and ".join(str(hits[place][name].relative_to(folder)) for place in having[:2])
            raise UsageError(f"{table}: {name} may be {two}; write its folder in front of it")
    places.sort(key=lambda place: -len(hits[place]))
    found = {}
    for name in names:
        path = next(filter(None, (look.file(place, name) for place in places)), None)
        if path is not None:
            found[name] = path
    return found


def _texts(column: Column) -> Iterator[str]:
    """The texts of a column of texts, row by row, without the missing ones."""
    if column.kind == "text":
        for code in column.values:
            if code >= 0:
                yield column.texts[code]


def _head(path: Path) -> bytes:
    """The first bytes of a file, unpacked where gzip packed them; none of one that cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        return zlib.decompressobj(31).decompress(head, HEAD) if head.startswith(GZIP) else head
    except (OSError, zlib.error):
        return b""


def first_rows(path: Path, how: Dialect | None) -> Table:
    """The first rows of a table's file; all of them where the first cannot be read without the rest."""
    head = _head(path)
    if len(head) >= HEAD:
        try:
            return replace(read_table(head[: head.rfind(b"\n") + 1], how), name=str(path))
        except GradatimError:
            pass
    return read_table(path, how)
