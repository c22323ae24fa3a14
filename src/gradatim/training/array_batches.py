"""The NumPy engine's batches: examples in memory, gathered in the order of the epoch."""

from collections.abc import Iterator
from math import prod

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.random import permutation

Batch = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # inputs, targets, weights
CHUNK = 64  # batches gathered at once, so that a small batch is a view
CHUNK_BYTES = 1 << 20  # of them, or one batch: what no longer fits the cache is not gathered ahead
AT_ONCE = 4096  # examples evaluated at once
NUMBERS = 1 << 22  # in those examples


def at_once(shape: tuple[int, ...]) -> int:
    """How many examples of a shape are evaluated at once: fewer large ones, for a network's memory's sake.

    >>> at_once((1, 28, 28)), at_once((3, 224, 224))
    (4096, 27)
    """
    return max(1, min(AT_ONCE, NUMBERS // max(1, prod(shape))))


def gathered(batch: int) -> int:
    """How many batches of so many bytes are gathered at once: one, where they are large.

    >>> gathered(32 * 64 * 4), gathered(128 * 3 * 32 * 32 * 4)
    (64, 1)
    """
    return max(1, min(CHUNK, CHUNK_BYTES // max(1, batch)))


def usable(data: Dataset) -> np.ndarray:
    """The targets, if there is anything to learn from; UsageError otherwise."""
    if data.y is None:
        raise UsageError("the data have no target to learn")
    if data.y.dtype.kind not in "buif":
        raise UsageError(
            f"targets must be numbers here; they are {data.y.dtype}. load_data((x, y)) numbers labels"
        )
    if not len(data):
        raise UsageError("there is nothing to learn from: the data hold no example")
    return data.y


def weights_of(data: Dataset, class_weights: np.ndarray | None) -> np.ndarray | None:
    """Every example's weight: its own times its class's."""
    if class_weights is None:
        return data.weights
    y = usable(data)
    beyond = (y < 0) | (y >= len(class_weights))
    if beyond.any():
        raise UsageError(
            f"class_weight has a number for the classes 0 … {len(class_weights) - 1}; example "
            f"{int(beyond.argmax())} is of class {y[beyond.argmax()]}"
        )
    return class_weights[y.astype(np.int64)] * (1.0 if data.weights is None else data.weights)


class Arrays:
    """A Dataset as the NumPy engine reads it.

    The order of an epoch is permutation(seed, epoch), so any batch can be found; it is the torch engine's.
    """

    foreign = False
    shuffled = True

    def __init__(
        self, data: Dataset, batch_size: int, seed: int, dtype: np.dtype,
        class_weights: np.ndarray | None = None,
    ):  # fmt: skip
        y = usable(data)
        self.batch_size, self.seed = batch_size, seed
        self.x = np.ascontiguousarray(data.x, dtype)
        self.y = np.ascontiguousarray(y, dtype if y.dtype.kind == "f" else np.int64)
        w = weights_of(data, class_weights)
        self.w = None if w is None else np.ascontiguousarray(w, dtype)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (len(self.x) + self.batch_size - 1) // self.batch_size

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on, shuffled unless `shuffled` is false."""
        order = permutation(self.seed, number, len(self.x)) if self.shuffled else np.arange(len(self.x))
        step = self.batch_size * gathered(self.batch_size * self.x[:1].nbytes)
        for first in range(start * self.batch_size, len(order), step):
            rows = order[first : first + step]
            w = None if self.w is None else self.w[rows]
            yield from _cut(self.x.take(rows, 0), self.y.take(rows, 0), w, self.batch_size)

    def in_order(self) -> Iterator[Batch]:
        """Every example once, as it stands, in large batches."""
        yield from _cut(self.x, self.y, self.w, at_once(self.x.shape[1:]))


def _cut(x: np.ndarray, y: np.ndarray, w: np.ndarray | None, size: int) -> Iterator[Batch]:
    if w is None:
        for at in range(0, len(x), size):
            yield x[at : at + size], y[at : at + size], None
        return
    for at in range(0, len(x), size):
        yield x[at : at + size], y[at : at + size], w[at : at + size]
