"""Pictures that stay in their files, and are decoded where they are read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.channel_moments import ChannelMoments
from gradatim.data.decoding_ahead import AHEAD, ahead, decoding_threads
from gradatim.data.picture_examples import Shape, read_example
from gradatim.data.pillow_warnings import QUIET

SLICE = 32  # pictures that a thread decodes in one piece
BLOCK = 512  # pictures that are hashed, or read for a loop over all of them, together
BYTES = np.dtype(np.uint8)
MOST_AT_ONCE = 1 << 28  # bytes that become an array where nobody asked for some of them at a time


class PictureChanged(GradatimError):
    """A file that is learned from has changed, or is there no more."""


@dataclass(frozen=True)
class PictureFiles:
    """What the first reading has found of files: (N,) of each, and `hashed`, the digest after their bytes.

    `stamps` are size and time of change, `digests` those of the decoded pictures; `total`, `squares`,
    `low` and `high` (N, C) are of the numbers of each channel.
    """

    paths: list[Path]
    shape: Shape
    stamps: list[tuple[int, int]]
    digests: list[bytes]
    total: np.ndarray
    squares: np.ndarray
    low: np.ndarray
    high: np.ndarray
    hashed: tuple[bytes, Any] | None = None

    def read(self, number: int) -> np.ndarray:
        """A picture (C, H, W); PictureChanged where its file is another than the first time."""
        path = self.paths[number]
        try:
            same = stamp_of(path) == self.stamps[number]
            found, _ = read_example(path, self.shape)
        except (OSError, GradatimError) as error:
            what = "can be read no more" if path.exists() else "is there no more"
            raise PictureChanged(f"{path} {what}, and the network learns from it: bring it back") from error
        if not same and digest_of(found) != self.digests[number]:
            raise PictureChanged(
                f"{path} shows another picture than at the first reading: bring that one back"
            )
        return found


@dataclass(frozen=True)
class StreamedPictures:
    """Pictures in files as an array (N, C, H, W) that holds none of them.

        x[rows]       names these pictures, and decodes none
        x.read()      decodes all of them, by threads
        x.ahead(...)  decodes groups of them in order, some ahead of the one that is taken

    Every number is what it would be in memory. `encoded(encode, dtype)` are the same pictures as a network
    sees them. NumPy's functions may take them as an array while that is no larger than 256 MiB.

    Raises PictureChanged where a file is another than at the first reading.
    """

    files: PictureFiles
    rows: np.ndarray
    encode: Callable[[np.ndarray], np.ndarray] | None = None
    dtype: Any = BYTES
    example: tuple[int, ...] | None = None  # the shape of an encoded picture, where it is another
    allocate: Callable[[tuple[int, ...]], np.ndarray] | None = field(default=None, compare=False)

    ndim = 4

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, C, H, W)."""
        return (len(self.rows), *(self.example or self.files.shape))

    @property
    def size(self) -> int:
        """How many numbers all of them hold."""
        return int(np.prod(self.shape, dtype=object))

    @property
    def nbytes(self) -> int:
        """The bytes that all of them would take in memory."""
        return self.size * self.dtype.itemsize

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any) -> "StreamedPictures":
        if isinstance(rows, int | np.integer):
            raise UsageError("streamed pictures are taken several at a time")
        return replace(self, rows=self.rows[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.nbytes > MOST_AT_ONCE:
            raise UsageError(
                f"this reads {len(self):,} pictures into memory at once, and they are streamed from their "
                "files: --streaming no holds them in memory, and --input-size makes them smaller"
            )
        found = self.read()
        return found if dtype is None else found.astype(dtype)

    def encoded(
        self, encode: Callable[[np.ndarray], np.ndarray], dtype: Any, example: tuple[int, ...]
    ) -> "StreamedPictures":
        """The same pictures as a network sees them, each encoded when it is decoded."""
        return replace(self, encode=encode, dtype=np.dtype(dtype), example=example)

    def allocated_by(self, allocate: Callable[[tuple[int, ...]], np.ndarray]) -> "StreamedPictures":
        """The same pictures, read into memory that a function gives for a shape."""
        return replace(self, allocate=allocate)

    def read(self) -> np.ndarray:
        """All of them."""
        found = list(self.ahead([np.arange(len(self))], len(self)))
        return found[0]

    def blocks(self, size: int = BLOCK) -> Iterator[np.ndarray]:
        """All of them, some at a time."""
        yield from self.ahead(
            (range(at, min(at + size, len(self))) for at in range(0, len(self), size)), size
        )

    def ahead(self, groups: Iterable[Any], size: int) -> Iterator[np.ndarray]:
        """The pictures of each group of numbers, decoded by threads about two groups of `size` ahead."""
        most = max(AHEAD * decoding_threads(), 2 * -(-size // SLICE))
        for out, is_last in ahead(self._slices(groups), self._fill, most):
            if is_last:
                yield out

    def _slices(self, groups: Iterable[Any]) -> Iterator[tuple[np.ndarray, int, np.ndarray]]:
        """Pieces of groups: the array of the group, where in it the piece begins, and which pictures."""
        for group in groups:
            rows = self.rows[np.asarray(group, dtype=np.int64)]
            shape = (len(rows), *self.shape[1:])
            out = np.empty(shape, self.dtype) if self.allocate is None else self.allocate(shape)
            for at in range(0, max(len(rows), 1), SLICE):
                yield out, at, rows[at : at + SLICE]

    def _fill(self, piece: tuple[np.ndarray, int, np.ndarray]) -> tuple[np.ndarray, bool]:
        """Decode a piece into its place; the array, and whether it was the last of its group."""
        out, at, rows = piece
        with QUIET:
            return self._decoded(out, at, rows)

    def _decoded(self, out: np.ndarray, at: int, rows: np.ndarray) -> tuple[np.ndarray, bool]:
        found = [self.files.read(row) for row in rows.tolist()]
        if found:
            some = np.stack(found)
            out[at : at + len(rows)] = some if self.encode is None else self.encode(some)
        return out, at + len(rows) >= len(out)

    # ---- what the first reading knows of the pictures as they are decoded

    def moments(self) -> ChannelMoments:
        """Mean and deviation of the channels."""
        numbers = len(self) * int(np.prod(self.files.shape[1:]))
        return ChannelMoments(
            numbers, self.files.total[self.rows].sum(0), self.files.squares[self.rows].sum(0)
        )

    def min(self) -> int:
        """The smallest number."""
        return int(self.files.low[self.rows].min())

    def max(self) -> int:
        """The largest number."""
        return int(self.files.high[self.rows].max())

    def mean(self, dtype: Any = None) -> float:
        """The mean of all numbers."""
        moments = self.moments()
        return int(moments.total.sum()) / (moments.n * len(moments.total))

    def digests(self) -> list[bytes]:
        """SHA-256 of each picture's bytes."""
        return [self.files.digests[row] for row in self.rows.tolist()]

    def hash_after(self, head: bytes) -> Any:
        """SHA-256 of some bytes, type and shape, and all the pictures' bytes, to go on with.

        The first reading has it for the head that it foresaw; else all the pictures are read again.
        """
        begin = head + head_of_array(self)
        if self.files.hashed is not None and self.files.hashed[0] == begin and _is_all(self):
            return self.files.hashed[1].copy()
        digest = sha256(begin)
        for block in self.blocks():
            digest.update(block.data.cast("B"))
        return digest


def head_of_array(x: Any) -> bytes:
    """Type and shape, as they stand before an array's bytes where it is hashed."""
    return f"{x.dtype.str}{x.shape}".encode()


def digest_of(picture: np.ndarray) -> bytes:
    """SHA-256 of a picture's bytes."""
    return sha256(np.ascontiguousarray(picture).data.cast("B")).digest()


def stamp_of(path: Path) -> tuple[int, int]:
    """A file's size and its time of change."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _is_all(x: StreamedPictures) -> bool:
    return len(x) == len(x.files.paths) and bool((x.rows == np.arange(len(x))).all())
