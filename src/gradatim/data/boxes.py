"""Pictures with boxes around the objects in them (curriculum D32)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.question import Question

NONE = -1.0  # the class of a place in the array that holds no box
BOX_FOLDER = "box folder"  # the source that reads more like them


@dataclass(frozen=True, repr=False)
class BoxedPictures(Dataset):
    """Pictures x (N, C, H, W), and the objects in each: y (N, M, 5) left, top, right and bottom edge in
    pixels from the picture's upper left corner, and the number of the class; −1 where there is no object.
    """

    read_by: ClassVar[str] = BOX_FOLDER

    @property
    def question(self) -> Question:
        """Where things are, in pictures of this size."""
        return Question(self.task or "detection", self.classes, size=self.shape[1:])

    @property
    def form(self) -> str:
        """What recipes call them."""
        return "pictures with boxes"

    @property
    def strata(self) -> np.ndarray:
        """The class of the first object in each picture, K where there is none."""
        if not self.y.shape[1]:  # type: ignore[union-attr]
            return np.zeros(len(self), np.int64)
        first = self.y[:, 0, 4].astype(np.int64)  # type: ignore[index]
        return np.where(first < 0, len(self.classes), first)

    @property
    def class_counts(self) -> tuple[np.ndarray, str]:
        """The objects of every class."""
        numbers = self.y[..., 4]  # type: ignore[index]
        return np.bincount(numbers[numbers >= 0].astype(np.int64), minlength=len(self.classes)), "objects"


def boxed_pictures(
    x: np.ndarray, boxes: Sequence[Any], labels: Sequence[Sequence[Any]], classes: Sequence[Any] = (),
    **more: Any,
) -> BoxedPictures:  # fmt: skip
    """Pictures (N, C, H, W), and of each the boxes of its objects, (M, 4), and their classes, M names.

        box = (left, top, right, bottom) in pixels,   0 ≤ left < right ≤ W,   0 ≤ top < bottom ≤ H

    >>> x = np.zeros((2, 1, 8, 8), np.uint8)
    >>> found = boxed_pictures(x, [[(1, 2, 5, 6)], []], [["cat"], []])
    >>> found.y.tolist(), found.classes
    ([[[1.0, 2.0, 5.0, 6.0, 0.0]], [[0.0, 0.0, 0.0, 0.0, -1.0]]], ('cat',))

    Raises UsageError for what are no pictures, for numbers that do not fit, and naming the first box that is
    outside its picture, has no area, or is of a class that is not among those given.
    """
    if x.ndim != 4 or x.shape[1] not in (1, 3):
        raise UsageError(f"pictures are (N, C, H, W) with 1 or 3 channels; these are {x.shape}")
    if not len(x) == len(boxes) == len(labels):
        raise UsageError(f"{len(x):,} pictures, but boxes of {len(boxes):,} and classes of {len(labels):,}")
    each = [np.asarray(one, np.float64).reshape(-1, 4) for one in boxes]
    for number, (box, names) in enumerate(zip(each, labels, strict=True)):
        if len(box) != len(names):
            raise UsageError(f"picture {number} has {len(box):,} boxes, but {len(names):,} classes")
    names = tuple(classes) or tuple(sorted({one for some in labels for one in some}))
    _check(each, labels, names, x.shape[2:])
    return BoxedPictures(x, padded(each, labels, names), names, task=more.pop("task", "detection"), **more)


def padded(boxes: Sequence[np.ndarray], labels: Sequence[Sequence[Any]], classes: tuple) -> np.ndarray:
    """Boxes (M_n, 4) of each picture and their classes as one array (N, M, 5), M the most of a picture."""
    place = {name: number for number, name in enumerate(classes)}
    y = np.zeros((len(boxes), max(1, max(map(len, boxes), default=1)), 5))
    y[:, :, 4] = NONE
    for row, box, names in zip(y, boxes, labels, strict=True):
        row[: len(box), :4], row[: len(box), 4] = box, [place[name] for name in names]
    return y


def _check(boxes: Sequence[np.ndarray], labels: Any, classes: tuple, size: tuple[int, ...]) -> None:
    """Raise UsageError naming the first box that cannot be."""
    height, width = size
    for number, (box, names) in enumerate(zip(boxes, labels, strict=True)):
        left, top, right, bottom = box.T
        inside = (left >= 0) & (top >= 0) & (right <= width) & (bottom <= height)
        fits = inside & (left < right) & (top < bottom)
        if not fits.all():
            first = box[~fits][0].tolist()
            raise UsageError(
                f"picture {number} has the box {first}: it must be left, top, right, bottom with an area and "
                f"inside the picture's {width}×{height} pixels"
            )
        for name in names:
            if name not in classes:
                raise UsageError(f"picture {number} has an object of the class {name!r}, which is unknown")
