"""A stranger's batches for the torch engine, checked and placed on the device."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from gradatim.checks import GradatimError
from gradatim.data.inputs import are_several
from gradatim.data.loader import Loader
from gradatim.data.torch_datasets import parts_of_tensors
from gradatim.device import in_order
from gradatim.training.batches.layout import BatchSettings

Batch = tuple[Any, Tensor, Tensor | None]  # inputs, targets, weights


class TorchForeign:
    """A torch DataLoader, or any iterable of (x, y) or (x, y, weight) batches that starts anew each time.

    x may be several inputs: a tuple, a list, or a dict, by whose names the network is called. Tensors in a
    row, (x1, x2, y), are read as `data.torch_datasets.parts_of_tensors` reads a TensorDataset's.
    """

    foreign = True
    shuffled = False  # that is the loader's business

    def __init__(self, loader: Loader, how: BatchSettings):
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

    def single(self) -> None:
        """How many examples the last batch has is not known before training."""

    def _place(self, batch: Any) -> Batch:
        if _are_tensors(batch) and (len(batch) > 3 or batch[-1].ndim == 1):
            batch = parts_of_tensors(tuple(batch))
        if not isinstance(batch, tuple | list) or len(batch) not in (2, 3):
            count = f" of {len(batch)}" if isinstance(batch, tuple | list) else ""
            raise GradatimError(
                f"a batch must be (x, y) or (x, y, weight); the loader gave {type(batch).__name__}{count}"
            )
        labels, inputs, together = _apart(batch[0], batch[1])
        try:
            parts = [torch.as_tensor(part).to(self.how.device) for part in (*inputs, *batch[1:])]
        except (TypeError, ValueError, RuntimeError) as error:
            raise GradatimError(f"the loader gave a batch that is not of numbers: {error}") from error
        _check([*labels, "targets", "weights"], parts)
        dtype, network = self.how.dtype, self.how.network
        parts = [part.to(dtype) if part.is_floating_point() else part for part in parts]
        x, y, weights = parts[: len(labels)], parts[len(labels)], parts[len(labels) + 1 :]
        if network is not None:
            x = [in_order(part, network) for part in x]
        y = y if y.is_floating_point() else y.long()
        return together(x), y, weights[0].to(dtype) if weights else None


def _are_tensors(batch: Any) -> bool:
    """Whether a batch is three tensors or more in a row."""
    together = isinstance(batch, tuple | list) and len(batch) > 2
    return together and all(isinstance(part, Tensor) for part in batch)


def _apart(x: Any, y: Any) -> tuple[list[str], list[Any], Callable[[list[Tensor]], Any]]:
    """What the inputs are called in a sentence, the inputs, and how a network is called with them."""
    if not are_several(x, y):
        return ["examples"], [x], lambda parts: parts[0]
    if isinstance(x, Mapping):
        names = [str(name) for name in x]
        return (
            [f'"{name}"' for name in names],
            list(x.values()),
            lambda parts: dict(zip(names, parts, strict=True)),
        )
    return [f"examples of input {number}" for number in range(len(x))], list(x), tuple


def _check(names: list[str], parts: list[Tensor]) -> None:
    """Raise GradatimError for parts that are not of the same examples, and for weights of several axes."""
    sizes = [len(part) if part.ndim else 0 for part in parts]
    if not sizes[0] or len(set(sizes)) > 1:
        counts = ", ".join(f"{n} {name}" for n, name in zip(sizes, names, strict=False))
        raise GradatimError(f"the loader gave a batch of {counts}")
    if len(parts) == len(names) and parts[-1].ndim != 1:
        raise GradatimError(
            f"weights must be one number an example; the loader's are {tuple(parts[-1].shape)}"
        )
