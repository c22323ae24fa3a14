"""Many pictures' files as one array: every file in the channels and the size that they share."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.channel_moments import sums_of_pictures
from gradatim.data.decoding_ahead import ahead
from gradatim.data.picture_examples import LARGEST, Shape, common_shape, look_at, read_example
from gradatim.data.picture_notices import (
    check_lost,
    lost_files,
    moving_pictures,
    scaled_pictures,
    wide_pictures,
)
from gradatim.data.pictures import HeldImage
from gradatim.data.pillow_warnings import QUIET
from gradatim.data.streamed_pictures import (
    SLICE,
    PictureFiles,
    StreamedPictures,
    digest_of,
    stamp_of,
)
from gradatim.data.streaming import Beside, must_stream

MOST_LOST = 0.5  # of the files, beyond which the rest is not learned from
Head = Callable[[Sequence[int], Shape], bytes]


class Pictures(NamedTuple):
    """The pictures that could be read, the numbers of their files among those given, and what is odd."""

    x: Any  # (N, C, H, W) bytes: an array, or StreamedPictures
    kept: list[int]
    notices: tuple[str, ...]


class _Read(NamedTuple):
    """A picture of the first reading: its file's number, and what a stream keeps of it."""

    number: int
    picture: np.ndarray
    wide: int | None
    stamp: tuple[int, int] | None


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
    seen = dict(_each(range(len(paths)), lambda number: look_at(paths[number]), failed))
    check_lost(failed, len(paths), most_lost)
    if seen and shape is None:
        shape = common_shape(list(seen.values()), size, largest)
    assert shape is not None
    places = [one for one in paths if isinstance(one, Path)]
    held = len(places) < len(paths)  # images in memory, which have no file to stay in
    reason = "" if held else must_stream(streaming, len(seen), shape, beside)

    def read_one(number: int) -> _Read:
        stamp = _stamp(places[number]) if reason else None
        return _Read(number, *read_example(paths[number], shape), stamp)

    read = (one for _, one in _each(list(seen), read_one, failed))
    keep = _Streamed(places, shape, list(seen), head) if reason else _InMemory(len(seen), shape)
    wide = {}
    for one in read:
        keep.add(one)
        if one.wide is not None:
            wide[one.number] = one.wide
    check_lost(failed, len(paths), most_lost)
    notices = [
        *lost_files(failed, len(paths)),
        *wide_pictures(wide, paths),
        *moving_pictures([n for n in keep.kept if seen[n].is_animated], paths),
        *([reason] if reason else []),
    ]
    if any(seen[number][:2] != shape[1:] for number in keep.kept):
        notices.append(scaled_pictures([seen[number] for number in keep.kept], shape, is_open))
    return Pictures(keep.x(), keep.kept, tuple(notices))


class _InMemory:
    """The pictures as they come, in one array."""

    def __init__(self, files: int, shape: Shape):
        self.kept: list[int] = []
        self._x = np.empty((files, *shape), np.uint8)

    def add(self, one: _Read) -> None:
        """Put a picture behind the others."""
        self._x[len(self.kept)] = one.picture
        self.kept.append(one.number)

    def x(self) -> np.ndarray:
        """All of them."""
        return self._x[: len(self.kept)]


class _Streamed:
    """What is kept of pictures that stay in their files, hashed one behind the other."""

    def __init__(self, paths: Sequence[Path], shape: Shape, numbers: list[int], head: Head | None):
        self.kept: list[int] = []
        self._paths, self._shape = paths, shape
        self._stamps: list[tuple[int, int]] = []
        self._digests: list[bytes] = []
        self._of_channels: list[tuple[np.ndarray, ...]] = []
        self._begin = None
        if head is not None:  # as if all of them could be read
            self._begin = head(numbers, shape) + f"{np.dtype(np.uint8).str}{(len(numbers), *shape)}".encode()
            self._hash = sha256(self._begin)

    def add(self, one: _Read) -> None:
        """Keep what is known of a picture."""
        picture = np.ascontiguousarray(one.picture)
        assert one.stamp is not None
        self.kept.append(one.number)
        self._stamps.append(one.stamp)
        self._digests.append(digest_of(picture))
        flat = picture.reshape(len(picture), -1)
        total, squares = sums_of_pictures(picture[None])
        self._of_channels.append((total[0], squares[0], flat.min(1), flat.max(1)))
        if self._begin is not None:
            self._hash.update(picture.data.cast("B"))

    def x(self) -> StreamedPictures:
        """The pictures."""
        total, squares, low, high = (np.stack(part) for part in zip(*self._of_channels, strict=True))
        files = PictureFiles(
            [self._paths[number] for number in self.kept], self._shape, self._stamps, self._digests,
            total, squares, low, high, None if self._begin is None else (self._begin, self._hash),
        )  # fmt: skip
        return StreamedPictures(files, np.arange(len(self.kept)))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        return stamp_of(path)
    except OSError as error:
        raise GradatimError(f"{path} cannot be read: {error.strerror}") from error


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
    return x.digests() if isinstance(x, StreamedPictures) else [digest_of(one) for one in x]


def _each(
    numbers: Sequence[int], do: Callable[[int], Any], failed: list[GradatimError]
) -> Iterator[tuple[int, Any]]:
    """What is done of each by its number, by threads and in order, but for those that fail."""

    def some(first: int) -> list[tuple[int, Any]]:
        found = []
        with QUIET:
            for number in numbers[first : first + SLICE]:
                try:
                    found.append((number, do(number)))
                except GradatimError as error:
                    found.append((number, error))
        return found

    for found in ahead(range(0, len(numbers), SLICE), some):
        for number, one in found:
            if isinstance(one, GradatimError):
                failed.append(one)
            else:
                yield number, one
