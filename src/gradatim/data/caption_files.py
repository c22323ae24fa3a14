"""Files of captions: a name and a sentence a line; several lines may name the same picture or clip."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gradatim.checks import UsageError
from gradatim.data.files_in_folders import files_below, files_in
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.reading_text import decode
from gradatim.data.unpacking import read_file

NAMES = ("captions.txt", "captions.csv", "captions.tsv")
TOKENS = (".token", ".token.txt")  # how Flickr8k's and Flickr30k's own files end: picture.jpg#0, a tab
NUMBER = re.compile(r"#\d+$")  # of a caption among those of its picture
EACH = 12  # bytes of memory for a byte of the file


class Media(NamedTuple):
    """What captions are of: what one is called, those in a folder at any depth, which names are of one."""

    noun: str
    below: Callable[[Path], list[Path]]
    is_one: Callable[[Path], bool]


def _pictures_below(folder: Path) -> list[Path]:
    return [path for path in files_below(folder) if is_picture_file(path)]


PICTURES = Media("picture", _pictures_below, is_picture_file)


class Captions(NamedTuple):
    """The paths of pictures or clips in their order, the captions of each, and what is odd."""

    paths: list[Path]
    references: list[tuple[str, ...]]
    notices: tuple[str, ...]


class _Line(NamedTuple):
    """A line's number from 1, the picture or clip that it names, and its caption."""

    number: int
    name: str
    caption: str


def captions_file(folder: Path) -> Path | None:
    """The captions' file that lies in a folder; None where none does."""
    found = [one for one in files_in(folder) if one.name.lower() in NAMES]
    found += [one for one in files_in(folder) if one.name.lower().endswith(TOKENS)]
    return found[0] if found else None


def read_captions(folder: Path, media: Media = PICTURES) -> Captions:
    """Every picture or clip in a folder, at any depth, that its captions' file has a caption for.

    Lines of what is not there, pictures without a caption, and empty captions are left out and counted in a
    notice. Raises UsageError where no picture is left, and naming the line of a name that two have.
    """
    file = captions_file(folder)
    if file is None:
        raise UsageError(f"{folder} holds no file of captions: {', '.join(NAMES)}")
    paths = media.below(folder)
    places = _places(folder, paths)
    lines = _lines(file)
    if lines and not _meant(lines[0], places) and _is_head(lines[0], media):
        del lines[0]  # image,caption
    captions: dict[Path, dict[str, None]] = {}  # of each picture, once each, in their order
    lost: list[_Line] = []
    empty: list[_Line] = []
    for line in lines:
        found = _meant(line, places)
        if len(found) > 1:
            two = " and ".join(str(one.relative_to(folder)) for one in found[:2])
            raise UsageError(f"{file}, line {line.number:,}: {line.name} may be {two}; give its folder, too")
        if not found:
            lost.append(line)
        elif not line.caption:
            empty.append(line)
        else:
            captions.setdefault(found[0], {})[line.caption] = None
    if not captions:
        first = f"; line {lost[0].number:,} names {lost[0].name}" if lost else ""
        raise UsageError(f"{file} has no caption for a {media.noun} in {folder}{first}")
    without = [path for path in paths if path not in captions]
    unsaid = [str(one.relative_to(folder)) for one in without]
    notices = _notices(file.name, media.noun, lost, empty, unsaid)
    return Captions(list(captions), [tuple(each) for each in captions.values()], notices)


def paths_named(folder: Path, media: Media) -> Iterator[Path]:
    """The pictures or clips of a folder that the lines of its captions' file name, in the lines' order."""
    file, places = captions_file(folder), _places(folder, media.below(folder))
    for line in _lines(file) if file is not None and places else []:
        yield from _meant(line, places)


def _lines(file: Path) -> list[_Line]:
    """The lines: name and caption, parted by a tab or a comma, as the first line is."""
    text = decode(read_file(file, EACH), file).split("\n")
    written = [(number, line) for number, line in enumerate(text, 1) if line.strip()]
    tabs = bool(written) and "\t" in written[0][1]
    found = []
    for number, line in written:
        name, caption = _cut(line, tabs)
        found.append(_Line(number, name, " ".join(caption.split())))
    return found


def _is_head(line: _Line, media: Media) -> bool:
    """Whether a first line that names nothing there is the names of the columns; those are words."""
    name = Path(NUMBER.sub("", line.name))
    return not media.is_one(name) and (media is PICTURES or len(line.caption.split()) == 1)


def _meant(line: _Line, places: dict[str, list[Path]]) -> list[Path]:
    """What a line may mean, its name with or without a caption's number."""
    return places.get(line.name) or places.get(NUMBER.sub("", line.name), [])


def _cut(line: str, tabs: bool) -> tuple[str, str]:
    """Name and caption of a line; the caption may hold commas, in quotes or not.

    >>> _cut('1.jpg,"A dog , a ball ."', False), _cut("2.jpg,A dog, a ball", False)
    (('1.jpg', 'A dog , a ball .'), ('2.jpg', 'A dog, a ball'))
    """
    if tabs:
        name, _, caption = line.partition("\t")
        return name.strip(), caption
    name, *parts = next(csv.reader([line]))
    caption = ",".join(parts).strip()
    if len(caption) > 1 and caption[0] == caption[-1] == '"':  # with a space in front of the quotes
        caption = caption[1:-1].replace('""', '"')
    return name.strip(), caption


def _places(folder: Path, paths: Sequence[Path]) -> dict[str, list[Path]]:
    """What a captions' file may mean: by the path from the folder, or by the name alone."""
    whole = {path.relative_to(folder).as_posix(): [path] for path in paths}
    alone: dict[str, list[Path]] = {}
    for path in paths:
        alone.setdefault(path.name, []).append(path)
    return alone | whole


def _notices(
    file: str, noun: str, lost: list[_Line], empty: list[_Line], without: list[str]
) -> tuple[str, ...]:  # fmt: skip
    """What was left out."""
    found = []
    if lost:
        some = f"1 caption names a {noun} that is" if len(lost) == 1 else (
            f"{len(lost):,} captions name {noun}s that are"
        )  # fmt: skip
        first = f"{lost[0].name} in line {lost[0].number:,} of {file}"
        found.append(f"{some} not there and left out, such as {first}")
    if empty:
        some = "1 caption is" if len(empty) == 1 else f"{len(empty):,} captions are"
        found.append(f"{some} empty and left out, such as line {empty[0].number:,} of {file}")
    if without:
        one = len(without) == 1
        some = f"1 {noun} has" if one else f"{len(without):,} {noun}s have"
        found.append(f"{some} no caption and {'is' if one else 'are'} left out, such as {without[0]}")
    return tuple(found)
