"""Pascal VOC's XML: a file for the objects of every picture (Everingham et al. 2010)."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from gradatim.checks import GradatimError
from gradatim.data.box_formats.annotations import (
    Annotated,
    Annotations,
    Box,
    Format,
    files_of,
    inside,
    lone,
    number,
    pictures_below,
    read_text,
)

PICTURES = ("jpegimages", "images", "image")
SETS = {"train": "train", "val": "valid", "test": "test"}  # in ImageSets/Main


def takes(folder: Path) -> bool:
    """Whether Annotations/ in it holds XML, or every picture may have an XML file beside it."""
    return bool(files_of(inside(folder, ("annotations",)), ".xml"))


def read(folder: Path) -> Annotations:
    """Every picture in JPEGImages/ that has an XML file of its name in Annotations/.

    Pixels are counted from 1, and a box's last pixel is in it: xmin … xmax are the edges xmin − 1 and xmax.
    Raises GradatimError for what is no such file. Entities are never expanded: a file that declares some is
    refused.
    """
    files = {path.stem: path for path in files_of(inside(folder, ("annotations",)), ".xml")}
    place = inside(folder, PICTURES) or folder
    parts, notices = _parts(folder), []
    pictures, without = [], []
    for path in pictures_below(place):
        file = files.pop(path.stem, None)
        if file is None:
            without.append(path.name)
            continue
        part = parts.get(path.stem, "") if parts else ""
        if not parts or part:
            pictures.append(Annotated(path, str(path.relative_to(folder)), part, list(_objects(file))))
    if without:
        notices.append(lone(len(without), "picture without an XML file", without[0]))
    if files:
        notices.append(lone(len(files), "XML file without its picture", next(iter(files.values())).name))
    return Annotations(pictures, (), notices)


FORMAT = Format(takes, read)


def _parts(folder: Path) -> dict[str, str]:
    """The part of every picture by its name, as ImageSets/Main says; nothing where it says nothing."""
    sets = inside(folder, ("imagesets",))
    main = None if sets is None else inside(sets, ("main",))
    found: dict[str, str] = {}
    for path in files_of(main, ".txt"):
        if path.stem in SETS:
            found |= dict.fromkeys(read_text(path).split(), SETS[path.stem])
    if "train" not in found.values():
        return {}
    if "test" not in found.values():  # what is not learned from is tested on
        found = {name: "test" if part == "valid" else part for name, part in found.items()}
    return found


def _objects(path: Path) -> Iterator[tuple[str, Box]]:
    """Name and box of every object."""
    text = read_text(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise GradatimError(f"{path} declares entities or a document type, which boxes have no use for")
    try:
        root = ElementTree.fromstring(text)  # no entity is left in it
    except (ElementTree.ParseError, ValueError) as error:
        raise GradatimError(f"{path} is no XML: {error}") from error
    for one in root.iter("object"):
        name, box = (one.findtext("name") or "").strip(), one.find("bndbox")
        if not name or box is None:
            raise GradatimError(f"{path}: an object has no {'bndbox' if name else 'name'}")
        left, top, right, bottom = (
            number(box.findtext(edge), f"{path}: {edge} of {name}")
            for edge in ("xmin", "ymin", "xmax", "ymax")
        )
        yield name, (left - 1, top - 1, right, bottom)
