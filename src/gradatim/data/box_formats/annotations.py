"""What every format of boxes says of a folder of pictures."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gradatim.checks import GradatimError
from gradatim.data.files_in_folders import files_below, files_in, folders_in
from gradatim.data.picture_examples import is_picture_file

Box = tuple[float, float, float, float]  # left, top, right and bottom edge in pixels of the picture's file


class Annotated(NamedTuple):
    """A picture's file, its name among the examples, its part, and the objects in it: class and box each."""

    path: Path
    name: str
    part: str
    objects: list[tuple[str, Box]]


class Annotations(NamedTuple):
    """What the files say: pictures, the classes in their order where there is one, and what is odd."""

    pictures: list[Annotated]
    classes: tuple[str, ...]
    notices: list[str]


class Format(NamedTuple):
    """A way to write boxes down: whether a folder's are written so, and how they are read."""

    takes: Callable[[Path], bool]
    read: Callable[[Path], Annotations]


def number(text: object, where: str) -> float:
    """A number of a file; GradatimError naming where it stands for what is none."""
    try:
        return float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise GradatimError(f"{where} holds {str(text)[:40]!r}, where a number must stand") from None


def inside(folder: Path, names: tuple[str, ...]) -> Path | None:
    """The first folder inside one that bears one of these names, in capitals or not."""
    found = {one.name.lower(): one for one in folders_in(folder)}
    return next((found[name] for name in names if name in found), None)


def files_of(folder: Path | None, suffix: str) -> list[Path]:
    """The files that lie in a folder and end so."""
    return [] if folder is None else [one for one in files_in(folder) if one.suffix.lower() == suffix]


def pictures_below(folder: Path) -> Iterator[Path]:
    """The pictures in a folder, at whatever depth."""
    return (path for path in files_below(folder) if is_picture_file(path))


def read_text(path: Path) -> str:
    """A file's text; GradatimError where it cannot be read, or is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise GradatimError(f"{path} is no text in UTF-8: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise GradatimError(f"{path} cannot be read: {error.strerror}") from error


def lone(count: int, of: str, such_as: str) -> str:
    """That files have no counterpart and are left out."""
    verb = "is" if count == 1 else "are"
    return f"{count:,} {of}{'' if count == 1 else 's'} (such as {such_as}) {verb} left out"
