"""Pictures of any size and mode as examples, all of one shape."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.data.pictures import ORIENTATION, SUFFIXES, HeldImage, opened_picture, read_image

LARGEST = 96  # a side of a common size that was not asked for
GREY = {"1", "L", "LA"}  # modes of a file
ANIMATED = (
    "GIF",
    "PNG",
    "WEBP",
    "TIFF",
)  # formats of several frames; not MPO, a camera's picture and its preview
TURNED = (5, 6, 7, 8)  # a camera's notes by which height and width change places
Shape = tuple[int, int, int]  # channels, height, width


class Look(NamedTuple):
    """What a file's head says of its picture."""

    height: int
    width: int
    is_grey: bool
    is_animated: bool = False


def is_picture_file(path: Path) -> bool:
    """Whether a file is a picture by its name."""
    return path.suffix.lower() in SUFFIXES


def look_at(path: Path | HeldImage) -> Look:
    """Size, colours and whether it moves, as the file's head says; GradatimError where no picture begins."""
    with opened_picture(path) as image:
        height, width = image.height, image.width
        if image.getexif().get(ORIENTATION) in TURNED:
            height, width = width, height
        is_grey = image.mode in GREY or image.mode.startswith("I")
        moves = image.format in ANIMATED and bool(getattr(image, "is_animated", False))
        return Look(height, width, is_grey, moves)


def common_shape(looks: Sequence[Look], size: Any = None, largest: int = LARGEST) -> Shape:
    """The shape of an example: colours if any picture has them; the size that was asked for, or a common one.

    That is the pictures' own where they all have the same, otherwise the square over the median of the
    shorter sides; where a side is longer than `largest`, it is made smaller in proportion.

    >>> common_shape([Look(480, 640, True)] * 2), common_shape([Look(50, 70, False), Look(60, 40, True)])
    ((1, 72, 96), (3, 45, 45))
    """
    channels = 1 if all(one.is_grey for one in looks) else 3
    if size is not None:
        return (channels, *_size(size))
    if len({one[:2] for one in looks}) == 1:
        height, width = looks[0][:2]
    else:
        height = width = int(np.median([min(one[:2]) for one in looks]))
    scale = min(1.0, largest / max(height, width))
    return channels, max(1, round(scale * height)), max(1, round(scale * width))


def as_example(x: np.ndarray, shape: Shape) -> np.ndarray:
    """A picture (C, H, W) of bytes, as `read_picture` gives it, in the shape of an example.

    What is transparent lies on white. Colours become grey by 0.299 R + 0.587 G + 0.114 B (ITU-R 601). The
    picture is scaled until it covers the size, each pixel a mean over those around its place that falls off
    linearly (pillow's BILINEAR), and what sticks out is cut off at both sides alike.
    """
    from PIL import Image

    return image_as_example(Image.fromarray(x[0] if len(x) == 1 else np.moveaxis(x, 0, 2)), shape)


def read_example(path: Path | HeldImage, shape: Shape) -> tuple[np.ndarray, int | None]:
    """A file's picture in the shape of an example; its largest number where it has 16 bits a number."""
    image, facts = read_image(path, may_round=True)
    return image_as_example(image, shape), facts.get("wide")


def image_as_example(image: Any, shape: Shape) -> np.ndarray:
    """The same of a pillow image of one to four channels."""
    from PIL import Image

    channels, height, width = shape
    if image.mode in ("LA", "RGBA"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    mode = "L" if channels == 1 else "RGB"
    image = image if image.mode == mode else image.convert(mode)
    if image.size != (width, height):
        image = scale_to_cover(image, height, width, Image.Resampling.BILINEAR)
    pixels = np.asarray(image)
    return pixels[None] if channels == 1 else np.moveaxis(pixels, 2, 0)


def scale_to_cover(image: Any, height: int, width: int, method: Any) -> Any:
    """A pillow image scaled until it covers a size, its middle cut out."""
    from PIL import ImageOps

    return ImageOps.fit(image, (width, height), method)


def _size(size: Any) -> tuple[int, int]:
    """Height and width: 64 is 64×64."""
    both = list(size) if isinstance(size, list | tuple) else [size, size]
    if len(both) != 2:
        raise UsageError(f"input_size must be one whole number or two, height and width; it is {size!r}")
    return whole("input_size", both[0], 1), whole("input_size", both[1], 1)
