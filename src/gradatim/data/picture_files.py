"""Many pictures' files as one array: every file in the channels and the size that they share."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError, UsageError, whole
from gradatim.data.pictures import SUFFIXES, read_picture

LARGEST = 96  # a side of a common size that was not asked for
GREY = {"1", "L", "LA"}  # modes of a file
TURNED = (5, 6, 7, 8)  # a camera's notes by which height and width change places
OTHERS = {"__macosx"}  # folders that belong to nobody
Shape = tuple[int, int, int]  # channels, height, width


class Look(NamedTuple):
    """What a file's head says of its picture."""

    height: int
    width: int
    is_grey: bool


class Pictures(NamedTuple):
    """The pictures that could be read, the numbers of their files among those given, and what is odd."""

    x: np.ndarray  # (N, C, H, W) bytes
    kept: list[int]
    notices: tuple[str, ...]


def folders_in(folder: Path) -> list[Path]:
    """The folders inside one, by name; hidden ones are nobody's, and one that leads back is left out."""
    found = [one for one in _entries(folder) if one.is_dir() and one.name.lower() not in OTHERS]
    return [one for one in found if not (one.is_symlink() and folder.resolve().is_relative_to(one.resolve()))]


def files_in(folder: Path) -> list[Path]:
    """The files that lie in a folder itself, by name, without the hidden ones."""
    return [one for one in _entries(folder) if one.is_file()]


def files_below(folder: Path) -> Iterator[Path]:
    """The files in a folder and in the folders inside it, at any depth, by their path."""
    yield from files_in(folder)
    for one in folders_in(folder):
        yield from files_below(one)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder and is not hidden, by name."""
    try:
        return sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from error


def is_picture_file(path: Path) -> bool:
    """Whether a file is a picture by its name."""
    return path.suffix.lower() in SUFFIXES


def look_at(path: Path) -> Look:
    """Size and colours as the file's head says; GradatimError where no picture begins."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            height, width = image.height, image.width
            if image.getexif().get(0x0112) in TURNED:
                height, width = width, height
            return Look(height, width, image.mode in GREY)
    except Exception as error:  # pillow's readers raise a dozen kinds over a damaged file
        raise GradatimError(f"{path} is damaged or not a picture") from error


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

    channels, height, width = shape
    image = Image.fromarray(x[0] if len(x) == 1 else np.moveaxis(x, 0, 2))
    if len(x) in (2, 4):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("L" if channels == 1 else "RGB")
    if image.size != (width, height):
        image = scale_to_cover(image, height, width, Image.Resampling.BILINEAR)
    pixels = np.asarray(image)
    return pixels[None] if channels == 1 else np.moveaxis(pixels, 2, 0)


def scale_to_cover(image: Any, height: int, width: int, method: Any) -> Any:
    """A pillow image scaled until it covers a size, its middle cut out."""
    from PIL import ImageOps

    return ImageOps.fit(image, (width, height), method)


def read_pictures(
    paths: Sequence[Path], shape: Shape | None = None, size: Any = None, largest: int = LARGEST
) -> Pictures:
    """The pictures in one shape, which is theirs in common when None; files that cannot be read are counted.

    Raises GradatimError where none can be read.
    """
    failed: list[GradatimError] = []
    seen = _each(list(enumerate(paths)), lambda one: (one[0], look_at(one[1])), failed)
    if seen and shape is None:
        shape = common_shape([look for _, look in seen], size, largest)
    read = _each(seen, lambda one: (one[0], as_example(read_picture(paths[one[0]]), shape)), failed)  # type: ignore[arg-type]
    if not read or shape is None:
        first = f"; the first: {failed[0]}" if failed else ""
        raise GradatimError(f"none of the {len(paths):,} pictures can be read{first}")
    notices = []
    if failed:
        one = len(failed) == 1
        some = f"{len(failed):,} of {len(paths):,} files cannot be read and {'is' if one else 'are'} left out"
        notices.append(f"{some}; {'it says' if one else 'the first'}: {failed[0]}")
    looks = [look for _, look in seen]
    if any(one[:2] != shape[1:] for one in looks):
        notices.append(_scaled(looks, shape))
    return Pictures(np.stack([x for _, x in read]), [number for number, _ in read], tuple(notices))


def copies(x: np.ndarray) -> list[tuple[int, int]]:
    """The examples that are equal to an earlier one: the earlier's number and their own."""
    first: dict[bytes, int] = {}
    found = []
    for number, one in enumerate(x):
        earlier = first.setdefault(sha256(np.ascontiguousarray(one).tobytes()).digest(), number)
        if earlier != number:
            found.append((earlier, number))
    return found


def _each(items: Sequence[Any], do: Callable[[Any], Any], failed: list[GradatimError]) -> list[Any]:
    """What is done of each, but for those that fail."""
    found = []
    for item in items:
        try:
            found.append(do(item))
        except GradatimError as error:
            failed.append(error)
    return found


def _scaled(looks: Sequence[Look], shape: Shape) -> str:
    least, most = min(looks, key=lambda one: one[0] * one[1]), max(looks, key=lambda one: one[0] * one[1])
    sizes = f"{least.height}×{least.width}"
    if least[:2] != most[:2]:
        sizes += f" to {most.height}×{most.width}"
    return (
        f"pictures of {sizes} pixels (height × width) are scaled to {shape[1]}×{shape[2]}, and what sticks "
        "out is cut off; --input-size asks for another size"
    )


def _size(size: Any) -> tuple[int, int]:
    """Height and width: 64 is 64×64."""
    both = list(size) if isinstance(size, list | tuple) else [size, size]
    if len(both) != 2:
        raise UsageError(f"input_size must be one whole number or two, height and width; it is {size!r}")
    return whole("input_size", both[0], 1), whole("input_size", both[1], 1)
