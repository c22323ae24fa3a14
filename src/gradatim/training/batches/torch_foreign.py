"""A stranger's batches for the torch engine, checked and placed on the device."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from gradatim.checks import GradatimError
from gradatim.data.loader import Loader
from gradatim.device import in_order
from gradatim.training.batches.layout import Batching

Batch = tuple[Tensor, Tensor, Tensor | None]  # inputs, targets, weights


class TorchForeign:
    """A torch DataLoader, or any iterable of (x, y) or (x, y, weight) batches that starts anew each time."""

    foreign = True
    shuffled = False  # that is the loader's business

    def __init__(self, loader: Loader, how: Batching):
        self.loader, self.how = loader, how

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

    def trial(self) -> None:
        """No example is at hand before training: a loader may give each of them once."""

    def _place(self, batch: Any) -> Batch:
        if not isinstance(batch, tuple | list) or len(batch) not in (2, 3):
            parts = f" of {len(batch)}" if isinstance(batch, tuple | list) else ""
            raise GradatimError(
                f"a batch must be (x, y) or (x, y, weight); the loader gave {type(batch).__name__}{parts}"
            )
        device, dtype, network = self.how.device, self.how.dtype, self.how.network
        try:
            x, y, *rest = (torch.as_tensor(part).to(device) for part in batch)
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
        x = x.to(dtype) if x.is_floating_point() else x
        y = y.to(dtype) if y.is_floating_point() else y.long()
        x = x if network is None else in_order(x, network)
        return x, y, rest[0].to(dtype) if rest else None
