"""Inputs and the sequences that belong to them for the torch engine: batches of like lengths, padded."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from gradatim.data.at_once import NUMBERS
from gradatim.data.pairs import PreparedPairs
from gradatim.data.ragged import Ragged
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.training.batches.layout import BatchSettings, Trial, leaves_one
from gradatim.training.batches.like_lengths import batches_of
from gradatim.training.batches.numpy_rows import targets_of
from gradatim.training.batches.torch_rows import tensor_of
from gradatim.training.batches.torch_streamed import TensorsOfFiles

AT_ONCE = 256  # pairs evaluated at once, at most


class Pair(NamedTuple):
    """A batch of inputs and answers, with which a network is called: network(values, lengths, y, y_lengths).

    values (N, L, …), zero behind the end of each sequence, and lengths (N,); or values (N, …), all of one
    shape, and None. y (N, T) symbols, 0 behind the end of each answer, and y_lengths (N,).
    """

    values: Tensor
    lengths: Tensor | None
    y: Tensor
    y_lengths: Tensor


class TorchInputs:
    """The inputs of pairs on a device, from which some are taken as a network reads them: `Pair`'s values and
    lengths.
    """

    def __init__(self, data: PreparedPairs, how: BatchSettings):
        ragged = isinstance(data.values, Ragged)
        self.lengths, self.starts = data.lengths, data.values.offsets[:-1] if ragged else None
        self.values: Any
        if isinstance(data.values, StreamedExamples):
            self.values = TensorsOfFiles(data.values, how._replace(network=None))
            return
        held = tensor_of(data.values.values if ragged else data.values).to(how.device)
        self.values = held.to(how.dtype) if held.is_floating_point() else held.long()

    def __len__(self) -> int:
        """How many inputs there are."""
        return len(self.values) if self.lengths is None else len(self.lengths)

    def take(self, rows: np.ndarray) -> tuple[Tensor, Tensor | None]:
        """The inputs of these numbers, padded, and their lengths."""
        device = self.values.device
        if self.lengths is None or self.starts is None:
            return self.values[torch.from_numpy(rows).to(device)], None
        values, _ = _padded(self.values, self.starts[rows], self.lengths[rows])
        return values, torch.from_numpy(self.lengths[rows]).to(device)


class TorchPairs:
    """Pairs on the device, in batches that are padded to their longest.

    An epoch's batches are a function of (seed, epoch), see `batches_of`: by the lengths of answers, then of
    inputs. Targets (Σ T_i,) are the symbols of every answer, one pair behind the other, without padding.
    """

    foreign = False
    shuffled = True

    def __init__(self, data: PreparedPairs, how: BatchSettings):
        targets_of(data)
        self.size, self.how, self.rows = how.size, how, data.rows
        self.answers, self.symbols = data.answers, data.symbols
        self.y = tensor_of(data.answers.values).to(how.device).long()
        self.inputs = TorchInputs(data, how)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (len(self.rows) + self.size - 1) // self.size

    def epoch(self, number: int, start: int = 0) -> Iterator[tuple[Pair, Tensor, None]]:
        """The batches of an epoch from batch `start` on; in the pairs' own order without `shuffled`."""
        yield from self.batches(self.of_epoch(number, start))

    def in_order(self) -> Iterator[tuple[Pair, Tensor, None]]:
        """Every pair once, by the rule of `batches_in_order`."""
        yield from self.batches(batches_in_order(self.answers.lengths, self.symbols))

    def of_epoch(self, number: int, start: int) -> Iterator[np.ndarray]:
        """The numbers of the pairs of each batch of an epoch, from batch `start` on."""
        order, batches = self._order(number)
        for batch in batches[start:]:
            yield order[batch * self.size : (batch + 1) * self.size]

    def batches(self, groups: Iterable[np.ndarray]) -> Iterator[tuple[Pair, Tensor, None]]:
        """The pairs of each group of numbers."""
        for pairs in groups:
            yield self.batch(pairs, *self.inputs.take(self.rows[pairs]))

    def trial(self) -> Trial:
        """The first two pairs."""
        x, y, _ = next(self.batches([np.arange(min(2, len(self.rows)))]))
        return Trial(x, y, self.y, "pairs, as network(values, lengths, y, y_lengths)")

    def single(self) -> Pair | None:
        """The shortest pair, where one is left over."""
        alone = leaves_one(len(self.rows), self.size)
        return next(self.batches([np.array([self.answers.lengths.argmin()])]))[0] if alone else None

    def _order(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The pairs as they are cut into batches, and the order of the batches."""
        if not self.shuffled:
            return np.arange(len(self.rows)), np.arange(len(self))
        answers, inputs = self.answers.lengths, self.inputs.lengths
        return batches_of(number, [answers] if inputs is None else [inputs[self.rows], answers], self.how)

    def batch(
        self, pairs: np.ndarray, values: Tensor, lengths: Tensor | None
    ) -> tuple[Pair, Tensor, None]:  # fmt: skip
        """These pairs with their inputs, padded."""
        y, real = _padded(self.y, self.answers.offsets[:-1][pairs], self.answers.lengths[pairs])
        y_lengths = torch.from_numpy(self.answers.lengths[pairs]).to(y.device)
        return Pair(values, lengths, y, y_lengths), y[real], None


def batches_in_order(lengths: np.ndarray, symbols: int) -> Iterator[np.ndarray]:
    """The numbers of pairs with answers of these lengths (P,), the short ones first, in batches whose scores
    of so many symbols are not too many at once.

    >>> [rows.tolist() for rows in batches_in_order(np.array([3, 1, 2]), 10**6)]
    [[1, 2], [0]]
    """
    rows = np.argsort(lengths, kind="stable")
    numbers = lengths[rows] * symbols  # of each, and of no shorter one
    while len(rows):
        room = np.searchsorted(numbers * np.arange(1, len(rows) + 1), NUMBERS, "right")
        size = max(1, min(AT_ONCE, int(room)))
        yield rows[:size]
        rows, numbers = rows[size:], numbers[size:]


def _padded(values: Tensor, starts: np.ndarray, lengths: np.ndarray) -> tuple[Tensor, Tensor]:
    """Sequences out of flat values, 0 behind the end of each, (N, L, …), and which steps are real (N, L)."""
    steps = np.arange(lengths.max())
    real = steps < lengths[:, None]
    places = torch.from_numpy(np.where(real, starts[:, None] + steps, 0)).to(values.device)
    there = torch.from_numpy(real).to(values.device)
    found = values[places]
    return found * there.reshape(*there.shape, *(1 for _ in found.shape[2:])).to(found.dtype), there
