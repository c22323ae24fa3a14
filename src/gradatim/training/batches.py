"""Where the torch engine's batches come from: arrays on the device, or a stranger's DataLoader."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.random import permutation
from gradatim.training.array_batches import at_once, gathered, usable, weights_of

Batch = tuple[Tensor, Tensor, Tensor | None]  # inputs, targets, weights


class InMemory:
    """A Dataset held on the device.

    The order of an epoch is permutation(seed, epoch), so any batch can be found.
    """

    foreign = False
    shuffled = True

    def __init__(
        self, data: Dataset, batch_size: int, seed: int, device: torch.device, dtype: torch.dtype,
        class_weights: np.ndarray | None = None,
    ):  # fmt: skip
        y = usable(data)
        self.batch_size, self.seed = batch_size, seed
        self.x = _tensor(data.x).to(device, dtype)
        self.y = _tensor(y).to(device)
        self.y = self.y.to(dtype) if self.y.is_floating_point() else self.y.long()
        weights = weights_of(data, class_weights)
        self.w = None if weights is None else _tensor(weights).to(device, dtype)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (len(self.x) + self.batch_size - 1) // self.batch_size

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on, shuffled unless `shuffled` is false."""
        numbers = permutation(self.seed, number, len(self.x)) if self.shuffled else np.arange(len(self.x))
        order = torch.from_numpy(numbers).to(self.x.device)
        step = self.batch_size * gathered(self.batch_size * self.x[:1].nbytes)
        for first in range(start * self.batch_size, len(order), step):
            rows = order[first : first + step]
            w = None if self.w is None else self.w[rows]
            yield from self._cut(self.x[rows], self.y[rows], w, self.batch_size)

    def in_order(self) -> Iterator[Batch]:
        """Every example once, as it stands, in large batches."""
        yield from self._cut(self.x, self.y, self.w, at_once(self.x.shape[1:]))

    @staticmethod
    def _cut(x: Tensor, y: Tensor, w: Tensor | None, size: int) -> Iterator[Batch]:
        if w is None:
            for part, target in zip(x.split(size), y.split(size), strict=True):
                yield part, target, None
        else:
            yield from zip(x.split(size), y.split(size), w.split(size), strict=True)


class FromLoader:
    """A torch DataLoader, or any iterable of (x, y) or (x, y, weight) batches that starts anew each time."""

    foreign = True

    def __init__(
        self, loader: Any, device: torch.device, dtype: torch.dtype,
        arrange: Callable[[Tensor], Tensor] = lambda x: x,
    ):  # fmt: skip
        self.loader, self.device, self.dtype = loader, device, dtype
        self.arrange = arrange  # inputs into the order that the network reads

    def __len__(self) -> int:
        """Batches in an epoch; TypeError when the loader does not know."""
        return len(self.loader)

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The loader's own batches; the first `start` are drawn at once and passed over."""
        batches = iter(self.loader)
        for _ in range(start):
            next(batches, None)
        return map(self._place, batches)

    def in_order(self) -> Iterator[Batch]:
        """The loader's batches."""
        return self.epoch(0)

    def _place(self, batch: Any) -> Batch:
        if not isinstance(batch, tuple | list) or len(batch) not in (2, 3):
            parts = f" of {len(batch)}" if isinstance(batch, tuple | list) else ""
            raise GradatimError(
                f"a batch must be (x, y) or (x, y, weight); the loader gave {type(batch).__name__}{parts}"
            )
        try:
            x, y, *rest = (torch.as_tensor(part).to(self.device) for part in batch)
        except (TypeError, ValueError, RuntimeError) as error:
            raise GradatimError(f"the loader gave a batch that is not of numbers: {error}") from error
        sizes = [len(part) if part.ndim else 0 for part in (x, y, *rest)]
        if not sizes[0] or len(set(sizes)) > 1:
            names = ("examples", "targets", "weights")[: len(sizes)]
            counts = ", ".join(f"{n} {name}" for n, name in zip(sizes, names, strict=True))
            raise GradatimError(f"the loader gave a batch of {counts}")
        if rest and rest[0].ndim != 1:
            raise GradatimError(
                f"weights must be one number an example; the loader's are {tuple(rest[0].shape)}"
            )
        x = x.to(self.dtype) if x.is_floating_point() else x
        y = y.to(self.dtype) if y.is_floating_point() else y.long()
        return self.arrange(x), y, rest[0].to(self.dtype) if rest else None


def _tensor(array: np.ndarray) -> Tensor:
    """An array as torch takes it: contiguous, writable, in the machine's byte order; copied if it is not."""
    return torch.from_numpy(np.require(array, array.dtype.newbyteorder("="), ["C", "W"]))
