"""Many pictures' files as one array: every file in the channels and the size that they share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.first_reading import First, Head, InFiles, InMemory, Kept, each, stamped
from gradatim.data.picture_examples import LARGEST, Shape, common_shape, look_at, read_example
from gradatim.data.picture_notices import (
    check_lost,
    lost_files,
    moving_pictures,
    scaled_pictures,
    wide_pictures,
)
from gradatim.data.pictures import HeldImage
from gradatim.data.streamed_examples import SLICE, StreamedExamples, digest_of, stamp_of
from gradatim.data.streaming import Beside, must_stream

MOST_LOST = 0.5  # of the files, beyond which the rest is not learned from


class Pictures(NamedTuple):
    """The pictures that could be read, the numbers of their files among those given, and what is odd."""

    x: Any  # (N, C, H, W) bytes: an array, or StreamedExamples
    kept: list[int]
    notices: tuple[str, ...]


class PictureFiles:
    """How pictures are read from files in the shape of an example: a `Decoder`."""

    noun = "picture"

    def __init__(self, paths: Sequence[Path], shape: Shape):
        self._paths, self._shape = paths, shape

    def path(self, number: int) -> Path:
        """A picture's file."""
        return self._paths[number]

    def stamp(self, number: int) -> tuple[int, int]:
        """The file's size and its time of change."""
        return stamp_of(self._paths[number])

    def read(self, number: int) -> np.ndarray:
        """The picture, (C, H, W)."""
        return read_example(self._paths[number], self._shape)[0]


def read_pictures(
    paths: Sequence[Path | HeldImage], shape: Shape | None = None, size: Any = None, largest: int = LARGEST,
    most_lost: float = MOST_LOST, streaming: str = "no", head: Head | None = None,
    beside: Beside | None = None,
) -> Pictures:  # fmt: skip
    """The pictures in one shape, which is theirs in common when None; files that cannot be read are counted.

    Of 16 bits a number the eight higher are read, of several frames the first; both are said. With
    `streaming` "yes", or "auto" where they would fill the memory, they stay in their files, of which each is
    read once here; `head` is what stands before them where examples are hashed, by the files that are kept
    and the shape; `beside` what is held in memory in any case.

    Raises GradatimError where none can be read, and where more than the share `most_lost` of them cannot.
    """
    failed: list[GradatimError] = []
    is_open = shape is None
    seen = dict(each(range(len(paths)), lambda number: look_at(paths[number]), failed, SLICE))
    check_lost(failed, len(paths), most_lost)
    if seen and shape is None:
        shape = common_shape(list(seen.values()), size, largest)
    assert shape is not None
    places = [one for one in paths if isinstance(one, Path)]
    held = len(places) < len(paths)  # images in memory, which have no file to stay in
    reason = "" if held else must_stream(streaming, len(seen), shape, beside)
    decoder, numbers = PictureFiles(places, shape), list(seen)

    def read_one(number: int) -> tuple[First, int | None]:
        stamp = stamped(decoder, number) if reason else None
        x, wide = read_example(paths[number], shape)
        return First(number, x, stamp), wide

    keep: Kept = InMemory(len(numbers), shape)
    if reason:
        keep = InFiles(len(numbers), shape, decoder, head and head(numbers, shape))
    wide = {}
    for number, (one, most) in each(numbers, read_one, failed, SLICE):
        keep.add(one)
        if most is not None:
            wide[number] = most
    check_lost(failed, len(paths), most_lost)
    notices = [
        *lost_files(failed, len(paths)),
        *wide_pictures(wide, paths),
        *moving_pictures([n for n in keep.numbers if seen[n].is_animated], paths),
        *([reason] if reason else []),
    ]
    if any(seen[number][:2] != shape[1:] for number in keep.numbers):
        notices.append(scaled_pictures([seen[number] for number in keep.numbers], shape, is_open))
    return Pictures(keep.x(), keep.numbers, tuple(notices))


def copies(x: Any) -> list[tuple[int, int]]:
    """The examples that are equal to an earlier one: the earlier's number and their own."""
    first: dict[bytes, int] = {}
    found = []
    for number, digest in enumerate(digests_of(x)):
        earlier = first.setdefault(digest, number)
        if earlier != number:
            found.append((earlier, number))
    return found


def digests_of(x: Any) -> list[bytes]:
    """SHA-256 of each example's bytes."""
    return x.digests() if isinstance(x, StreamedExamples) else [digest_of(one) for one in x]
