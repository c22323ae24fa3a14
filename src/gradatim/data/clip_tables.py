"""Tables whose rows name clips: which column does, and where the clips are."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.clip_places import are_clips, holds_clips
from gradatim.data.files_in_folders import folders_in
from gradatim.data.picture_notices import TOLD
from gradatim.data.picture_places import PLACES
from gradatim.data.picture_tables import SAMPLE, TABLES, Named, first_rows, read_with_header
from gradatim.data.tables.table import Column, Table


def names_clips(path: Path) -> bool:
    """Whether the first rows of a table's file name clips that are there."""
    if not path.name.lower().removesuffix(".gz").endswith(TABLES):
        return False
    try:
        return clip_column(read_with_header(lambda how: first_rows(path, how)), path.parent) is not None
    except GradatimError:  # which whoever reads all of it says
        return False


def clip_column(table: Table, folder: Path) -> str | None:
    """The column of texts that names clips, files or folders of frames: of the columns that name what is
    there the one with most names, where these are clips.

    Clips are looked for from the table's folder, and from the folders in it.
    """
    found: dict[str, list[Path]] = {}
    places = _places(folder)
    for name, column in table.columns.items():
        texts = list(dict.fromkeys(islice(_texts(column), SAMPLE)))
        paths = [path for text in texts if (path := _find(places, text)) is not None]
        if paths:
            found[name] = paths
    best = max(found, key=lambda name: (len(found[name]), found[name][0].is_file()), default=None)
    if best is None or any(path.is_dir() and holds_clips(path) for path in found[best]):
        return None
    return best if are_clips(found[best]) else None


def locate_clips(table: Table, name: str, folder: Path) -> Named:
    """The rows of a table whose clip is there; the others are counted in a notice.

    Raises UsageError for a name that may be two clips, GradatimError where none is there.
    """
    written, places = table.columns[name].written(), _places(folder)
    paths = [_find(places, text, table.name) if text else None for text in written]
    rows = np.array([i for i, path in enumerate(paths) if path is not None], dtype=np.int64)
    lost = [text or "an empty name" for text, path in zip(written, paths, strict=True) if path is None]
    told = ", ".join(lost[:TOLD]) + (", …" if len(lost) > TOLD else "")
    if not len(rows):
        raise GradatimError(
            f"{table.name}: none of the {len(written):,} clips in its column {name!r} is there: {told}; they "
            f"are looked for in {folder} and in the folders in it"
        )
    names, are = (" names a clip that", "is") if len(lost) == 1 else ("s name clips that", "are")
    said = (f"{len(lost):,} row{names} {are} not there, and {are} left out, such as {told}",) if lost else ()
    there = [path for path in paths if path is not None]
    return Named(rows, there, tuple(written[row] for row in rows), said)


def _places(folder: Path) -> list[Path]:
    """A table's folder, and the first of those in it."""
    return [folder, *folders_in(folder)[:PLACES]]


def _find(places: list[Path], name: str, table: str = "") -> Path | None:
    """Where a clip of a name is; UsageError, where the table is named, for one that is in two places."""
    found = [path for place in places if (path := _there(place, name)) is not None]
    if table and len(found) > 1 and found[0].parent != places[0] / Path(name).parent:
        raise UsageError(f"{table}: {name} may be {found[0]} and {found[1]}; write its folder in front of it")
    return found[0] if found else None


def _there(place: Path, name: str) -> Path | None:
    """The file or the folder that a name means from a place; what was written on Windows may part folders by
    a backslash.
    """
    for one in dict.fromkeys((name, name.replace("\\", "/"))):
        try:
            if one.strip("./ ") and (place / one).exists():
                return place / one
        except (OSError, ValueError):  # a name that no file can have
            continue
    return None


def _texts(column: Column) -> Iterator[str]:
    """The texts of a column of texts, row by row, without the missing ones."""
    if column.kind == "text":
        yield from (column.texts[code] for code in column.values if code >= 0)
