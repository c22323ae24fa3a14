"""Captions of pictures and clips that stay in their files for the torch engine: decoded ahead of the step."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor

from gradatim.data.pairs import PreparedPairs
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_pairs import Pair, TorchPairs
from gradatim.training.batches.torch_streamed import Waiting


class StreamedPairs(TorchPairs):
    """The batches that TorchPairs would give of the same pictures or clips in memory.

    Threads decode and encode those of the batches to come, and one that several captions in a batch are of
    once.
    """

    def __init__(self, data: PreparedPairs, how: BatchSettings):
        self._waiting = Waiting()
        super().__init__(data, how)

    def epoch(self, number: int, start: int = 0) -> Iterator[tuple[Pair, Tensor, None]]:
        """The batches of an epoch from batch `start` on; in the pairs' own order without `shuffled`."""
        groups = list(self.of_epoch(number, start))
        yield from self._joined(groups, self._waiting.of(self._ahead(groups)))

    def batches(self, groups: Iterable[np.ndarray]) -> Iterator[tuple[Pair, Tensor, None]]:
        """The pairs of each group of numbers."""
        every = list(groups)
        yield from self._joined(every, self._ahead(every))

    def take_waited(self) -> float:
        """The seconds since it was last asked in which a batch of an epoch was waited for."""
        return self._waiting.take()

    def _ahead(self, groups: list[np.ndarray]) -> Iterator[tuple[np.ndarray, Tensor]]:
        """The inputs of each group of pairs, each of them once."""
        return self.inputs.values.ahead((np.unique(self.rows[pairs]) for pairs in groups), self.size)

    def _joined(
        self, groups: list[np.ndarray], inputs: Iterator[tuple[np.ndarray, Tensor]]
    ) -> Iterator[tuple[Pair, Tensor, None]]:
        """The pairs of each group with their inputs."""
        for pairs, (some, x) in zip(groups, inputs, strict=True):
            at = torch.from_numpy(np.searchsorted(some, self.rows[pairs]))
            yield self.batch(pairs, x[at.to(x.device)], None)


def torch_pairs(data: PreparedPairs, how: BatchSettings) -> TorchPairs:
    """Pairs whose inputs are in memory, or stay in their files."""
    return (StreamedPairs if isinstance(data.values, StreamedExamples) else TorchPairs)(data, how)
