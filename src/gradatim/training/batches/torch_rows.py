"""Rows for the torch engine: examples in memory, on the device."""

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradatim.data.at_once import at_once
from gradatim.data.augmentation.augmentation import Augmentation
from gradatim.data.dataset import Dataset
from gradatim.data.inputs import Inputs
from gradatim.data.sparse_rows import SparseRows
from gradatim.device import in_order
from gradatim.random import permutation
from gradatim.training.batches.layout import BatchSettings, Trial, leaves_one
from gradatim.training.batches.numpy_rows import batches_at_once, shares_of_known, targets_of, weights_of

FRACTIONS = (torch.float64, torch.float32, torch.float16, torch.uint8, torch.bool)  # as a network reads them
Batch = tuple[Any, Tensor, Tensor | None]  # inputs, targets, weights


class TorchRows:
    """A Dataset held on the device.

    The order of an epoch is permutation(seed, epoch), so any batch can be found. Several inputs come as a
    tuple, or by name as a dict. Where pictures are augmented, `epoch` alone changes them.
    """

    foreign = False
    shuffled = True

    def __init__(self, data: Dataset, how: BatchSettings):
        y = targets_of(data)
        self.size, self.seed = how.size, how.seed
        self.x: Any  # a tensor, or Inputs of tensors
        self.x = self.hold(data.x, how)
        if isinstance(data.x, Inputs):
            self.numbers = self.x[:1].size  # in one example
            self.reader = (
                f"the inputs {', '.join(data.x.names)}" if data.x.names else f"{len(data.x.arrays)} inputs"
            )
        else:
            self.numbers, self.reader = prod(data.x.shape[1:]), ""
        self.y = tensor_of(y).to(how.device)
        if self.y.is_floating_point():
            self.y = self.y.to(how.dtype)
        elif not _are_masks(self.y):  # whose pixels are bytes until a batch is made
            self.y = self.y.long()
        own, shares = weights_of(y, data.weights, how.class_weight), shares_of_known(data)
        self.w = self._placed(own if shares is None else shares * (1.0 if own is None else own), how)
        self.augmentation = how.augment and Augmentation(
            how.augment, how.seed, self.x, self.y, self._placed(own, how), has_void=shares is not None
        )

    def _placed(self, weights: np.ndarray | None, how: BatchSettings) -> Tensor | None:
        """Weights on the device, where there are some."""
        return None if weights is None else tensor_of(weights).to(how.device, how.dtype)

    def hold(self, x: Any, how: BatchSettings) -> Any:
        """The inputs on the device."""
        return place(x, how)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (len(self.x) + self.size - 1) // self.size

    def order(self, epoch: int) -> np.ndarray:
        """The order of the examples in an epoch."""
        return permutation(self.seed, epoch, len(self.x)) if self.shuffled else np.arange(len(self.x))

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on, shuffled unless `shuffled` is false."""
        numbers = self.order(number)
        order = torch.from_numpy(numbers).to(self.y.device)
        step = self.size * batches_at_once(self.size * self.x[:1].nbytes)
        for first in range(start * self.size, len(order), step):
            if self.augmentation:
                yield from _cut(*self.augmentation(number, numbers[first : first + step]), self.size)
                continue
            rows = order[first : first + step]
            w = None if self.w is None else self.w[rows]
            yield from _cut(self.x[rows], self.y[rows], w, self.size)

    def in_order(self) -> Iterator[Batch]:
        """Every example once, as it stands, in large batches."""
        yield from _cut(self.x, self.y, self.w, at_once((self.numbers,)))

    def trial(self) -> Trial:
        """The first two examples."""
        x, y, _ = next(_cut(self.x[:2], self.y[:2], None, 2))
        return Trial(x, y, self.y, self.reader)

    def single(self) -> Any | None:
        """The first example, where one is left over."""
        alone = leaves_one(len(self.x), self.size)
        return next(_cut(self.x[:1], self.y[:1], None, 1))[0] if alone else None


class _Sparse:
    """Sparse rows as tensors of dense ones on the device, where they are indexed or split."""

    def __init__(self, rows: SparseRows, how: BatchSettings):
        self.rows, self.how = rows, how

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any) -> Tensor:
        rows = rows.cpu().numpy() if isinstance(rows, Tensor) else rows
        return torch.from_numpy(self.rows[rows]).to(self.how.device, self.how.dtype)

    def split(self, size: int) -> Iterator[Tensor]:
        """One batch of `size` examples after the other."""
        for at in range(0, len(self), size):
            yield self[at : at + size]


def _cut(x: Any, y: Tensor, w: Tensor | None, size: int) -> Iterator[Batch]:
    if w is None:
        for part, target in zip(x.split(size), y.split(size), strict=True):
            yield part, as_targets(target), None
    else:
        for part, target, weights in zip(x.split(size), y.split(size), w.split(size), strict=True):
            yield part, as_targets(target), weights


def _are_masks(y: Tensor) -> bool:
    return y.ndim == 3 and y.dtype == torch.uint8


def as_targets(y: Tensor) -> Tensor:
    """Targets of a batch as losses read them: class numbers of masks, held as bytes, as whole numbers."""
    return y.long() if _are_masks(y) else y


def tensor_of(array: np.ndarray) -> Tensor:
    """An array as torch takes it: contiguous, writable, in the machine's byte order; copied if it is not."""
    return torch.from_numpy(np.require(array, array.dtype.newbyteorder("="), ["C", "W"]))


def place(x: Any, how: BatchSettings) -> Any:
    """Inputs on the device: one array as fractions; of several, whole numbers beyond bytes stay whole."""
    if isinstance(x, SparseRows):
        return _Sparse(x, how)
    if isinstance(x, Inputs):
        return x.map(lambda part: _place(part, how))
    return _place(x, how, alone=True)


def _place(array: np.ndarray, how: BatchSettings, alone: bool = False) -> Tensor:
    """One input on the device; among several, whole numbers beyond bytes stay whole."""
    x = tensor_of(array).to(how.device)
    x = x.to(how.dtype) if alone or x.dtype in FRACTIONS else x.long()
    return x if how.network is None else in_order(x, how.network)
