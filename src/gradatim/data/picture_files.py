"""Many pictures' files as one array: every file in the channels and the size that they share."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError, UsageError, whole
from gradatim.data.pictures import SUFFIXES, HeldImage, opened_picture, read_with_facts

LARGEST = 96  # a side of a common size that was not asked for
GREY = {"1", "L", "LA"}  # modes of a file
ANIMATED = (
    "GIF",
    "PNG",
    "WEBP",
    "TIFF",
)  # formats of several frames; not MPO, a camera's picture and its preview
MOST_LOST = 0.5  # of the files, beyond which the rest is not learned from
TOLD = 3  # files that are named
TURNED = (5, 6, 7, 8)  # a camera's notes by which height and width change places
OTHERS = {"__macosx"}  # folders that belong to nobody
Shape = tuple[int, int, int]  # channels, height, width


class Look(NamedTuple):
    """What a file's head says of its picture."""

    height: int
    width: int
    is_grey: bool
    is_animated: bool = False


class ScaledNotice(str):
    """The notice that pictures are scaled and cut, which does not hold where answers have their own size."""


class Pictures(NamedTuple):
    """The pictures that could be read, the numbers of their files among those given, and what is odd."""

    x: np.ndarray  # (N, C, H, W) bytes
    kept: list[int]
    notices: tuple[str, ...]


def folders_in(folder: Path) -> list[Path]:
    """The folders inside one, by name; hidden ones are nobody's, and one that leads back is left out."""
    found = [one for one in _entries(folder) if one.is_dir() and one.name.lower() not in OTHERS]
    return [one for one in found if not (one.is_symlink() and folder.resolve().is_relative_to(one.resolve()))]


def _folders_below(folder: Path, top: Path, seen: set[Path]) -> Iterator[Path]:
    """The folders inside one that lies below `top`: links to folders below `top`, which are walked without
    them, to those that have been `seen`, and to those that `top` lies in are left out.
    """
    for one in folders_in(folder):
        if one.is_symlink():
            place = one.resolve()
            if place in seen or place.is_relative_to(top) or top.is_relative_to(place):
                continue
            seen.add(place)
        yield one


def files_in(folder: Path) -> list[Path]:
    """The files that lie in a folder itself, by name, without the hidden ones."""
    return [one for one in _entries(folder) if one.is_file()]


def files_below(folder: Path) -> Iterator[Path]:
    """The files in a folder and in the folders inside it, at any depth, by their path.

    Links are followed, each folder that they lead to once, so that no two of them go round in a circle.
    """
    yield from _files_below(folder, folder.resolve(), set())


def _files_below(folder: Path, top: Path, seen: set[Path]) -> Iterator[Path]:
    yield from files_in(folder)
    for one in _folders_below(folder, top, seen):
        yield from _files_below(one, top, seen)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder and is not hidden, by name."""
    try:
        return sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from error


def is_picture_file(path: Path) -> bool:
    """Whether a file is a picture by its name."""
    return path.suffix.lower() in SUFFIXES


def look_at(path: Path | HeldImage) -> Look:
    """Size, colours and whether it moves, as the file's head says; GradatimError where no picture begins."""
    with opened_picture(path) as image:
        height, width = image.height, image.width
        if image.getexif().get(0x0112) in TURNED:
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
    paths: Sequence[Path | HeldImage], shape: Shape | None = None, size: Any = None, largest: int = LARGEST,
    most_lost: float = MOST_LOST,
) -> Pictures:  # fmt: skip
    """The pictures in one shape, which is theirs in common when None; files that cannot be read are counted.

    Of 16 bits a number the eight higher are read, of several frames the first; both are said. Raises
    GradatimError where none can be read, and where more than the share `most_lost` of them cannot.
    """
    failed: list[GradatimError] = []
    is_open = shape is None
    seen = _each(list(enumerate(paths)), lambda one: (one[0], look_at(one[1])), failed)
    _check_lost(failed, len(paths), most_lost)
    if seen and shape is None:
        shape = common_shape([look for _, look in seen], size, largest)
    wide: dict[int, int] = {}

    def read_one(one: tuple[int, Look]) -> tuple[int, np.ndarray]:
        picture, facts = read_with_facts(paths[one[0]], may_round=True)
        if "wide" in facts:
            wide[one[0]] = facts["wide"]
        return one[0], as_example(picture, shape)  # type: ignore[arg-type]

    read = _each(seen, read_one, failed)
    _check_lost(failed, len(paths), most_lost)
    assert shape is not None
    looks = dict(seen)
    kept = [number for number, _ in read]
    notices = [
        *_lost(failed, len(paths)),
        *_wide(wide, paths),
        *_moving([n for n in kept if looks[n].is_animated], paths),
    ]
    if any(looks[number][:2] != shape[1:] for number in kept):
        notices.append(_scaled([looks[number] for number in kept], shape, is_open))
    return Pictures(np.stack([x for _, x in read]), kept, tuple(notices))


def _check_lost(failed: Sequence[GradatimError], files: int, most: float) -> None:
    """Raise GradatimError where more than the share `most` of the files cannot be read, or none can."""
    told = "; ".join(map(str, failed[:TOLD])) + ("; …" if len(failed) > TOLD else "")
    if len(failed) == files == 1:
        raise failed[0]
    if len(failed) == files:
        first = f": {told}" if failed else ""
        raise GradatimError(f"none of the {files:,} pictures can be read{first}")
    if len(failed) > most * files:
        raise GradatimError(
            f"{len(failed):,} of {files:,} pictures cannot be read, more than half: the rest is not used. "
            f"The first: {told}"
        )


def _lost(failed: Sequence[GradatimError], files: int) -> Iterator[str]:
    """How many files cannot be read, and why not the first."""
    if failed:
        one = len(failed) == 1
        some = f"{len(failed):,} of {files:,} files cannot be read and {'is' if one else 'are'} left out"
        yield f"{some}; {'it says' if one else 'the first'}: {failed[0]}"


def _wide(wide: dict[int, int], paths: Sequence[Path | HeldImage]) -> Iterator[str]:
    """That pictures have 16 bits a number, and where these hold fewer than it seems."""
    if not wide:
        return
    largest = max(wide.values())
    some = (
        f"{_are(len(wide), paths[min(wide)])} of 16 bits a channel, of which the eight higher ones are read"
    )
    dark = f"; the largest number in them is {largest:,} of 65,535: spread them first, or little is left"
    yield some + (dark if largest < 1 << 14 else "")


def _moving(moving: Sequence[int], paths: Sequence[Path | HeldImage]) -> Iterator[str]:
    """That of several frames only the first is read."""
    if moving:
        yield f"{_are(len(moving), paths[moving[0]])} of several frames, of which the first is read"


def _are(n: int, first: Path | HeldImage) -> str:
    return f"{n:,} picture{'' if n == 1 else 's'} (such as {first.name}) {'is' if n == 1 else 'are'}"


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


def _scaled(looks: Sequence[Look], shape: Shape, is_open: bool) -> ScaledNotice:
    """That pictures are scaled, and, where the size `is_open`, how another is asked for."""
    least, most = min(looks, key=lambda one: one[0] * one[1]), max(looks, key=lambda one: one[0] * one[1])
    sizes = f"{least.height}×{least.width}"
    if least[:2] != most[:2]:
        sizes += f" to {most.height}×{most.width}"
    return ScaledNotice(
        f"pictures of {sizes} pixels (height × width) are scaled to {shape[1]}×{shape[2]}"
        f"{'' if is_open else ', as those that were learned from'}, and what sticks out is cut off"
        f"{'; --input-size asks for another size' if is_open else ''}"
    )


def _size(size: Any) -> tuple[int, int]:
    """Height and width: 64 is 64×64."""
    both = list(size) if isinstance(size, list | tuple) else [size, size]
    if len(both) != 2:
        raise UsageError(f"input_size must be one whole number or two, height and width; it is {size!r}")
    return whole("input_size", both[0], 1), whole("input_size", both[1], 1)
