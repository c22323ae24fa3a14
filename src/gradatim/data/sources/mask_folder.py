"""Folders of pictures with a mask for each: a class for every pixel."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.dataset import Dataset, fingerprint_head
from gradatim.data.files_in_folders import files_below, folders_in
from gradatim.data.masks import join_masks, read_mask, scale_mask, void_notice
from gradatim.data.picture_examples import Shape, is_picture_file, look_at
from gradatim.data.picture_files import MOST_LOST, read_pictures
from gradatim.data.picture_notices import TOLD
from gradatim.data.sources.picture_folder import like_first, official_parts, shape_of
from gradatim.data.sources.source import New, Request, Source, found_at, path_of
from gradatim.data.streaming import Beside
from gradatim.data.targets import recode

PICTURES = ("image", "images", "img", "imgs", "picture", "pictures")
LARGEST = 512  # a side of a common size that was not asked for
FEWEST_MASKS = 4  # of which a value in one of them is odd
RARE = 0.001  # of all pixels
MASKS_BESIDE = Beside("masks", 6, 1)  # of a colour four bytes while it is read, its class and a comparison
MASKS = ("label", "labels", "mask", "masks", "annotation", "annotations")


Read = tuple[dict[int, tuple[np.ndarray, bool]], list[GradatimError]]  # masks by number, and what failed


class Pair(NamedTuple):
    """A picture's file and its mask's, their common name, and the part they are of."""

    picture: Path
    mask: Path
    name: str
    part: str


class MaskFolderSource(Source):
    """cells/image/1.png and cells/label/1.png; or cells/train/image and so on, the publisher's parts.

    A mask says by the values of its pixels which class each is of: greys, indices of a palette, or colours;
    one value may say that it is not known (see `data.masks.void_among`).

    >>> MaskFolderSource().takes(".")  # where no pictures stand beside masks
    False
    """

    kind: ClassVar[str] = "mask folder"

    def takes(self, data: Any) -> bool:
        """Whether it is a folder with one of pictures and one of masks, or with parts that have both."""
        path = path_of(data)
        return path is not None and path.is_dir() and bool(_places(path))

    def read(self, data: Any, asked: Request) -> Dataset:
        """The pictures that have a mask."""
        asked.allow("task", "input_size", "streaming", "void")
        found = _read(Path(data), None, asked.input_size, asked.streaming or "auto", asked.void)
        return replace(found, source={**found.source, **asked.of_pictures()})

    def read_like(self, data: Any, first: Any) -> Dataset:
        """Pictures and masks in the size of the first, the classes by its names."""
        found = _read(Path(data), shape_of(first), None, like_first(first), first.void, first.classes)
        _check_values(found, first.classes)
        return recode(found, first.classes)

    def read_new(self, data: Any, first: Any) -> New:
        """The pictures alone."""
        folder = Path(data)
        files = [
            (path, name) for place, _ in _places(folder).values() for path, name in _named(folder, place)
        ]
        paths = [path for path, _ in files]
        found = read_pictures(paths, shape_of(first), most_lost=1.0, streaming="auto")
        names = tuple(str(files[number][1]) for number in found.kept)
        new = Dataset(found.x, name=folder.resolve().name, notices=found.notices, files=names)
        return New(found_at(new, folder))


def _places(folder: Path) -> dict[str, tuple[Path, Path]]:
    """The folders of pictures and of masks of each part; of one part "" where there are no parts."""
    parts = official_parts(folder) or {"": folder}
    found = {}
    for part, place in parts.items():
        names = {one.name.lower(): one for one in folders_in(place)}
        pictures = next((names[name] for name in PICTURES if name in names), None)
        masks = next((names[name] for name in MASKS if name in names), None)
        if pictures is not None and masks is not None:
            found[part] = (pictures, masks)
    return found


def named_pictures(folder: Path) -> dict[str, Path]:
    """Where the pictures lie that have masks beside them, by the names that examples have."""
    places = _places(folder) if folder.is_dir() else {}
    return {str(name): path for place, _ in places.values() for path, name in _named(folder, place)}


def _named(folder: Path, place: Path) -> Iterator[tuple[Path, Path]]:
    """The pictures in a place, each with its name: train/image/1.png is train/1.png."""
    for path in files_below(place):
        if is_picture_file(path):
            yield path, place.parent.relative_to(folder) / path.relative_to(place)


def _read(
    folder: Path, shape: Shape | None, size: Any, streaming: str, void: Any, learned: tuple = ()
) -> Dataset:  # fmt: skip
    """All pictures and masks of a folder, and their parts; masks are held in memory, a byte a pixel."""
    places = _places(folder)
    notices: list[str] = []
    pairs = [pair for part, two in places.items() for pair in _pairs(folder, part, two, notices)]
    if not pairs:
        raise UsageError(
            f"{folder}: no mask has the name of a picture; both have the same, but for the ending"
        )

    @cache  # the streamed pictures' hash begins with the classes, which masks say
    def masks_of(numbers: tuple[int, ...], size: tuple[int, ...]) -> Read:
        return _masks([pairs[number] for number in numbers], size)

    def head(numbers: Sequence[int], shape: Shape) -> bytes:
        masks = list(masks_of(tuple(numbers), shape[1:])[0].values())
        return fingerprint_head(join_masks(masks, void, learned)[1])

    found = read_pictures(
        [pair.picture for pair in pairs], shape, size, LARGEST, streaming=streaming, head=head,
        beside=MASKS_BESIDE,
    )  # fmt: skip
    masks, failed = masks_of(tuple(found.kept), found.x.shape[2:])
    pairs = [pairs[number] for number in found.kept]
    if len(failed) > MOST_LOST * len(pairs):
        raise GradatimError(
            f"{folder}: {len(failed):,} of {len(pairs):,} masks cannot be used, more than half: the rest is "
            f"not used. The first: {'; '.join(map(str, failed[:TOLD]))}"
        )
    if failed:
        one = len(failed) == 1
        some = f"{len(failed):,} of {len(pairs):,} masks cannot be used and {'is' if one else 'are'} left out"
        notices.append(f"{some} with {'its picture' if one else 'their pictures'}; the first: {failed[0]}")
    y, classes, not_known = join_masks(list(masks.values()), void, learned)
    rows = list(masks)
    notices += void_notice(y, not_known, void)
    notices += _rare_values(y, classes, [pairs[row].name for row in rows])
    part_of = np.array([pairs[row].part for row in rows])
    return found_at(
        Dataset(
            found.x[rows], y, classes, name=folder.resolve().name, task="segmentation",
            files=tuple(pairs[row].name for row in rows), notices=(*found.notices, *notices),
            official_test=part_of == "test" if "test" in places else None,
            official_valid=part_of == "valid" if "valid" in places else None, void=not_known,
        ),
        folder,
    )  # fmt: skip


def _pairs(folder: Path, part: str, places: tuple[Path, Path], notices: list[str]) -> list[Pair]:
    """The pictures that have a mask of their name; how many have none is noted."""
    pictures = dict(_named(folder, places[0]))
    masks = {name.with_suffix(""): path for path, name in _named(folder, places[1])}
    pairs = [
        Pair(path, masks[name.with_suffix("")], str(name), part)
        for path, name in pictures.items() if name.with_suffix("") in masks
    ]  # fmt: skip
    for files, of, lacks in ((pictures, places[0], "mask"), (masks, places[1], "picture")):
        lone = len(files) - len(pairs)
        if lone > 0:
            verb, are = ("has", "is") if lone == 1 else ("have", "are")
            notices.append(
                f"{lone:,} of {len(files):,} files in {of.name} {verb} no {lacks} and {are} left out"
            )
    return pairs


def _masks(pairs: list[Pair], size: tuple[int, ...]) -> Read:
    """The mask of each pair by its number, in the size of the examples; and why others cannot be used."""
    found: dict[int, tuple[np.ndarray, bool]] = {}
    failed: list[GradatimError] = []
    for number, pair in enumerate(pairs):
        try:
            values, has_colours = read_mask(pair.mask)
            look = look_at(pair.picture)
            if values.shape != look[:2]:
                own, its = _times(values.shape), _times(look[:2])
                raise GradatimError(f"{pair.mask} is {own} pixels, but its picture {its}")
        except GradatimError as error:
            failed.append(error)
            continue
        scaled = scale_mask(values, *size)
        narrow = np.uint8 if not has_colours and 0 <= scaled.min() <= scaled.max() <= 255 else np.int32
        found[number] = (scaled.astype(narrow), has_colours)
    return found, failed


def _rare_values(y: np.ndarray, classes: tuple, names: list[str]) -> Iterator[str]:
    """That a value which is in one mask alone, and in few pixels, is a class of its own."""
    if len(y) < FEWEST_MASKS:
        return
    there = np.stack([(y == k).reshape(len(y), -1).sum(1) for k in range(len(classes))])  # (K, N)
    rare = np.flatnonzero(((there > 0).sum(1) == 1) & (there.sum(1) < RARE * y.size))
    if len(rare):
        k = rare[0]
        where, n = names[int(there[k].argmax())], int(there[k].sum())
        some = f"{len(rare):,} of {len(classes):,} values" if len(rare) > 1 else "a value"
        yield (
            f"{some} of the masks is in one mask alone, {classes[k]} in {n:,} pixel{'' if n == 1 else 's'} "
            f"of that of {where}: it is a class of its own; mend the mask if it is a slip"
        )


def _check_values(found: Dataset, classes: tuple) -> None:
    """Raise UsageError naming the first mask with a value that a network has not learned."""
    known = set(map(str, classes))
    for k, name in enumerate(found.classes):
        if str(name) not in known:
            row = int((found.y == k).reshape(len(found), -1).any(1).argmax())  # type: ignore[union-attr]
            values = ", ".join(map(str, classes[:8])) + (", …" if len(classes) > 8 else "")
            raise UsageError(
                f"{found.name}: the mask of {found.files[row]} holds the value {name}, which the network "
                f"does not know; it knows {values}"
            )


def _times(size: tuple[int, ...]) -> str:
    return "×".join(map(str, size))
