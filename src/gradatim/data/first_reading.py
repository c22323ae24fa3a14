"""The first reading of many files: what it keeps, whether examples are held in memory or stay in them."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.channel_moments import sums_of_pictures
from gradatim.data.decoding_ahead import ahead
from gradatim.data.pillow_warnings import QUIET
from gradatim.data.streamed_examples import (
    BYTES,
    Decoder,
    ExampleFiles,
    Shape,
    StreamedExamples,
    digest_of,
    head_of_array,
)

Head = Callable[[Sequence[int], Any], bytes]  # what is hashed before examples of these numbers, in a shape


class First(NamedTuple):
    """An example of the first reading: its number, its bytes, and the stamp of its file where it stays."""

    number: int
    x: np.ndarray
    stamp: Any = None


class Kept(Protocol):
    """What is kept of examples as they come; `numbers` are theirs."""

    numbers: list[int]

    def add(self, one: First) -> None:
        """Keep one behind the others."""

    def x(self) -> Any:
        """All of them as an array."""


class InMemory:
    """At most so many examples in one array."""

    def __init__(self, most: int, shape: Shape):
        self.numbers: list[int] = []
        self._x = np.empty((most, *shape), BYTES)

    def add(self, one: First) -> None:
        """Put an example behind the others."""
        self._x[len(self.numbers)] = one.x
        self.numbers.append(one.number)

    def x(self) -> np.ndarray:
        """All of them."""
        return self._x[: len(self.numbers)]


class InFiles:
    """What is known of examples that stay in their files, hashed one behind the other.

    `head` is what stands before them where they are hashed, as if all `most` of them could be read.
    """

    def __init__(self, most: int, shape: Shape, decoder: Decoder, head: bytes | None):
        self.numbers: list[int] = []
        self._shape, self._decoder = shape, decoder
        self._stamps: list[Any] = []
        self._digests: list[bytes] = []
        self._of_channels: list[tuple[np.ndarray, ...]] = []
        self._begin = None if head is None else head + head_of_array(BYTES, (most, *shape))
        self._hash = sha256(self._begin or b"")

    def add(self, one: First) -> None:
        """Keep what is known of an example."""
        x = np.ascontiguousarray(one.x)
        self.numbers.append(one.number)
        self._stamps.append(one.stamp)
        self._digests.append(digest_of(x))
        flat = x.reshape(len(x), -1)
        total, squares = sums_of_pictures(x[None])
        self._of_channels.append((total[0], squares[0], flat.min(1), flat.max(1)))
        if self._begin is not None:
            self._hash.update(x.data.cast("B"))

    def x(self) -> StreamedExamples:
        """All of them."""
        total, squares, low, high = (np.stack(part) for part in zip(*self._of_channels, strict=True))
        files = ExampleFiles(
            self._decoder, self.numbers, self._shape, self._stamps, self._digests, total, squares, low, high,
            None if self._begin is None else (self._begin, self._hash),
        )  # fmt: skip
        return StreamedExamples(files, np.arange(len(self.numbers)))


def each(
    numbers: Sequence[int], do: Callable[[int], Any], failed: list[GradatimError], at_once: int
) -> Iterator[tuple[int, Any]]:
    """What is done of each by its number, by threads, `at_once` of them in a piece, and in order, but for
    those that fail.
    """

    def some(first: int) -> list[tuple[int, Any]]:
        found = []
        with QUIET:
            for number in numbers[first : first + at_once]:
                try:
                    found.append((number, do(number)))
                except GradatimError as error:
                    found.append((number, error))
        return found

    for found in ahead(range(0, len(numbers), at_once), some):
        for number, one in found:
            if isinstance(one, GradatimError):
                failed.append(one)
            else:
                yield number, one


def stamped(decoder: Decoder, number: int) -> Any:
    """The stamp of an example's file; GradatimError where it cannot be asked."""
    try:
        return decoder.stamp(number)
    except OSError as error:
        raise GradatimError(f"{decoder.path(number)} cannot be read: {error.strerror}") from error
