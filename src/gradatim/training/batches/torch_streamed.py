"""Pictures and clips that stay in their files for the torch engine: decoded some batches ahead of a step."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from gradatim.data.at_once import at_once
from gradatim.data.dataset import Dataset
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.device import in_order
from gradatim.training.batches.layout import Batch, BatchSettings
from gradatim.training.batches.torch_rows import TorchRows, as_targets, tensor_of

Group = TypeVar("Group")


class TorchStreamed(TorchRows):
    """A Dataset of StreamedExamples: the batches that TorchRows would give of the same ones in memory.

    Threads decode and encode those of the batches to come, in the order of the epoch, while the
    engine computes.
    """

    x: "TensorsOfFiles"

    def __init__(self, data: Dataset, how: BatchSettings):
        self._waiting = Waiting()
        super().__init__(data, how)

    def hold(self, x: Any, how: BatchSettings) -> "TensorsOfFiles":
        """The examples as tensors, decoded where they are indexed."""
        return TensorsOfFiles(x, how)

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on, shuffled unless `shuffled` is false."""
        numbers = self.order(number)
        groups = [numbers[at : at + self.size] for at in range(start * self.size, len(numbers), self.size)]
        needed = (self._needed(number, rows) for rows in groups)
        taken = self._waiting.of(self.x.ahead(needed, self.size))
        for rows, (some, x) in zip(groups, taken, strict=True):
            if self.augmentation:
                with self.x.at_hand(some, x):
                    found, y, w = self.augmentation(number, rows)
                yield found, as_targets(y), w
                continue
            at = torch.from_numpy(rows).to(self.y.device)
            yield x, as_targets(self.y[at]), None if self.w is None else self.w[at]

    def in_order(self) -> Iterator[Batch]:
        """Every example once, as it stands, in large batches."""
        size = at_once((self.numbers,))
        groups = (np.arange(at, min(at + size, len(self.x))) for at in range(0, len(self.x), size))
        for rows, x in self.x.ahead(groups, size):
            part = slice(int(rows[0]), int(rows[-1]) + 1)
            yield x, as_targets(self.y[part]), None if self.w is None else self.w[part]

    def take_waited(self) -> float:
        """The seconds since it was last asked in which a batch of an epoch was waited for."""
        return self._waiting.take()

    def _needed(self, epoch: int, rows: np.ndarray) -> np.ndarray:
        """The examples of which a batch is made: its own, and those that they are mixed with."""
        return self.augmentation.rows_needed(epoch, rows) if self.augmentation else rows


class Waiting:
    """The seconds in which what an iterator gives was waited for."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def of(self, groups: Iterator[Group]) -> Iterator[Group]:
        """What the iterator gives; the time until each comes is counted."""
        while True:
            began = perf_counter()
            found = next(groups, None)
            self._seconds += perf_counter() - began
            if found is None:
                return
            yield found

    def take(self) -> float:
        """The seconds since they were last taken."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds


class TensorsOfFiles:
    """Streamed pictures or clips that become tensors on the device where they are indexed or split.

    Indexed by numbers of examples that are `at_hand` it gives these, and decodes others.
    """

    def __init__(self, examples: StreamedExamples, how: BatchSettings):
        self.dtype = how.dtype
        self.examples = examples.allocated_by(self._allocate)
        self.how = how
        self._rows: np.ndarray | None = None
        self._x: Tensor | None = None

    def _allocate(self, shape: tuple[int, ...]) -> np.ndarray:
        """Memory as torch aligns it."""
        return torch.empty(shape, dtype=self.dtype).numpy()

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, C, H, W), or (N, C, T, H, W)."""
        return self.examples.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def device(self) -> Any:
        """Where the tensors are."""
        return self.how.device

    def is_floating_point(self) -> bool:
        """Whether they are fractions."""
        return bool(self.dtype.is_floating_point)

    def stride(self, axis: int) -> int:
        """The step of an axis, as it is in each of the tensors."""
        return self[:1].stride(axis)

    def __getitem__(self, rows: Any) -> Tensor:
        if isinstance(rows, slice):
            rows = np.arange(len(self))[rows]
        rows = rows.cpu().numpy() if isinstance(rows, Tensor) else np.asarray(rows)
        if self._rows is not None and self._x is not None:
            at = torch.from_numpy(np.searchsorted(self._rows, rows))
            return self._x[at.to(self._x.device)]
        return self._place(self.examples[rows].read())

    def split(self, size: int) -> Iterator[Tensor]:
        """One batch of `size` examples after the other."""
        groups = (np.arange(at, min(at + size, len(self))) for at in range(0, len(self), size))
        for _, x in self.ahead(groups, size):
            yield x

    def ahead(self, groups: Iterable[np.ndarray], size: int) -> Iterator[tuple[np.ndarray, Tensor]]:
        """The numbers of each group and its examples, decoded ahead."""
        taken: list[np.ndarray] = []  # what was asked for and has not come

        def remembered() -> Iterator[np.ndarray]:
            for rows in groups:
                taken.append(rows)
                yield rows

        for x in self.examples.ahead(remembered(), size):
            yield taken.pop(0), self._place(x)

    @contextmanager
    def at_hand(self, rows: np.ndarray, x: Tensor) -> Iterator[None]:
        """Examples that need not be decoded: x, those of the numbers `rows` in rising order."""
        self._rows, self._x = rows, x
        try:
            yield
        finally:
            self._rows = self._x = None

    def _place(self, x: np.ndarray) -> Tensor:
        found = tensor_of(x).to(self.how.device).to(self.how.dtype)
        return found if self.how.network is None else in_order(found, self.how.network)
