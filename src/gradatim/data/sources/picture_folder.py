"""Folders of pictures: a sub-folder for each class."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.dataset import Dataset, fingerprint_head
from gradatim.data.files_in_folders import files_below, files_in, folders_in
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.picture_files import copies, digests_of, read_pictures
from gradatim.data.sources.source import New, Request, Source, found_at, path_of
from gradatim.data.streamed_examples import StreamedExamples
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
        asked.allow("task", "input_size", "streaming")
        how = streaming_of(asked)
        if not asked.reads_target and not any(_labelled(Path(data))):
            return _without_classes(Path(data), None, asked.input_size)
        check_not_wrapped(Path(data))
        found = _read(Path(data), None, asked.input_size, how)
        more = {} if asked.streaming is None else {"streaming": asked.streaming}
        return replace(found, task=asked.roles.task or "", source={**found.source, **more})

    def read_like(self, data: Any, first: Any) -> Dataset:
        """Pictures in the size and the channels of the first, their classes by its names; those that are in
        the first, too, are noted.
        """
        if not first.classes:
            return _without_classes(Path(data), shape_of(first), None)
        found = recode(_read(Path(data), shape_of(first), None, like_first(first)), first.classes)
        return replace(found, notices=(*found.notices, *copies_of(found, first)))

    def read_new(self, data: Any, first: Any) -> New:
        """Every picture in the folder, whatever sub-folder it lies in."""
        folder = Path(data)
        paths = [path for path in files_below(folder) if is_picture_file(path)]
        found = read_pictures(paths, shape_of(first), most_lost=1.0, streaming="auto")
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


def streaming_of(asked: Request, noun: str = "pictures") -> str:
    """Whether pictures, or clips, stay in their files; UsageError where they cannot."""
    if asked.reads_target:
        return asked.streaming or "auto"
    if asked.streaming == "yes":
        raise UsageError(
            f"--streaming is for what has targets; what reads no target needs all {noun} in memory"
        )
    return "no"


def like_first(first: Any) -> str:
    """Whether other pictures are streamed: where the first are, or where they would fill the memory."""
    return "yes" if isinstance(first.x, StreamedExamples) else "auto"


def _read(folder: Path, shape: Any, size: Any, streaming: str) -> Dataset:
    """All pictures of a folder, with their classes and parts."""
    parts = official_parts(folder) or {"": folder}
    files = [(file, label, part) for part, place in parts.items() for file, label in _labelled(place)]
    notices = [notice for place in parts.values() for notice in _odd(place)]
    if not files:
        raise UsageError(_no_classes(folder))
    found = read_pictures(
        [file for file, _, _ in files], shape, size, streaming=streaming,
        head=lambda numbers, _: fingerprint_head(_classes([files[number][1] for number in numbers])),
    )  # fmt: skip
    kept = [files[number] for number in found.kept]
    classes = _classes([label for _, label, _ in kept])
    y = np.array([classes.index(label) for _, label, _ in kept])
    names = tuple(str(file.relative_to(folder)) for file, _, _ in kept)
    of_part = np.array([part for _, _, part in kept])
    check_known(folder, classes, y, of_part)
    return found_at(
        Dataset(
            found.x, y, classes, name=folder.resolve().name, recipe=RECIPE, files=names,
            official_test=of_part == "test" if "test" in parts else None,
            official_valid=of_part == "valid" if "valid" in parts else None,
            notices=(*found.notices, *notices, *copies_within(found.x, names, y, of_part)),
        ),
        folder, **({} if size is None else {"input_size": size}),
    )  # fmt: skip


def _classes(labels: Iterable[str]) -> tuple[str, ...]:
    """The classes in their order."""
    return tuple(sorted(set(labels)))


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
    deep = [file for one in folders_in(folder) for file in files_below(one)
            if is_picture_file(file) and file.parent != one]  # fmt: skip
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


def copies_within(
    x: np.ndarray, names: tuple[str, ...], y: np.ndarray | None, part: np.ndarray
) -> Iterator[str]:
    """That pictures are there more than once, whether in two of the publisher's parts, or in two classes."""
    pairs = copies(x)
    across = [pair for pair in pairs if part[pair[0]] != part[pair[1]]]
    if across:
        first, second = across[0]
        yield (
            f"{_count(across, 'picture')} {'is' if len(across) == 1 else 'are'} in two parts, such as "
            f"{names[first]} and {names[second]}: what is tested on was learned from"
        )
    inside = [pair for pair in pairs if part[pair[0]] == part[pair[1]]]
    if inside:
        first, second = inside[0]
        yield (
            f"{_count(inside, 'picture')} {'is a copy' if len(inside) == 1 else 'are copies'} of another, "
            f"such as {names[second]} of {names[first]}: a copy may be tested on that was learned from"
        )
    apart = [pair for pair in pairs if y is not None and (y[pair[0]] != y[pair[1]]).any()]
    if apart:
        first, second = apart[0]
        what = (
            "in two classes" if y is not None and y.ndim == 1 and y.dtype.kind == "i" else "with two answers"
        )
        yield f"{names[first]} and {names[second]} are the same picture {what}"


def copies_of(found: Dataset, first: Dataset) -> Iterator[str]:
    """That pictures of other examples are among the first ones, too."""
    if not len(first) or first.x.dtype != found.x.dtype or first.shape != found.shape:
        return
    known = {digest: number for number, digest in reversed(list(enumerate(digests_of(first.x))))}
    pairs = [(known[digest], number) for number, digest in enumerate(digests_of(found.x)) if digest in known]
    if pairs:
        one, two = pairs[0]
        among = f", such as {found.files[two]}" if found.files else ""
        among += f", which is {first.files[one]}" if found.files and first.files else ""
        yield (
            f"{_count(pairs, 'picture')} of {found.name} {'is' if len(pairs) == 1 else 'are'} among the "
            f"examples of {first.name}, too{among}: what is measured on was learned from"
        )


def check_not_wrapped(folder: Path) -> None:
    """Raise UsageError for a folder whose one sub-folder with pictures holds the folders of the classes."""
    if official_parts(folder):
        return
    inside = [one for one in folders_in(folder) if any(map(is_picture_file, files_below(one)))]
    if len(inside) != 1 or any(map(is_picture_file, files_in(inside[0]))):
        return
    below = [one.name for one in folders_in(inside[0]) if any(map(is_picture_file, files_below(one)))]
    if len(below) > 1:
        some = ", ".join(below[:3]) + (", …" if len(below) > 3 else "")
        raise UsageError(
            f"{folder} has one sub-folder with pictures, {inside[0].name}, which would be the only class; if "
            f"the folders in it ({some}) are the classes, give {inside[0]}"
        )


def _no_classes(folder: Path) -> str:
    """Why a folder has no classes, and what to do."""
    pictures = [path for path in files_below(folder) if is_picture_file(path)]
    said = (
        f"{folder} holds no sub-folder with pictures: a folder is learned from when every class has its own"
    )
    if not pictures:
        return f"{said}; there is no picture in it at all"
    return f"{said}; or give a CSV file that names each picture and what it shows"


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
