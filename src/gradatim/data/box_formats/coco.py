"""COCO's JSON: one file for the objects of all pictures of a part (Lin et al. 2014)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError
from gradatim.data.box_formats.annotations import (
    Annotated,
    Annotations,
    Format,
    files_of,
    inside,
    lone,
    number,
    pictures_below,
    read_text,
)
from gradatim.data.sources.picture_folder import PARTS, official_parts

NAME = re.compile(r"(_?annotations(\.coco)?|instances(_[\w.-]+)?)$", re.IGNORECASE)
YEAR = re.compile(r"\d{4}$")


def takes(folder: Path) -> bool:
    """Whether annotations.json, instances_….json or _annotations.coco.json is in a folder, in annotations/
    inside it, or in the folders of its parts.
    """
    return bool(_files(folder))


def read(folder: Path) -> Annotations:
    """Every picture that a file lists and that is there, with the boxes of its annotations.

    A box is [left, top, width, height]. A crowd, which one box holds together, is no object. Raises
    GradatimError for what is no such file, and for an annotation of a picture or a category that it does not
    list.
    """
    pictures: list[Annotated] = []
    notices: list[str] = []
    classes: dict[str, None] = {}
    for part, path in _files(folder):
        content = _content(path)
        names = {_entry(one, "id", path, "categories"): str(_entry(one, "name", path, "categories"))
                 for one in content["categories"]}  # fmt: skip
        classes |= dict.fromkeys(names[key] for key in sorted(names, key=str))
        pictures += _pictures(content, names, folder, path, part, notices)
    return Annotations(pictures, tuple(classes), notices)


FORMAT = Format(takes, read)


def _files(folder: Path) -> list[tuple[str, Path]]:
    """The files, each with the part that it is of; "" where there are no parts."""
    parts = official_parts(folder)
    if parts:
        inner = [(part, path) for part, place in parts.items() for path in _named(place)]
        if inner:
            return inner
    found = _named(folder) or _named(inside(folder, ("annotations",)))
    if len(found) == 1:
        return [("", found[0])]
    of_part = {PARTS.get(_tail(path), ""): path for path in found}
    if "train" in of_part and "valid" in of_part and "test" not in of_part:
        of_part["test"] = of_part.pop("valid")
    return [(part, path) for part, path in of_part.items() if part]


def _named(folder: Path | None) -> list[Path]:
    return [path for path in files_of(folder, ".json") if NAME.match(path.stem)]


def _tail(path: Path) -> str:
    """The part in a file's name: instances_train2017.json is of train."""
    return YEAR.sub("", path.stem.rpartition("_")[2].lower())


def _content(path: Path) -> dict[str, Any]:
    """What a file holds; GradatimError for what is not COCO's."""
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise GradatimError(f"{path} is no JSON: {error}") from error
    for name in ("images", "annotations", "categories"):
        if not isinstance(content, dict) or not isinstance(content.get(name), list):
            raise GradatimError(
                f"{path} has no list {name!r}: COCO's files of boxes have images, annotations, categories"
            )
    return content


def _entry(record: Any, name: str, path: Path, among: str) -> Any:
    """One entry of a record; GradatimError where it is not there."""
    value = record.get(name) if isinstance(record, dict) else None
    if value is None or isinstance(value, dict | list):
        raise GradatimError(f"{path}: a record of {among} has no {name!r}")
    return value


def _pictures(
    content: dict[str, Any], names: dict[Any, str], folder: Path, path: Path, part: str, notices: list[str]
) -> Iterator[Annotated]:
    """The pictures of one file, with their objects."""
    files = {_entry(one, "id", path, "images"): str(_entry(one, "file_name", path, "images"))
             for one in content["images"]}  # fmt: skip
    objects: dict[Any, list] = {key: [] for key in files}
    crowds = 0
    for one in content["annotations"]:
        picture, category = (_entry(one, n, path, "annotations") for n in ("image_id", "category_id"))
        if picture not in objects:
            raise GradatimError(f"{path}: an annotation is of the image {picture!r}, which images lacks")
        if category not in names:
            raise GradatimError(
                f"{path}: an annotation is of the category {category!r}, which categories lacks"
            )
        if one.get("iscrowd"):
            crowds += 1
            continue
        objects[picture].append((names[category], _box(one, path)))
    if crowds:
        notices.append(f"{path.name}: {lone(crowds, 'crowd', 'those with iscrowd 1')}: a crowd is no object")
    missing = []
    there = {file.name: file for file in pictures_below(folder)} if files else {}
    for key, name in files.items():
        file = _at(folder, path, name) or there.get(Path(name).name)
        if file is None:
            missing.append(name)
        else:
            yield Annotated(file, str(file.relative_to(folder)), part, objects[key])
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        notices.append(
            f"{len(missing):,} of {len(files):,} pictures that {path.name} lists {verb} not there, such as "
            f"{missing[0]}"
        )


def _box(record: dict[str, Any], path: Path) -> tuple[float, float, float, float]:
    """The box of an annotation."""
    box = record.get("bbox")
    if not isinstance(box, list) or len(box) != 4:
        raise GradatimError(f"{path}: bbox must be [left, top, width, height]; one is {str(box)[:60]}")
    left, top, width, height = (number(one, f"{path}: a bbox") for one in box)
    return left, top, left + width, top + height


def _at(folder: Path, path: Path, name: str) -> Path | None:
    """Where a picture lies that a file names; None where a name leads out of the folder, or nowhere."""
    part = path.stem.rpartition("_")[2]
    places = (path.parent, folder, folder / "images", folder / part, folder / "images" / part)
    for place in places:
        file = place / name
        if file.is_file() and file.resolve().is_relative_to(folder.resolve()):
            return file
    return None
