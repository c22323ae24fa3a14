"""Pictures and clips that stay in their files, and are decoded where they are read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.channel_moments import ChannelMoments
from gradatim.data.decoding_ahead import AHEAD, ahead, decoding_threads
from gradatim.data.pillow_warnings import QUIET

SLICE = 32  # pictures, or frames of clips, that a thread decodes in one piece
BLOCK = 512  # of them that are hashed, or read for a loop over all of them, together
BYTES = np.dtype(np.uint8)
MOST_AT_ONCE = 1 << 28  # bytes that become an array where nobody asked for some of them at a time
Shape = tuple[int, ...]  # of an example: (C, H, W), or (C, T, H, W)


class FileChanged(GradatimError):
    """A file that is learned from has changed, or is there no more."""


class Decoder(Protocol):
    """How the examples of one kind are read from their files, each by its number among them."""

    noun: str  # what an example is called

    def path(self, number: int) -> Path:
        """The file, or the folder of files, that an example is read from."""

    def stamp(self, number: int) -> Any:
        """What is another where the file was written to; OSError where it is not there."""

    def read(self, number: int) -> np.ndarray:
        """The example's bytes, the same ones from the same file; GradatimError where it cannot be read."""


@dataclass(frozen=True)
class ExampleFiles:
    """What the first reading has found of N examples in files, and how each is read again.

    `numbers` are those by which the decoder knows them, `shape` is that of an example, `stamps` and `digests`
    (N,) are of the files and of the decoded examples; `total`, `squares`, `low` and `high` (N, C) are of the
    numbers of each channel. `hashed` is the digest after some bytes and all the examples' own.
    """

    decoder: Decoder
    numbers: list[int]
    shape: Shape
    stamps: list[Any]
    digests: list[bytes]
    total: np.ndarray
    squares: np.ndarray
    low: np.ndarray
    high: np.ndarray
    hashed: tuple[bytes, Any] | None = None

    def path(self, number: int) -> Path:
        """The file of an example."""
        return self.decoder.path(self.numbers[number])

    def read(self, number: int) -> np.ndarray:
        """An example; FileChanged where its file is another than the first time."""
        known, path = self.numbers[number], self.path(number)
        try:
            same = self.decoder.stamp(known) == self.stamps[number]
            found = self.decoder.read(known)
        except FileChanged:
            raise
        except (OSError, GradatimError) as error:
            what = "can be read no more" if path.exists() else "is there no more"
            raise FileChanged(f"{path} {what}, and the network learns from it: bring it back") from error
        if not same and digest_of(found) != self.digests[number]:
            raise FileChanged(
                f"{path} shows another {self.decoder.noun} than at the first reading: bring that one back"
            )
        return found


@dataclass(frozen=True)
class StreamedExamples:
    """Pictures in files as an array (N, C, H, W), or clips (N, C, T, H, W), that holds none of them.

        x[rows]       names these examples, and decodes none
        x.read()      decodes all of them, by threads
        x.ahead(...)  decodes groups of them in order, some ahead of the one that is taken

    Every number is what it would be in memory. `encoded(encode, dtype)` are the same examples as a network
    sees them. NumPy's functions may take them as an array while that is no larger than 256 MiB.

    Raises FileChanged where a file is another than at the first reading.
    """

    files: ExampleFiles
    rows: np.ndarray
    encode: Callable[[np.ndarray], np.ndarray] | None = None
    dtype: Any = BYTES
    example: tuple[int, ...] | None = None  # the shape of an encoded one, where it is another
    allocate: Callable[[tuple[int, ...]], np.ndarray] | None = field(default=None, compare=False)

    @property
    def ndim(self) -> int:
        """The number of axes: 4 of pictures, 5 of clips."""
        return len(self.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, C, H, W), or (N, C, T, H, W)."""
        return (len(self.rows), *(self.example or self.files.shape))

    @property
    def size(self) -> int:
        """How many numbers all of them hold."""
        return int(np.prod(self.shape, dtype=object))

    @property
    def nbytes(self) -> int:
        """The bytes that all of them would take in memory."""
        return self.size * self.dtype.itemsize

    @property
    def noun(self) -> str:
        """What one of them is called: picture or clip."""
        return self.files.decoder.noun

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any) -> "StreamedExamples":
        if isinstance(rows, int | np.integer):
            raise UsageError(f"streamed {self.noun}s are taken several at a time")
        return replace(self, rows=self.rows[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.nbytes > MOST_AT_ONCE:
            raise UsageError(
                f"this reads {len(self):,} {self.noun}s into memory at once, and they are streamed from "
                "their files: --streaming no holds them in memory, and --input-size makes them smaller"
            )
        found = self.read()
        return found if dtype is None else found.astype(dtype)

    def encoded(
        self, encode: Callable[[np.ndarray], np.ndarray], dtype: Any, example: tuple[int, ...]
    ) -> "StreamedExamples":
        """The same as a network sees them, each encoded when it is decoded."""
        return replace(self, encode=encode, dtype=np.dtype(dtype), example=example)

    def allocated_by(self, allocate: Callable[[tuple[int, ...]], np.ndarray]) -> "StreamedExamples":
        """The same, read into memory that a function gives for a shape."""
        return replace(self, allocate=allocate)

    def read(self) -> np.ndarray:
        """All of them."""
        found = list(self.ahead([np.arange(len(self))], len(self)))
        return found[0]

    def blocks(self, size: int | None = None) -> Iterator[np.ndarray]:
        """All of them, some at a time."""
        size = size or together(BLOCK, self.files.shape)
        yield from self.ahead(
            (range(at, min(at + size, len(self))) for at in range(0, len(self), size)), size
        )

    def ahead(self, groups: Iterable[Any], size: int) -> Iterator[np.ndarray]:
        """Those of each group of numbers, decoded by threads about two groups of `size` ahead."""
        step = together(SLICE, self.files.shape)
        most = max(AHEAD * decoding_threads(), 2 * -(-size // step))
        for out, is_last in ahead(self._slices(groups, step), self._fill, most):
            if is_last:
                yield out

    def _slices(self, groups: Iterable[Any], step: int) -> Iterator[tuple[np.ndarray, int, np.ndarray]]:
        """Pieces of groups: the array of the group, where in it the piece begins, and which examples."""
        for group in groups:
            rows = self.rows[np.asarray(group, dtype=np.int64)]
            shape = (len(rows), *self.shape[1:])
            out = np.empty(shape, self.dtype) if self.allocate is None else self.allocate(shape)
            for at in range(0, max(len(rows), 1), step):
                yield out, at, rows[at : at + step]

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

    # ---- what the first reading knows of them as they are decoded

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
        """SHA-256 of the bytes of each."""
        return [self.files.digests[row] for row in self.rows.tolist()]

    def hash_after(self, head: bytes) -> Any:
        """SHA-256 of some bytes, type and shape, and the bytes of all of them, to go on with.

        The first reading has it for the head that it foresaw; else all of them are read again.
        """
        begin = head + head_of_array(self.dtype, self.shape)
        if self.files.hashed is not None and self.files.hashed[0] == begin and _is_all(self):
            return self.files.hashed[1].copy()
        digest = sha256(begin)
        for block in self.blocks():
            digest.update(block.data.cast("B"))
        return digest


def together(pictures: int, shape: Shape) -> int:
    """How many examples of a shape are as many pictures, each frame of a clip being one.

    >>> together(32, (3, 96, 96)), together(32, (3, 16, 64, 64))
    (32, 2)
    """
    return max(1, pictures // prod(shape[1:-2]))


def head_of_array(dtype: np.dtype, shape: tuple[int, ...]) -> bytes:
    """Type and shape, as they stand before an array's bytes where it is hashed."""
    return f"{dtype.str}{shape}".encode()


def digest_of(example: np.ndarray) -> bytes:
    """SHA-256 of an example's bytes."""
    return sha256(np.ascontiguousarray(example).data.cast("B")).digest()


def stamp_of(path: Path) -> tuple[int, int]:
    """A file's size and its time of change."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _is_all(x: StreamedExamples) -> bool:
    return len(x) == len(x.files.numbers) and bool((x.rows == np.arange(len(x))).all())
