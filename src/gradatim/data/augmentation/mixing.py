"""Operations that mix an example with another of the training part, and their targets with it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from gradatim.checks import real
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.erasing import rectangles
from gradatim.data.augmentation.operation import Mixture

if TYPE_CHECKING:
    from torch import Tensor


def beta(u: np.ndarray, alpha: float) -> np.ndarray:
    """Numbers of Beta(α, α) from numbers of [0, 1): the inverse of its distribution function."""
    if alpha == 1:
        return u
    from scipy.special import betaincinv

    return betaincinv(alpha, alpha, u)


@dataclass(frozen=True)
class Mixup(Mixture):
    """An example and another, weighed (Zhang, Cisse, Dauphin & Lopez-Paz 2018, "mixup: Beyond empirical risk
    minimization").

        x′ = λ x_i + (1 − λ) x_j,   y′ = λ y_i + (1 − λ) y_j,   λ ~ Beta(α, α)

    Each example has a λ and a partner of its own, where the authors' program has one λ for a batch and takes
    partners from the batch: so the batch has no part in it. Targets of classes become a share of each.
    Raises UsageError for an α not above 0.
    """

    name: ClassVar[str] = "mixup"
    alpha: float = 1.0

    def __post_init__(self) -> None:
        real("alpha of mixup", self.alpha, above=0)

    def mix(self, x: "Tensor", other: "Tensor", draws: Draws) -> "tuple[Tensor, np.ndarray]":
        """λ x + (1 − λ) other."""
        import torch

        share = beta(draws.uniform("share"), self.alpha)
        own = torch.from_numpy(share).to(x.device, x.dtype)[:, None, None, None]
        return torch.lerp(other, x, own), share


@dataclass(frozen=True)
class CutMix(Mixture):
    """A rectangle of another example in the place of its own (Yun, Han, Oh, Chun, Choe & Yoo 2019, "CutMix:
    Regularization strategy to train strong classifiers with localizable features").

        height H √(1 − λ), width W √(1 − λ), around any place, cut off at the border;   λ ~ Beta(α, α)

    The target's share is the area that is an example's own, counted in pixels; masks get the other's mask in
    the rectangle. Partners are as `mixup` has them. Raises UsageError for an α not above 0 or a p outside
    [0, 1], the probability that a picture is changed.
    """

    name: ClassVar[str] = "cutmix"
    mixes_masks: ClassVar[bool] = True
    alpha: float = 1.0
    p: float = 1.0

    def __post_init__(self) -> None:
        real("alpha of cutmix", self.alpha, above=0)
        real("p of cutmix", self.p, at_least=0, at_most=1)

    def places(self, draws: Draws, size: tuple[int, int]) -> list[np.ndarray]:
        """Top, left, bottom and right of each rectangle, (N,)."""
        side = np.sqrt(1 - beta(draws.uniform("share"), self.alpha)) * draws.happens("cuts", self.p)
        found = []
        for name, length in zip(("row", "column"), size, strict=True):
            middle, half = draws.uniform(name, 0, length), side * length / 2
            found.append([np.clip(np.rint(middle + sign * half), 0, length) for sign in (-1, 1)])
        (top, bottom), (left, right) = found
        return [edge.astype(np.int64) for edge in (top, left, bottom, right)]

    def mix(self, x: "Tensor", other: "Tensor", draws: Draws) -> "tuple[Tensor, np.ndarray]":
        """The other's pixels in the rectangles."""
        height, width = x.shape[2:]
        top, left, bottom, right = self.places(draws, (height, width))
        there = rectangles(x, top, left, bottom, right)
        return other.where(there[:, None], x), 1 - (bottom - top) * (right - left) / (height * width)

    def mix_masks(self, y: "Tensor", other: "Tensor", draws: Draws) -> "Tensor":
        """The other's classes in the rectangles."""
        height, width = y.shape[1:]
        return other.where(rectangles(y, *self.places(draws, (height, width))), y)
