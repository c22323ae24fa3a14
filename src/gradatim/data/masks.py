"""Masks: a class for every pixel, told by the pixel's value."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.picture_examples import scale_to_cover
from gradatim.data.pictures import HeldImage, opened_picture

MOST = 256  # classes
LOSSY = (".jpg", ".jpeg")
COLOUR = "#{:06x}"


def masks_as_classes(y: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Class numbers (N, H, W) and the values they count through, of masks (N, H, W) or (N, 1, H, W).

    >>> masks_as_classes(np.array([[[0, 255], [255, 0]]]))[1]
    (0, 255)

    Raises UsageError for another shape, fractions, and more than 256 values.
    """
    y = np.asarray(y)
    if y.ndim == 4 and 1 in (y.shape[1], y.shape[3]):
        y = y.reshape(len(y), *(y.shape[2:] if y.shape[1] == 1 else y.shape[1:3]))
    if y.ndim != 3 or not y.size:
        raise UsageError(f"masks have a class for every pixel, (N, H, W); the shape of these is {y.shape}")
    if y.dtype.kind not in "buif" or not np.isfinite(y).all() or (y != np.round(y)).any():
        raise UsageError("masks hold whole numbers, a value for each class")
    return _numbered(list(y))


def _numbered(masks: Sequence[np.ndarray]) -> tuple[np.ndarray, tuple]:
    """The same of masks (H, W) of whole numbers, one after the other: of all there is a byte a pixel."""
    low, high = min(int(one.min()) for one in masks), max(int(one.max()) for one in masks)
    if high - low >= 1 << 24:
        raise UsageError(f"the masks hold values from {low:,} to {high:,}: too far apart to be classes")
    is_there = np.zeros(high - low + 1, dtype=bool)
    for one in masks:
        is_there[one.astype(np.int64) - low] = True
    names = tuple((np.flatnonzero(is_there) + low).tolist())
    if len(names) > MOST:
        raise UsageError(f"the masks hold {len(names):,} values: too many to be classes")
    number = (np.cumsum(is_there) - 1).astype(np.uint8)
    y = np.empty((len(masks), *masks[0].shape), np.uint8)
    for row, one in zip(y, masks, strict=True):
        row[:] = number[one.astype(np.int64) - low]
    return y, names


def read_mask(path: Path | HeldImage) -> tuple[np.ndarray, bool]:
    """A mask's values (H, W), and whether they are colours, red · 65536 + green · 256 + blue.

    Of a palette the indices are read, of a grey picture the greys; colours that are all grey are greys.
    Raises GradatimError for a file that is no picture, and for JPEG, which changes values.
    """
    if isinstance(path, Path) and path.suffix.lower() in LOSSY:
        raise GradatimError(f"{path} is a JPEG, which changes the values of a mask; save masks as PNG")
    with opened_picture(path) as image:
        image.load()
        if image.mode in ("L", "P", "I", "I;16"):
            return np.asarray(image).astype(np.int64), False
        if image.mode in ("1", "LA"):
            return np.asarray(image.convert("L")).astype(np.int64), False
        red, green, blue = np.moveaxis(np.asarray(image.convert("RGB")).astype(np.int64), 2, 0)
    if (red == green).all() and (green == blue).all():
        return red, False
    return red * 65536 + green * 256 + blue, True


def scale_mask(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """A mask (H, W) in another size, as its picture is scaled; every pixel has the value of the nearest."""
    from PIL import Image

    if values.shape == (height, width):
        return values
    image = Image.fromarray(values.astype(np.int32))
    return np.asarray(scale_to_cover(image, height, width, Image.Resampling.NEAREST)).astype(np.int64)


def join_masks(masks: Sequence[tuple[np.ndarray, bool]]) -> tuple[np.ndarray, tuple]:
    """Masks of one size as class numbers (N, H, W), and the classes: greys or indices, or colours as #rrggbb.

    Where one mask has colours, the greys of the others are colours too.
    """
    coloured = any(has_colours for _, has_colours in masks)
    values = [one if has or not coloured else one * np.int64(0x010101) for one, has in masks]
    y, names = _numbered(values)
    return y, tuple(map(COLOUR.format, names)) if coloured else names


def as_pictures(masks: np.ndarray, names: tuple) -> list[np.ndarray]:
    """Class numbers (N, H, W) as pictures (C, H, W) of bytes, of the values or the colours that they count
    through; where they are neither, of the numbers themselves.

    >>> as_pictures(np.array([[[0, 1]]]), (0, 255))[0].tolist()
    [[[0, 255]]]
    """
    table = palette(names)
    if table is None:
        table = np.arange(len(names), dtype=np.uint8)[:, None]
    return [np.moveaxis(table[one], 2, 0) for one in masks]


def palette(names: tuple) -> np.ndarray | None:
    """The bytes (K, C) of each class: C is 1 for greys and 3 for colours; None for names that are neither."""
    if all(isinstance(name, int) and 0 <= name <= 255 for name in names):
        return np.array(names, dtype=np.uint8)[:, None]
    if all(_is_colour(name) for name in names):
        return np.array([list(bytes.fromhex(name[1:])) for name in names], dtype=np.uint8)
    return None


def _is_colour(name: Any) -> bool:
    return isinstance(name, str) and len(name) == 7 and name[0] == "#"
