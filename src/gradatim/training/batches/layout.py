"""What an engine and a layout of examples agree on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from gradatim.checks import UsageError

Array = Any  # numpy.ndarray or torch.Tensor
Batch = tuple[Any, Array, Array | None]  # inputs, targets, weights


class BatchSettings(NamedTuple):
    """How an engine wants its batches."""

    size: int  # examples in one; of a text, streams side by side
    seed: int  # of the order of each epoch
    device: Any
    dtype: Any  # of fractions
    class_weight: np.ndarray | None = None  # one number a class, which multiplies an example's own weight
    network: Any = None  # whose order of memory the inputs get
    augment: str | None = None  # how pictures are changed while a network learns from them


class Trial(NamedTuple):
    """A few inputs and their targets, by which an engine sees whether network, loss and targets fit."""

    x: Any
    y: Array
    targets: Array  # all of them
    reader: str = ""  # what the network must be able to read, in words; nothing where its own error stands


class Layout(Protocol):
    """Examples as batches. Any batch of an epoch can be found, so that training goes on in mid-epoch."""

    foreign: bool
    """Whether the batches are a stranger's, who may draw from a global random state."""

    shuffled: bool
    """Whether each epoch has an order of its own, permutation(seed, epoch)."""

    def __len__(self) -> int:
        """Batches in an epoch; TypeError where that is not known."""
        ...

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on."""
        ...

    def in_order(self) -> Iterator[Batch]:
        """Every example once, in large batches, for evaluation."""
        ...

    def trial(self) -> Trial | None:
        """A few of the examples; None where they are not at hand before training."""
        ...

    def single(self) -> Any | None:
        """The inputs of a batch that holds a single example; None where no epoch is known to have one."""
        ...


class SingleExample(UsageError):
    """A batch holds a single example, of which batch normalisation has no use; `better` is a size without."""

    def __init__(self, sentence: str, better: int | None):
        super().__init__(sentence)
        self.better = better


def leaves_one(examples: int, size: int) -> bool:
    """Whether batches of so many examples leave one that is a batch of its own.

    >>> leaves_one(9, 4), leaves_one(9, 3), leaves_one(2, 1)
    (True, False, True)
    """
    return size == 1 or examples % size == 1


def size_without_one(examples: int, size: int) -> int | None:
    """The size nearest to one that is asked for which leaves no example alone; None for a single example.

    >>> size_without_one(9, 4), size_without_one(7, 2), size_without_one(1, 32)
    (3, 4, None)
    """
    fit = (n for n in range(2, examples + 1) if not leaves_one(examples, n))
    return min(fit, key=lambda n: (abs(n - size), n), default=None)


LayoutMaker = Callable[[Any, BatchSettings], Layout]


def lay_out(examples: Any, how: BatchSettings, layouts: Mapping[str, LayoutMaker], engine: str) -> Layout:
    """Examples with targets as batches, by their layout's name.

    Raises UsageError for a layout that is not among an engine's, and for examples without targets.
    """
    if examples.layout not in layouts:
        raise UsageError(
            f"{engine} has no batches of {examples.layout} examples; it has those of {', '.join(layouts)}"
        )
    if not getattr(examples, "has_target", True):
        raise UsageError("the data have no target to learn")
    if how.augment is not None and examples.layout != "rows":
        raise UsageError(f"augment is for pictures; these examples are {examples.layout}")
    return layouts[examples.layout](examples, how)
