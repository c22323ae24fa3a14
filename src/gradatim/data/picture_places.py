"""Where the pictures lie that a table names: in its folder, in the folders in it; with or without ending."""

from collections.abc import Iterable
from functools import cached_property
from itertools import islice
from pathlib import Path

from gradatim.checks import UsageError
from gradatim.data.files_in_folders import files_in, folders_in
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.pictures import is_picture
from gradatim.files import exists

PLACES = 100  # folders in the table's, in which files are looked for
LOOKED = 50  # files of each that are looked at before it is taken for one without pictures


class Places:
    """A table's folder and the first of those in it; which file a name means, from each of them.

    A name may begin with a folder, or be a whole path; what was written on Windows may part folders by a
    backslash. One without a picture's ending means the picture that has one: 0a4f is 0a4f.jpg.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._stems: dict[Path, dict[str, list[Path]]] = {}

    @cached_property
    def every(self) -> list[Path]:
        """The folders, the table's first."""
        return [self.folder, *folders_in(self.folder)[:PLACES]]

    @cached_property
    def have_pictures(self) -> bool:
        """Whether a picture is among the first files of one of them."""
        try:
            few = (one.name for place in self.every for one in islice(place.iterdir(), LOOKED))
            return any(map(is_picture, few))
        except (OSError, UsageError):
            return False

    def file(self, place: Path, name: str) -> Path | None:
        """The file that a name means from a place; None where there is none, as of one that no file can have.

        Raises UsageError for a name without an ending that two pictures have.
        """
        try:
            for path in _paths(place, name):
                if path.is_file():
                    return path
            return None if is_picture(name) else self._without_ending(place, name)
        except UsageError:
            raise
        except (OSError, ValueError):  # a name that is too long, or that holds a NUL
            return None

    def holds(self, name: str) -> bool:
        """Whether a name is that of a file from one of them, or of two."""
        try:
            return any(self.file(place, name) is not None for place in self.every)
        except UsageError:
            return True

    def _without_ending(self, place: Path, name: str) -> Path | None:
        for path in _paths(place, name):
            found = self._pictures_in(path.parent).get(path.name, [])
            if len(found) > 1:
                two = " and ".join(one.name for one in found[:2])
                raise UsageError(f"{name} may be {two} in {path.parent}; write the ending behind it")
            if found:
                return found[0]
        return None

    def _pictures_in(self, folder: Path) -> dict[str, list[Path]]:
        """The pictures in a folder by their names without the ending."""
        if folder not in self._stems:
            stems: dict[str, list[Path]] = {}
            for one in filter(is_picture_file, files_in(folder) if exists(folder) else []):
                stems.setdefault(one.stem, []).append(one)
            self._stems[folder] = stems
        return self._stems[folder]


def _paths(place: Path, name: str) -> Iterable[Path]:
    """The paths that a name may stand for."""
    yield place / name
    if "\\" in name:
        yield place / name.replace("\\", "/")
