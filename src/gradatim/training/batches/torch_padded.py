"""Sequences of different lengths for the torch engine: batches of like lengths, padded."""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gradatim.data.at_once import AT_ONCE, NUMBERS
from gradatim.data.ragged import Ragged
from gradatim.training.batches.layout import BatchSettings, Trial, leaves_one
from gradatim.training.batches.like_lengths import batches_of
from gradatim.training.batches.numpy_rows import targets_of, weights_of
from gradatim.training.batches.torch_rows import tensor_of

WIDTH = 128  # numbers that a network makes of one step, where its input has fewer: for its memory's sake


class Sequences(NamedTuple):
    """A batch of inputs, with which a network is called as network(values, lengths).

    values (N, T, …), zero behind the end of each sequence; lengths (N,).
    """

    values: Tensor
    lengths: Tensor


class TorchPadded:
    """Ragged sequences on the device, in batches that are padded to their longest.

    An epoch's batches are a function of (seed, epoch), see `batches_of`, so any of them can be found.

    Of an answer a step, targets (Σ L_i, …) and weights (Σ L_i,) stand as the network's outputs do: one row
    for each step that is not padding, so that padding is in no loss.
    """

    foreign = False
    shuffled = True

    def __init__(self, data: Ragged, how: BatchSettings):
        y = targets_of(data)
        self.size, self.how, self.data = how.size, how, data
        self.lengths, self.starts = data.lengths, data.offsets[:-1]
        self.values = tensor_of(data.values).to(how.device)
        several = self.values.ndim > 1 and not data.are_symbols
        numbers = several or self.values.is_floating_point()  # others are looked up
        self.values = self.values.to(how.dtype) if numbers else self.values.long()
        self.y = tensor_of(y).to(how.device)
        self.y = self.y.to(how.dtype) if self.y.is_floating_point() else self.y.long()
        weights = data.weights
        if weights is not None and data.per_step:
            weights = np.repeat(weights, self.lengths)
        weights = weights_of(y, weights, how.class_weight)
        self.w = None if weights is None else tensor_of(weights).to(how.device, how.dtype)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (len(self.lengths) + self.size - 1) // self.size

    def epoch(self, number: int, start: int = 0) -> Iterator[tuple[Sequences, Tensor, Tensor | None]]:
        """The batches of an epoch from batch `start` on; in the sequences' own order without `shuffled`."""
        rows, batches = self._order(number)
        for batch in batches[start:]:
            yield self._batch(rows[batch * self.size : (batch + 1) * self.size])

    def in_order(self) -> Iterator[tuple[Sequences, Tensor, Tensor | None]]:
        """Every sequence once, the short ones first, in large batches."""
        rows = np.argsort(self.lengths, kind="stable")
        numbers = (
            max(prod(self.values.shape[1:]), WIDTH) * self.lengths[rows]
        )  # of each, and of no shorter one
        while len(rows):
            room = np.searchsorted(numbers * np.arange(1, len(rows) + 1), NUMBERS, "right")
            size = max(1, min(AT_ONCE, int(room)))
            yield self._batch(rows[:size])
            rows, numbers = rows[size:], numbers[size:]

    def trial(self) -> Trial:
        """The first two sequences, and the one with the largest number, which the network must know."""
        place = int(self.data.values.reshape(len(self.values), -1).max(1).argmax())
        largest = int(np.searchsorted(self.data.offsets, place, "right")) - 1
        x, y, _ = self._batch(np.unique([0, min(1, len(self.lengths) - 1), largest]))
        return Trial(x, y, self.y, "padded sequences, as network(values, lengths)")

    def single(self) -> Sequences | None:
        """The shortest sequence, where one is left over."""
        alone = leaves_one(len(self.lengths), self.size)
        return self._batch(np.array([self.lengths.argmin()]))[0] if alone else None

    def _order(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The sequences as they are cut into batches, and the order of the batches."""
        if not self.shuffled:
            return np.arange(len(self.lengths)), np.arange(len(self))
        return batches_of(number, [self.lengths], self.how)

    def _batch(self, rows: np.ndarray) -> tuple[Sequences, Tensor, Tensor | None]:
        """These sequences, padded, with what belongs to them."""
        lengths, device = self.lengths[rows], self.values.device
        steps = np.arange(lengths.max())
        real = steps < lengths[:, None]  # (N, T)
        places = np.where(real, self.starts[rows, None] + steps, 0)
        there = torch.from_numpy(real).to(device)
        values = self.values[torch.from_numpy(places).to(device)]
        values = values * there.reshape(*there.shape, *(1 for _ in values.shape[2:])).to(values.dtype)
        answers = torch.from_numpy(places[real] if self.data.per_step else rows).to(device)
        w = None if self.w is None else self.w[answers]
        return Sequences(values, torch.from_numpy(lengths).to(device)), self.y[answers], w
