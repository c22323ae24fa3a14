"""Folders of texts: a file each, and a sub-folder for each class."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gradatim.checks import GradatimError, UsageError
from gradatim.data.files_in_folders import files_below, files_in, folders_in
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.reading_text import is_text_file
from gradatim.data.text_files import read_text_file


class FolderTexts(NamedTuple):
    """The texts, of each the class, the file below the folder and the part, and what is odd of the folder."""

    texts: list[str]
    labels: list[str]
    files: list[str]
    parts: list[str]
    notices: list[str]


def is_text_folder(folder: Path) -> bool:
    """Whether two folders or more below a folder hold text files, and none a picture."""
    files = [file for one in folders_in(folder) for file in files_below(one)]
    texts = {file.parent for file in files if is_text_name(file)}
    return len(texts) > 1 and not any(map(is_picture_file, files))


def is_text_name(path: Path) -> bool:
    """Whether a file may be a text by its name: mail.txt, mail.txt.gz, or a name without a suffix.

    >>> [is_text_name(Path(name)) for name in ("a.txt", "b.text.gz", "10062", "c.pdf")]
    [True, True, True, False]
    """
    return not path.suffix or is_text_file(path)


def read_text_folder(parts: dict[str, Path], folder: Path) -> FolderTexts:
    """Every text file in the classes' folders of each part; UsageError where there is none.

    A text's class is the sub-folder that it lies in, at whatever depth. What is no text is left out.
    """
    found = FolderTexts([], [], [], [], [])
    for part, place in parts.items():
        for one in folders_in(place):
            _read_class(one, part, folder, found)
        loose = [file for file in files_in(place) if is_text_name(file)]
        if loose:
            found.notices.append(
                f"{_some(loose, 'text file')}, such as {loose[0].relative_to(folder)}, "
                f"{_verb(loose)} beside the classes' folders and left out"
            )
    if not found.texts:
        raise UsageError(
            f"{folder} holds no sub-folder with texts: texts are learned from when every class has its own"
        )
    return found


def read_every_text(folder: Path) -> FolderTexts:
    """Every text file in a folder, whatever sub-folder it lies in; UsageError where there is none."""
    found = FolderTexts([], [], [], [], [])
    _read_files(list(files_below(folder)), "", "", folder, found)
    if not found.texts:
        raise UsageError(f"{folder} holds no text file")
    return found


def _read_class(place: Path, part: str, folder: Path, found: FolderTexts) -> None:
    """The texts of one class's folder, added to those that were found."""
    before = len(found.texts)
    _read_files(list(files_below(place)), place.name, part, folder, found)
    if len(found.texts) == before:
        found.notices.append(f"the folder {place.relative_to(folder)} holds no text and is left out")


def _read_files(files: list[Path], label: str, part: str, folder: Path, found: FolderTexts) -> None:
    others = [file for file in files if not is_text_name(file)]
    if others:
        verb = "is no text by its name" if len(others) == 1 else "are no texts by their names"
        found.notices.append(
            f"{_some(others, 'file')} in {others[0].parent.name} {verb}, such as {others[0].name}"
        )
    unread: list[str] = []
    for file in (file for file in files if is_text_name(file)):
        try:
            text, odd = read_text_file(file)
        except GradatimError as error:
            unread.append(str(error))
            continue
        found.texts.append(text)
        found.labels.append(label)
        found.files.append(str(file.relative_to(folder)))
        found.parts.append(part)
        found.notices.extend(_once(odd, found.notices))
    if unread:
        some = f"{_some(unread, 'file')} cannot be read and {_verb(unread)} left out"
        found.notices.append(f"{some}: {unread[0]}")


def _once(said: list[str], before: list[str]) -> Iterator[str]:
    """A sentence on an encoding, of the first file that has it alone."""
    if said and not any("is not UTF-8" in one for one in before):
        yield f"{said[0]}; so is every other file that is not UTF-8"


def _some(items: list, noun: str) -> str:
    return f"{len(items):,} {noun}{'' if len(items) == 1 else 's'}"


def _verb(items: list) -> str:
    return "is" if len(items) == 1 else "are"
