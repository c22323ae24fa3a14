"""A folder of pictures and of files with boxes, as examples: boxes move with their pictures, bad ones are
counted.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.box_formats import coco, voc, yolo
from gradatim.data.box_formats.annotations import Annotated, Annotations, Format
from gradatim.data.boxes import BoxedPictures, padded
from gradatim.data.covering import Covering
from gradatim.data.dataset import fingerprint_head
from gradatim.data.picture_examples import Shape, look_at
from gradatim.data.picture_files import read_pictures

FORMATS: tuple[Format, ...] = (coco.FORMAT, voc.FORMAT, yolo.FORMAT)
LARGEST = 128  # a side of a common size that was not asked for
SEEN = 0.25  # of a box's area, of which less is not taken for the object any more


class Kept(NamedTuple):
    """The boxes of a picture (M, 4) in the size that is learned from, and their classes; what is odd of them
    and of those left out, each beside the box that it is of.
    """

    boxes: np.ndarray
    names: list[str]
    odd: tuple[tuple[str, str], ...]


def format_of(folder: Path) -> Format | None:
    """The first format in which the folder's boxes are written; None where there are none."""
    return next((one for one in FORMATS if one.takes(folder)), None)


def read_boxes(
    folder: Path, shape: Shape | None = None, size: Any = None, known: tuple = (), task: str = "detection",
    streaming: str = "no",
) -> BoxedPictures:  # fmt: skip
    """Every picture of a folder and the objects in it, in one shape; classes are those `known`, where given.
    Boxes are held in memory, and pictures as `streaming` says (see `data.streaming`).

    Raises UsageError where there is no picture or no box, and naming the first class that is not known.
    """
    how = format_of(folder)
    if how is None:
        raise UsageError(f"{folder} holds no boxes: COCO's JSON, Annotations/*.xml, or labels/*.txt")
    found = how.read(folder)
    if not found.pictures:
        raise UsageError(f"{folder}: none of the pictures that boxes are written of is there")

    @cache
    def kept_of(number: int, size: tuple[int, ...]) -> Kept:
        return _kept(found.pictures[number], size)

    def head(numbers: Sequence[int], shape: Shape) -> bytes:
        kept = [kept_of(number, shape[1:]) for number in numbers]
        return fingerprint_head(known or _classes(found, kept))

    pictures = read_pictures(
        [one.path for one in found.pictures], shape, size, LARGEST, streaming=streaming, head=head
    )
    seen = [found.pictures[number] for number in pictures.kept]
    kept = [kept_of(number, pictures.x.shape[2:]) for number in pictures.kept]
    odd = Counter(why for one in kept for why, _ in one.odd)
    first = {why: box for one in reversed(kept) for why, box in reversed(one.odd)}
    classes = known or _classes(found, kept)
    _check_known(folder, kept, seen, tuple(map(str, classes)))
    if not any(one.names for one in kept):
        raise UsageError(f"{folder} holds no box around an object that can be learned from{_why(odd, first)}")
    place = {str(name): name for name in classes}
    y = padded([one.boxes for one in kept], [[place[name] for name in one.names] for one in kept], classes)
    part = np.array([one.part for one in seen])
    notices = (*pictures.notices, *found.notices, *_odd(odd, first), *_empty(kept, seen))
    return BoxedPictures(
        pictures.x, y, tuple(classes), name=folder.resolve().name, task=task, notices=notices,
        files=tuple(one.name for one in seen),
        official_test=part == "test" if (part == "test").any() else None,
        official_valid=part == "valid" if (part == "valid").any() else None,
    )  # fmt: skip


def _classes(found: Annotations, kept: list[Kept]) -> tuple[str, ...]:
    """The classes in the order of their file, or by name; those without an object are none."""
    there = {name for one in kept for name in one.names}
    return tuple(name for name in found.classes or sorted(there) if name in there)


def _kept(one: Annotated, size: tuple[int, ...]) -> Kept:
    """The boxes that can be used, cut off at the picture's border and moved with it."""
    own = look_at(one.path)[:2]
    there = Covering.of(own, (size[0], size[1]))
    boxes, names, odd = [], [], []
    for name, box in one.objects:
        found, why = _usable(np.array(box), own, there, size)
        if why:
            odd.append((why, f"{name} in {one.name}, {', '.join(f'{edge:g}' for edge in box)}"))
        if found is not None:
            boxes.append(found)
            names.append(name)
    return Kept(np.array(boxes).reshape(-1, 4), names, tuple(odd))


def _usable(
    box: np.ndarray, own: tuple[int, ...], there: Covering, size: tuple[int, ...]
) -> tuple[np.ndarray | None, str]:
    """A box as it is learned from, or None; and what is odd about it."""
    if not np.isfinite(box).all():
        return None, "is no box of finite numbers and is left out"
    if box[0] >= box[2] or box[1] >= box[3]:
        return None, "has no area and is left out"
    cut = _cut(box, own)
    if _area(cut) <= 0:
        return None, "lies outside its picture and is left out"
    seen = _cut(there.there(cut), size)
    if _area(seen) <= 0 or _area(seen) < SEEN * _area(there.there(cut)):
        return None, "is cut off with the picture's edge, which does not fit the common size, and is left out"
    beyond = np.abs(cut - box).max() > 1  # not a matter of rounding
    return seen, "reaches beyond its picture and is cut off there" if beyond else ""


def _cut(box: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """A box without what lies outside a picture of this height and width."""
    return np.clip(box, 0, [size[1], size[0], size[1], size[0]])


def _area(box: np.ndarray) -> float:
    return float(max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1]))


def _odd(odd: Counter, first: dict[str, str]) -> list[str]:
    """How many boxes are odd in which way, and the first of each."""
    found = []
    for why, count in odd.items():
        verbs = why if count == 1 else _plural(why)
        found.append(f"{count:,} box{'' if count == 1 else 'es'} (such as {first[why]}) {verbs}")
    return found


def _plural(why: str) -> str:
    for one, several in (("is ", "are "), ("has ", "have "), ("lies ", "lie "), ("reaches ", "reach "),
                         ("its picture", "their pictures")):  # fmt: skip
        why = why.replace(one, several)
    return why


def _why(odd: Counter, first: dict[str, str]) -> str:
    told = _odd(odd, first)
    return f": {told[0]}" if told else ""


def _empty(kept: list[Kept], seen: list[Annotated]) -> list[str]:
    """How many pictures show no object."""
    without = [one.name for boxes, one in zip(kept, seen, strict=True) if not boxes.names]
    if not without:
        return []
    one = len(without) == 1
    return [
        f"{len(without):,} of {len(seen):,} pictures (such as {without[0]}) {'shows' if one else 'show'} no "
        f"object: the network learns that nothing is there"
    ]


def _check_known(folder: Path, kept: list[Kept], seen: list[Annotated], classes: tuple[str, ...]) -> None:
    """Raise UsageError naming the first object of a class that is not known."""
    for boxes, one in zip(kept, seen, strict=True):
        for name in boxes.names:
            if name not in classes:
                raise UsageError(
                    f"{folder}: {one.name} shows an object of the class {name!r}, which the network does not "
                    f"know; {did_you_mean(name, classes)}"
                )
