"""The files and folders in a folder, by name; hidden ones are nobody's."""

from collections.abc import Iterator
from pathlib import Path

from gradatim.checks import UsageError

OTHERS = {"__macosx"}  # folders that belong to nobody


def folders_in(folder: Path) -> list[Path]:
    """The folders inside one, by name; hidden ones are nobody's, and one that leads back is left out."""
    found = [one for one in _entries(folder) if one.is_dir() and one.name.lower() not in OTHERS]
    return [one for one in found if not (one.is_symlink() and folder.resolve().is_relative_to(one.resolve()))]


def _folders_below(folder: Path, top: Path, seen: set[Path]) -> Iterator[Path]:
    """The folders inside one that lies below `top`: links to folders below `top`, which are walked without
    them, to those that have been `seen`, and to those that `top` lies in are left out.
    """
    for one in folders_in(folder):
        if one.is_symlink():
            place = one.resolve()
            if place in seen or place.is_relative_to(top) or top.is_relative_to(place):
                continue
            seen.add(place)
        yield one


def files_in(folder: Path) -> list[Path]:
    """The files that lie in a folder itself, by name, without the hidden ones."""
    return [one for one in _entries(folder) if one.is_file()]


def files_below(folder: Path) -> Iterator[Path]:
    """The files in a folder and in the folders inside it, at any depth, by their path.

    Links are followed, each folder that they lead to once, so that no two of them go round in a circle.
    """
    yield from _files_below(folder, folder.resolve(), set())


def _files_below(folder: Path, top: Path, seen: set[Path]) -> Iterator[Path]:
    yield from files_in(folder)
    for one in _folders_below(folder, top, seen):
        yield from _files_below(one, top, seen)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder and is not hidden, by name."""
    try:
        return sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from error
