"""YOLO's text: a line for every object, in a file for every picture (Redmon & Farhadi)."""

import re
from collections.abc import Iterator
from pathlib import Path

from gradatim.checks import GradatimError
from gradatim.data.box_formats.annotations import (
    Annotated,
    Annotations,
    Box,
    Format,
    inside,
    lone,
    number,
    pictures_below,
    read_text,
)
from gradatim.data.files_in_folders import files_below
from gradatim.data.picture_examples import look_at
from gradatim.data.sources.picture_folder import official_parts

PICTURES, LABELS = ("images", "image"), ("labels", "label")
NAMES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")
KEY = re.compile(r"names\s*:\s*(.*)$")
ITEM = re.compile(r"\s*(?:-|(\d+)\s*:)\s+(.+)$")


def takes(folder: Path) -> bool:
    """Whether labels/ beside images/ holds text, in it or in the folders of its parts."""
    return bool(_places(folder))


def read(folder: Path) -> Annotations:
    """Every picture in images/, with the objects in the text of its name in labels/; one without a text, or
    with an empty one, has no objects.

        class  middle across  middle down  width  height,   all but the class as shares of the picture's sides

    The classes are named by data.yaml or classes.txt, or else numbers. Raises GradatimError naming the first
    line that cannot be.
    """
    names = _names(folder)
    pictures, notices, bare = [], [], []
    for part, (place, labels) in _places(folder).items():
        texts = {path.relative_to(labels).with_suffix(""): path for path in _texts(labels)}
        for path in pictures_below(place):
            text = texts.pop(path.relative_to(place).with_suffix(""), None)
            if text is None:
                bare.append(path.name)
            objects = [] if text is None else list(_objects(text, path, names))
            pictures.append(Annotated(path, str(path.relative_to(folder)), part, objects))
        if texts:
            notices.append(lone(len(texts), "text without its picture", next(iter(texts.values())).name))
    if bare:
        one = len(bare) == 1
        notices.append(
            f"{len(bare):,} picture{'' if one else 's'} (such as {bare[0]}) {'has' if one else 'have'} no "
            f"text in labels and {'is' if one else 'are'} taken to show no object"
        )
    known = [one for picture in pictures for one, _ in picture.objects]
    classes = names or tuple(sorted(set(known), key=int))
    return Annotations(pictures, classes, notices)


FORMAT = Format(takes, read)


def _places(folder: Path) -> dict[str, tuple[Path, Path]]:
    """The folders of pictures and of texts of each part: images/train beside labels/train, or train/images
    beside train/labels; of one part "" where there are no parts.
    """
    pictures, labels = inside(folder, PICTURES), inside(folder, LABELS)
    if pictures is None or labels is None:
        both = {part: (inside(place, PICTURES), inside(place, LABELS))
                for part, place in official_parts(folder).items()}  # fmt: skip
        found = {part: (one, other) for part, (one, other) in both.items() if one and other}
        return {part: pair for part, pair in found.items() if any(_texts(pair[1]))}
    if not any(_texts(labels)):
        return {}
    parts = official_parts(pictures)
    found = {part: (one, labels / one.name) for part, one in parts.items() if (labels / one.name).is_dir()}
    return found or {"": (pictures, labels)}


def _texts(folder: Path) -> Iterator[Path]:
    """The texts in a folder of labels, but for the one that names the classes."""
    return (path for path in files_below(folder) if path.suffix.lower() == ".txt" and path.name not in NAMES)


def _names(folder: Path) -> tuple[str, ...]:
    """The classes by their numbers; nothing where no file names them."""
    places = [folder, inside(folder, LABELS)]
    paths = [place / name for place in places if place is not None for name in NAMES]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return ()
    lines = read_text(path).splitlines()
    found = list(_of_yaml(lines)) if path.suffix in (".yaml", ".yml") else [one.strip() for one in lines]
    names = tuple(one.strip("'\" ") for one in found if one.strip())
    if not names:
        raise GradatimError(f"{path} names no class: names: [cat, dog]")
    if len(set(names)) < len(names):
        twice = next(one for one in names if names.count(one) > 1)
        raise GradatimError(f"{path} names the class {twice!r} twice")
    return names


def _of_yaml(lines: list[str]) -> Iterator[str]:
    """The texts of `names:`, as a list in brackets, as lines with dashes, or as lines with numbers."""
    at = next((number for number, line in enumerate(lines) if KEY.match(line)), None)
    if at is None:
        return
    given = KEY.match(lines[at]).group(1).partition(" #")[0].strip()  # type: ignore[union-attr]
    if given:
        several = " ".join([given, *map(str.strip, lines[at + 1 :])]).partition("]")[0]
        numbered = several.lstrip("{[").partition("}")[0].split(",")
        yield from (re.sub(r"^\s*\d+\s*:\s*", "", one).strip() for one in numbered)
        return
    for line in lines[at + 1 :]:
        item = ITEM.match(line.partition(" #")[0])
        if item is None:
            if line.strip():
                return
            continue
        yield item.group(2)


def _objects(text: Path, picture: Path, names: tuple[str, ...]) -> Iterator[tuple[str, Box]]:
    """Class and box of every line."""
    try:
        height, width = look_at(picture)[:2]
    except GradatimError:
        return  # which is said where the picture is read
    for row, line in enumerate(read_text(text).splitlines(), 1):
        fields, where = line.split(), f"{text}, line {row},"
        if not fields:
            continue
        if len(fields) not in (5, 6):  # the last of six is a score
            raise GradatimError(
                f"{where} has {len(fields)} fields; a box has five: class, middle across, middle down, "
                "width, height"
            )
        if not fields[0].isdecimal():
            raise GradatimError(f"{where} begins with {fields[0][:40]!r}, not the number of a class")
        across, down, wide, high = (number(one, where) for one in fields[1:5])
        kind = int(fields[0])
        if names and kind >= len(names):
            raise GradatimError(f"{where} has the class {kind}, but only 0 … {len(names) - 1} have names")
        yield (
            names[kind] if names else str(kind),
            ((across - wide / 2) * width, (down - high / 2) * height,
             (across + wide / 2) * width, (down + high / 2) * height),
        )  # fmt: skip
