"""What an operation of augmentation is: a record of settings that changes pictures, or targets too."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradatim.data.augmentation.draws import Draws

if TYPE_CHECKING:
    from torch import Tensor

Array = Any


@dataclass(frozen=True)
class Pictures:
    """What operations know of the training pictures.

    `low` and `high` (1, C, 1, 1) are the least and the greatest number of each channel, which are taken for
    black and white; `covariance` (C, C) is that of the channels over all pixels.
    """

    size: tuple[int, int]  # height, width
    low: "Tensor"
    high: "Tensor"
    covariance: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, x: "Tensor") -> "Pictures":
        """Those of the training part, (N, C, H, W)."""
        each = (0, 2, 3)
        low, high = x.amin(each, keepdim=True), x.amax(each, keepdim=True)
        mean = x.mean(each, keepdim=True, dtype=_precise(x))
        n = x.numel() // x.shape[1]
        total = np.sum([_products(some, mean) for some in x.split(1024)], 0)
        return cls((int(x.shape[2]), int(x.shape[3])), low, high, total / n)

    @classmethod
    def of_parts(cls, parts: "Iterator[Tensor]") -> "Pictures":
        """The same of pictures that come some at a time: to rounding, (Σ x xᵀ)/n − mean meanᵀ."""
        import torch

        each, lows, highs, n = (0, 2, 3), [], [], 0
        sums: Any = 0.0
        products: Any = 0.0
        for x in parts:
            size = (int(x.shape[2]), int(x.shape[3]))
            lows.append(x.amin(each, keepdim=True))
            highs.append(x.amax(each, keepdim=True))
            n += x.numel() // x.shape[1]
            sums = sums + x.sum(each, dtype=_precise(x)).cpu().numpy()
            products = products + _products(x, x.new_zeros(1, dtype=_precise(x)))
        mean = np.asarray(sums) / n
        low, high = torch.stack(lows).amin(0), torch.stack(highs).amax(0)
        return cls(size, low, high, np.asarray(products) / n - np.outer(mean, mean))

    def as_shares(self, x: "Tensor") -> "Tensor":
        """Numbers from black, 0, to white, 1."""
        return (x - self.low) / (self.high - self.low).clamp_min(1e-12)

    def as_held(self, shares: "Tensor") -> "Tensor":
        """Shares in the numbers of the pictures."""
        return shares * (self.high - self.low) + self.low


def _precise(x: "Tensor") -> Any:
    """The precision of sums."""
    import torch

    return torch.float32 if x.device.type == "mps" else torch.float64


def _products(x: "Tensor", mean: "Tensor") -> np.ndarray:
    """Σ (x − mean)(x − mean)ᵀ over the pixels of some pictures, (C, C)."""
    flat = (x.to(mean.dtype) - mean).transpose(0, 1).flatten(1)
    return (flat @ flat.T).cpu().numpy()


class Operation:
    """One way to change pictures. Abstract; its subclasses are frozen records of settings.

    Of one of three kinds: a `Move`, which gives a map of places for each picture; a `Change` of the numbers
    of each picture; a `Mixture` of each example with another. One of another kind has `parts` that are.
    """

    name: ClassVar[str]

    def check(self, size: tuple[int, int]) -> None:
        """Raise UsageError for settings that pictures of this height and width cannot have."""

    def parts(self) -> "tuple[Operation, ...]":
        """Moves, changes and mixtures that it is made of, which draw under one name."""
        return (self,)


class Move(Operation):
    """Pixels change their places by an affine map (see `moves`). Abstract."""

    whole: ClassVar[bool] = False  # whether every pixel goes to the place of a pixel

    def maps(self, draws: Draws, size: tuple[int, int]) -> np.ndarray:
        """The map of each picture, (N, 2, 3)."""
        raise NotImplementedError


class Change(Operation):
    """The numbers of a picture change, each in its place. Abstract."""

    def change(self, x: "Tensor", draws: Draws, pictures: Pictures) -> "Tensor":
        """The changed pictures, (N, C, H, W)."""
        raise NotImplementedError


class Mixture(Operation):
    """Each example is mixed with another of the training part. Abstract.

    λ is the share of an example's own target; a mask keeps the pixels that are the example's own.
    """

    mixes_masks: ClassVar[bool] = False

    def mix(self, x: "Tensor", other: "Tensor", draws: Draws) -> "tuple[Tensor, np.ndarray]":
        """The mixed pictures, and the share λ (N,) of each example in its own."""
        raise NotImplementedError

    def mix_masks(self, y: "Tensor", other: "Tensor", draws: Draws) -> "Tensor":
        """The masks of the mixed pictures, (N, H, W)."""
        raise NotImplementedError
