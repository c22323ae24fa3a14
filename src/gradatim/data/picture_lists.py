"""Pictures and masks that a caller holds: arrays, or lists of files' names and of pillow's images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.arrays import COLOURS, array, check_inputs
from gradatim.data.masks import join_masks, masks_as_classes, read_mask, scale_mask
from gradatim.data.picture_examples import LARGEST, Shape, look_at
from gradatim.data.picture_files import Pictures, read_pictures
from gradatim.data.pictures import HeldImage

GIVE = (
    "give an array (N, H, W), (N, H, W, C) or (N, C, H, W) of one channel or three, or a list of files' "
    "names or of pillow's images"
)
Place = Path | HeldImage


def places_of(given: Any, name: str) -> list[Place] | None:
    """Where each picture of a list stands, a file or an image in memory; None of what is no such list.

    Raises UsageError for a list that holds other things too.
    """
    if len(getattr(given, "shape", ())) == 1:  # a column of a frame
        given = array(given).tolist()
    if hasattr(given, "shape") or not isinstance(given, Sequence) or isinstance(given, str | bytes):
        return None
    found = [_place(one, f"{name}[{i}]") for i, one in enumerate(given)]
    lost = [i for i, place in enumerate(found) if place is None]
    if len(lost) == len(found):
        return None
    if lost:
        raise UsageError(
            f"{name}[{lost[0]}] is {type(given[lost[0]]).__name__}, and other items of {name} are files or "
            "images: give pictures of one kind"
        )
    return found  # type: ignore[return-value]


def pictures_of(
    X: Any, shape: Shape | None = None, size: Any = None, largest: int = LARGEST, places: Any = None
) -> Pictures:  # fmt: skip
    """A caller's pictures in one shape, and the numbers of those that could be read.

    Of a list the files are read as those of a folder (see `data.picture_files`); `places` are its
    `places_of`. An array keeps its numbers and its size, and gets its channels first.

    Shapes: x (N, C, H, W).

    Raises UsageError for what are no pictures, and for arrays in another size than `shape`.
    """
    if places is not None:
        return read_pictures(places, shape, size, largest)
    if size is not None:
        raise UsageError("input_size is for lists of files and images; an array of pictures has its own")
    if isinstance(X, str | bytes) or not hasattr(X, "__len__"):
        raise UsageError(f"X is {type(X).__name__}: {GIVE}")
    if not len(X):
        raise UsageError(f"X holds no picture: {GIVE}")
    x = array(X)
    if x.ndim == 3:
        x = x[:, None]
    if x.ndim != 4 or x.dtype.kind not in "buif":
        raise UsageError(f"X is an array {x.shape} of {x.dtype}: {GIVE}")
    x = check_inputs(x)
    if x.shape[1] not in COLOURS:
        raise UsageError(f"pictures have one channel or three; the shape of X is {tuple(array(X).shape)}")
    if shape is not None and x.shape[1:] != shape:
        wanted, own = ("×".join(map(str, one)) for one in (shape, x.shape[1:]))
        raise UsageError(
            f"pictures of fit were {wanted} (channels × height × width), these are {own}: scale them, or "
            "give a list of files or of pillow's images, which are scaled"
        )
    return Pictures(x, list(range(len(x))), ())


def masks_of(y: Any, sizes: Sequence[tuple[int, ...]]) -> list[tuple[np.ndarray, bool]]:
    """The values (h, w) of each mask, in the size of its picture's own, and whether they are colours.

    `y` is an array (N, H, W), or a list of arrays (h, w), files' names or pillow's images.

    Raises UsageError for another number of masks, and for one of another size than its picture.
    """
    if y is None or isinstance(y, str | bytes) or not hasattr(y, "__len__"):
        raise UsageError(
            f"y must be masks (N, H, W), or a list of them or of files; it is {type(y).__name__}"
        )
    if len(y) != len(sizes):
        raise UsageError(f"{len(sizes):,} pictures but {len(y):,} masks")
    places = places_of(y, "y")
    found = []
    for i, size in enumerate(sizes):
        values, has_colours = (_values(y[i], i), False) if places is None else read_mask(places[i])
        if values.shape != tuple(size):
            own, its = "×".join(map(str, values.shape)), "×".join(map(str, size))
            raise UsageError(f"y[{i}] is a mask of {own} pixels (height × width), but its picture has {its}")
        found.append((values, has_colours))
    return found


def masks_in_one_size(
    masks: Sequence[tuple[np.ndarray, bool]], size: tuple[int, int], void: Any = None
) -> tuple[np.ndarray, tuple, Any]:
    """Class numbers (N, H, W) of masks in one size, every pixel that of the nearest; the classes, and the
    value that is not known, as `join_masks` gives them.
    """
    return join_masks([(scale_mask(values, *size), has_colours) for values, has_colours in masks], void)


def sizes_of(places: Sequence[Place], numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Height and width of some of the pictures, as their files have them."""
    return [look_at(places[number])[:2] for number in numbers]


def _values(mask: Any, number: int) -> np.ndarray:
    """The values (h, w) of a mask in memory; UsageError where they are no whole numbers."""
    values = array(mask)
    if values.ndim == 3 and 1 in (values.shape[0], values.shape[2]):
        values = values.reshape(values.shape[1:] if values.shape[0] == 1 else values.shape[:2])
    if values.ndim != 2:
        raise UsageError(f"y[{number}] must be a mask (H, W); its shape is {values.shape}")
    masks_as_classes(values[None])
    return values.astype(np.int64)


def _place(one: Any, name: str) -> Place | None:
    if isinstance(one, str | Path):
        return Path(one)
    if hasattr(one, "getexif") and hasattr(one, "mode"):
        return HeldImage(one, name)
    return None
