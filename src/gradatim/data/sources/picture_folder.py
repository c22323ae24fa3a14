"""Folders of pictures: a sub-folder for each class."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.picture_files import (
    Pictures,
    copies,
    files_below,
    files_in,
    folders_in,
    is_picture_file,
    read_pictures,
)  # fmt: skip
from gradatim.data.sources.source import New, Request, Source, found_at, path_of
from gradatim.data.targets import recode

PARTS = {  # what sub-folders of the publisher's parts are called
    "train": "train", "training": "train", "test": "test", "testing": "test",
    "val": "valid", "valid": "valid", "validation": "valid", "dev": "valid",
}  # fmt: skip
RECIPE = "folders of pictures"


class PictureFolderSource(Source):
    """photos/cats/1.jpg, photos/dogs/2.jpg; photos/train/cats/1.jpg where there are publisher's parts.

    Pictures of any size and mode, read as `data.picture_files` says. Files that cannot be read are counted.

    >>> PictureFolderSource().takes("."), PictureFolderSource().takes("1.png")
    (True, False)
    """

    kind: ClassVar[str] = "picture folder"

    def takes(self, data: Any) -> bool:
        """Whether it is a folder."""
        path = path_of(data)
        return path is not None and path.is_dir()

    def read(self, data: Any, asked: Request) -> Dataset:
        """The pictures and their classes; UsageError for a folder without sub-folders of pictures, unless
        nobody asks for classes.
        """
        asked.allow("task", "input_size")
        if not asked.reads_target and not any(_labelled(Path(data))):
            return _without_classes(Path(data), None, asked.input_size)
        return replace(_read(Path(data), None, asked.input_size), task=asked.roles.task or "")

    def read_like(self, data: Any, first: Any) -> Dataset:
        """Pictures in the size and the channels of the first, their classes by its names."""
        if not first.classes:
            return _without_classes(Path(data), shape_of(first), None)
        return recode(_read(Path(data), shape_of(first), None), first.classes)

    def read_new(self, data: Any, first: Any) -> New:
        """Every picture in the folder, whatever sub-folder it lies in."""
        folder = Path(data)
        paths = [path for path in files_below(folder) if is_picture_file(path)]
        found = read_pictures(paths, shape_of(first))
        names = tuple(str(paths[number].relative_to(folder)) for number in found.kept)
        new = Dataset(found.x, name=folder.resolve().name, notices=found.notices, files=names)
        return New(found_at(new, folder))


def official_parts(folder: Path, belongs: Callable[[Path], bool] = is_picture_file) -> dict[str, Path]:
    """The folders of the publisher's train, valid and test parts; nothing where the folder is not so divided.

    A val folder alone is the test part. Beside them there may be folders without a file that `belongs`.
    """
    found = {PARTS[one.name.lower()]: one for one in folders_in(folder) if one.name.lower() in PARTS}
    others = [one for one in folders_in(folder) if one not in found.values()]
    if "train" not in found or any(map(belongs, chain.from_iterable(map(files_below, others)))):
        return {}
    if "valid" in found and "test" not in found:
        found["test"] = found.pop("valid")
    return found


def _read(folder: Path, shape: Any, size: Any) -> Dataset:
    """All pictures of a folder, with their classes and parts."""
    parts = official_parts(folder) or {"": folder}
    files = [(file, label, part) for part, place in parts.items() for file, label in _labelled(place)]
    notices = [notice for place in parts.values() for notice in _odd(place)]
    if not files:
        raise UsageError(
            f"{folder} holds no sub-folder with pictures: a folder is learned from when every class has its "
            "own"
        )
    found = read_pictures([file for file, _, _ in files], shape, size)
    kept = [files[number] for number in found.kept]
    classes = tuple(sorted({label for _, label, _ in kept}))
    y = np.array([classes.index(label) for _, label, _ in kept])
    names = tuple(str(file.relative_to(folder)) for file, _, _ in kept)
    of_part = np.array([part for _, _, part in kept])
    check_known(folder, classes, y, of_part)
    return found_at(
        Dataset(
            found.x, y, classes, name=folder.resolve().name, recipe=RECIPE, files=names,
            official_test=of_part == "test" if "test" in parts else None,
            official_valid=of_part == "valid" if "valid" in parts else None,
            notices=(*found.notices, *notices, *_copies(found, names, y)),
        ),
        folder, **({} if size is None else {"input_size": size}),
    )  # fmt: skip


def _without_classes(folder: Path, shape: Any, size: Any) -> Dataset:
    """Every picture of a folder, whatever sub-folder it lies in."""
    paths = [path for path in files_below(folder) if is_picture_file(path)]
    if not paths:
        raise UsageError(f"{folder} holds no picture")
    found = read_pictures(paths, shape, size)
    names = tuple(str(paths[number].relative_to(folder)) for number in found.kept)
    whole = Dataset(
        found.x, name=folder.resolve().name, recipe=RECIPE, files=names, notices=tuple(found.notices)
    )  # fmt: skip
    return found_at(whole, folder, **({} if size is None else {"input_size": size}))


def _labelled(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every picture with its class, the name of the sub-folder that it lies in at whatever depth."""
    for one in folders_in(folder):
        yield from ((file, one.name) for file in files_below(one) if is_picture_file(file))


def _odd(folder: Path) -> Iterator[str]:
    """What a person should know of the folder's files."""
    loose = [file for file in files_in(folder) if is_picture_file(file)]
    if loose:
        yield f"{_some(loose, folder)} beside the classes' folders and left out"
    deep = [file for one in folders_in(folder) for two in folders_in(one) for file in files_below(two)
            if is_picture_file(file)]  # fmt: skip
    if deep:
        yield f"{_some(deep, folder)} in a folder inside a class's folder and taken for that class"
    for one in folders_in(folder):
        below = list(files_below(one))
        others = [file for file in below if not is_picture_file(file)]
        if len(others) == len(below):
            yield f"the folder {one.name} holds no picture and is left out"
        elif others:
            verb = "is no picture by its name" if len(others) == 1 else "are no pictures by their names"
            yield f"{_count(others, 'file')} in {one.name} {verb}, such as {others[0].name}"


def _copies(found: Pictures, names: tuple[str, ...], y: np.ndarray) -> Iterator[str]:
    """That pictures are there more than once, and whether in two classes."""
    pairs = copies(found.x)
    if pairs:
        first, second = pairs[0]
        yield (
            f"{_count(pairs, 'picture')} {'is a copy' if len(pairs) == 1 else 'are copies'} of another, such "
            f"as {names[second]} of {names[first]}: a copy may be tested on that was learned from"
        )
    apart = [pair for pair in pairs if y[pair[0]] != y[pair[1]]]
    if apart:
        first, second = apart[0]
        yield f"{names[first]} and {names[second]} are the same picture in two classes"


def check_known(folder: Path, classes: tuple[str, ...], y: np.ndarray, part: np.ndarray) -> None:
    """Raise GradatimError for a class that is only tested on."""
    learned = set(y[(part == "train") | (part == "")].tolist())
    for number, name in enumerate(classes):
        if number not in learned:
            where = part[y == number][0]
            raise GradatimError(f"{folder}: the class {name} is in the {where} part, but not in training")


def _some(files: list[Path], folder: Path) -> str:
    """So many pictures, with the first of them, and a verb."""
    verb = "is" if len(files) == 1 else "are"
    return f"{_count(files, 'picture')} (such as {files[0].relative_to(folder)}) {verb}"


def _count(items: list, noun: str) -> str:
    return f"{len(items):,} {noun}{'' if len(items) == 1 else 's'}"


def shape_of(first: Any) -> tuple[int, int, int]:
    """Channels, height and width of an example; UsageError where the network reads no pictures."""
    if first.layout != "rows":
        raise UsageError(
            "the network learned from a loader, which does not say how large its pictures are: give it arrays"
        )
    if not first.is_pictures:
        raise UsageError(
            f"the network was trained on examples of shape {tuple(first.shape)}, which are no pictures"
        )
    return first.shape
