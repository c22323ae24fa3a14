"""Rows for the NumPy engine: examples in memory, gathered in the order of the epoch."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.at_once import at_once
from gradatim.data.dataset import Dataset
from gradatim.data.inputs import Inputs
from gradatim.data.sparse_rows import SparseRows
from gradatim.functional.void import known_shares
from gradatim.random import permutation
from gradatim.training.batches.layout import BatchSettings, Trial, leaves_one

Batch = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # inputs, targets, weights
CHUNK = 64  # batches gathered at once, so that a small batch is a view
CHUNK_BYTES = 1 << 20  # of them, or one batch: what no longer fits the cache is not gathered ahead


def batches_at_once(size: int) -> int:
    """How many batches of so many bytes are gathered at once: one, where they are large.

    >>> batches_at_once(32 * 64 * 4), batches_at_once(128 * 3 * 32 * 32 * 4)
    (64, 1)
    """
    return max(1, min(CHUNK, CHUNK_BYTES // max(1, size)))


def targets_of(data: Any) -> np.ndarray:
    """The targets, (N, 0) where there are none; UsageError for what no loss can read, and for no example."""
    if not len(data):
        raise UsageError("there is nothing to learn from: the data hold no example")
    if data.y is None:
        return np.zeros((len(data), 0))
    if data.y.dtype.kind not in "buif":
        raise UsageError(
            f"targets must be numbers here; they are {data.y.dtype}. load_data((x, y)) numbers labels"
        )
    return data.y


def weights_of(
    y: np.ndarray, weights: np.ndarray | None, class_weight: np.ndarray | None
) -> np.ndarray | None:
    """Every answer's weight: its own times its class's."""
    if class_weight is None:
        return weights
    beyond = (y < 0) | (y >= len(class_weight))
    if beyond.any():
        raise UsageError(
            f"class_weight has a number for the classes 0 … {len(class_weight) - 1}; example "
            f"{int(beyond.argmax())} is of class {y[beyond.argmax()]}"
        )
    return class_weight[y.astype(np.int64)] * (1.0 if weights is None else weights)


def shares_of_known(data: Any) -> np.ndarray | None:
    """The share of each mask's pixels that are known, (N,), by which its picture is weighed: so all known
    pixels count alike, as in torch's mean with ignore_index. None where all are known, and of what are no
    masks.
    """
    return known_shares(data.y) if data.task == "segmentation" and data.y is not None else None


def as_rows(x: Any, dtype: Any) -> Any:
    """Rows in a precision, in one piece of memory where they are dense."""
    return x.astype(dtype) if isinstance(x, SparseRows) else np.ascontiguousarray(x, dtype)


class NumPyRows:
    """A Dataset as the NumPy engine reads it.

    The order of an epoch is permutation(seed, epoch), so any batch can be found; it is the torch engine's.
    """

    foreign = False
    shuffled = True

    def __init__(self, data: Dataset, how: BatchSettings):
        y = targets_of(data)
        if isinstance(data.x, Inputs):
            raise UsageError("a network by hand reads one input; several inputs need a torch module")
        self.size, self.seed = how.size, how.seed
        self.x: Any = as_rows(data.x, how.dtype)
        self.y = np.ascontiguousarray(y, how.dtype if y.dtype.kind == "f" else np.int64)
        w = weights_of(y, data.weights, how.class_weight)
        self.w = None if w is None else np.ascontiguousarray(w, how.dtype)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (len(self.x) + self.size - 1) // self.size

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on, shuffled unless `shuffled` is false."""
        order = permutation(self.seed, number, len(self.x)) if self.shuffled else np.arange(len(self.x))
        step = self.size * batches_at_once(self.size * self.x[:1].nbytes)
        for first in range(start * self.size, len(order), step):
            rows = order[first : first + step]
            w = None if self.w is None else self.w[rows]
            yield from _cut(self.x.take(rows, 0), self.y.take(rows, 0), w, self.size)

    def in_order(self) -> Iterator[Batch]:
        """Every example once, as it stands, in large batches."""
        yield from _cut(self.x, self.y, self.w, at_once(self.x.shape[1:]))

    def trial(self) -> Trial:
        """The first two examples."""
        return Trial(self.x[:2], self.y[:2], self.y)

    def single(self) -> np.ndarray | None:
        """The first example, where one is left over."""
        return self.x[:1] if leaves_one(len(self.x), self.size) else None


def _cut(x: Any, y: np.ndarray, w: np.ndarray | None, size: int) -> Iterator[Batch]:
    if w is None:
        for at in range(0, len(x), size):
            yield x[at : at + size], y[at : at + size], None
        return
    for at in range(0, len(x), size):
        yield x[at : at + size], y[at : at + size], w[at : at + size]
