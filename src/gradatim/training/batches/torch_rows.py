"""Rows for the torch engine: examples in memory, on the device."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from gradatim.data.dataset import Dataset
from gradatim.device import in_order
from gradatim.random import permutation
from gradatim.training.batches.layout import Batching, Trial
from gradatim.training.batches.numpy_rows import at_once, batches_at_once, targets_of, weights_of

Batch = tuple[Tensor, Tensor, Tensor | None]  # inputs, targets, weights


class TorchRows:
    """A Dataset held on the device.

    The order of an epoch is permutation(seed, epoch), so any batch can be found.
    """

    foreign = False
    shuffled = True

    def __init__(self, data: Dataset, how: Batching):
        y = targets_of(data)
        self.size, self.seed = how.size, how.seed
        x = tensor_of(data.x).to(how.device, how.dtype)
        self.x = x if how.network is None else in_order(x, how.network)
        self.y = tensor_of(y).to(how.device)
        self.y = self.y.to(how.dtype) if self.y.is_floating_point() else self.y.long()
        weights = weights_of(y, data.weights, how.class_weight)
        self.w = None if weights is None else tensor_of(weights).to(how.device, how.dtype)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (len(self.x) + self.size - 1) // self.size

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on, shuffled unless `shuffled` is false."""
        numbers = permutation(self.seed, number, len(self.x)) if self.shuffled else np.arange(len(self.x))
        order = torch.from_numpy(numbers).to(self.y.device)
        step = self.size * batches_at_once(self.size * self.x[:1].nbytes)
        for first in range(start * self.size, len(order), step):
            rows = order[first : first + step]
            w = None if self.w is None else self.w[rows]
            yield from _cut(self.x[rows], self.y[rows], w, self.size)

    def in_order(self) -> Iterator[Batch]:
        """Every example once, as it stands, in large batches."""
        yield from _cut(self.x, self.y, self.w, at_once(self.x.shape[1:]))

    def trial(self) -> Trial:
        """The first two examples."""
        return Trial(self.x[:2], self.y[:2], self.y)


def _cut(x: Tensor, y: Tensor, w: Tensor | None, size: int) -> Iterator[Batch]:
    if w is None:
        for part, target in zip(x.split(size), y.split(size), strict=True):
            yield part, target, None
    else:
        yield from zip(x.split(size), y.split(size), w.split(size), strict=True)


def tensor_of(array: np.ndarray) -> Tensor:
    """An array as torch takes it: contiguous, writable, in the machine's byte order; copied if it is not."""
    return torch.from_numpy(np.require(array, array.dtype.newbyteorder("="), ["C", "W"]))
