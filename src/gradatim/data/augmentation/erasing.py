"""Operations that take a part of the picture away."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from gradatim.checks import real, whole
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.operation import Change, Pictures
from gradatim.random import mix, uniform

if TYPE_CHECKING:
    from torch import Tensor

TRIES = 16  # at a rectangle that lies inside the picture
INT32 = 2**32


@dataclass(frozen=True)
class Cutout(Change):
    """A square of zeros, the mean of every channel of standardised pictures, around any pixel; the part
    beyond the border is lost (DeVries & Taylor 2017, "Improved regularization of convolutional neural
    networks with cutout").

        x′[i, j] = 0 where −size/2 ≤ i − c < size/2 and −size/2 ≤ j − d < size/2,   (c, d) any pixel

    Its side is `size` pixels, half the shorter side where none is given: the paper's 16 of 32 for CIFAR-10.
    """

    name: ClassVar[str] = "cutout"
    size: int | None = None

    def __post_init__(self) -> None:
        if self.size is not None:
            whole("size of cutout", self.size, 1)

    def change(self, x: "Tensor", draws: Draws, pictures: Pictures) -> "Tensor":
        """Zeros in the squares."""
        height, width = pictures.size
        side = max(1, min(height, width) // 2) if self.size is None else self.size
        top = draws.whole("row", 0, height - 1) - side // 2
        left = draws.whole("column", 0, width - 1) - side // 2
        return x.masked_fill(rectangles(x, top, left, top + side, left + side)[:, None], 0.0)


@dataclass(frozen=True)
class Erasing(Change):
    """With probability p a rectangle of random numbers: a share of the area from `low` to `high`, a height
    over its width from `ratio` to 1/ratio, anywhere inside the picture (Zhong, Zheng, Kang, Li & Yang 2020,
    "Random erasing data augmentation", algorithm 1).

        x′[i, j] random inside h × w pixels,   h w = s H W,   h/w = r,   s from low to high,   r from ratio

    Every number is drawn evenly between the least and the greatest of its channel. A rectangle that does not
    fit is drawn again, 16 times at most; then nothing is erased. Raises UsageError for shares outside
    (0, 1], or low above high.
    """

    name: ClassVar[str] = "erasing"
    p: float = 0.5
    low: float = 0.02
    high: float = 0.4
    ratio: float = 0.3

    def __post_init__(self) -> None:
        real("p of erasing", self.p, at_least=0, at_most=1)
        real("low of erasing", self.low, above=0, at_most=1)
        real("high of erasing", self.high, at_least=self.low, at_most=1)
        real("ratio of erasing", self.ratio, above=0, at_most=1)

    def change(self, x: "Tensor", draws: Draws, pictures: Pictures) -> "Tensor":
        """Noise in the rectangles."""
        import torch

        where = rectangles(x, *self.places(draws, pictures.size))[:, None]
        each = x[0].numel()
        first = torch.from_numpy(draws.rows.astype(np.int64)).to(x.device)[:, None] * each
        numbers = first + torch.arange(each, device=x.device)
        numbers = ((numbers + 2**31) % INT32 - 2**31).to(torch.int32)  # as an int32 would wrap
        u = uniform(mix(numbers), draws.seed, f"augment {draws.operation} noise", draws.epoch)
        return torch.where(where, pictures.as_held(u.view(x.shape).to(x.dtype)), x)

    def places(self, draws: Draws, size: tuple[int, int]) -> tuple[np.ndarray, ...]:
        """Top, left, bottom and right of every rectangle, (N,) each; without area where none is erased."""
        height, width = size
        area = height * width * (self.low + (self.high - self.low) * draws.several("area", TRIES))
        ratio = self.ratio + (1 / self.ratio - self.ratio) * draws.several("ratio", TRIES)
        h, w = np.floor(np.sqrt(area * ratio)), np.floor(np.sqrt(area / ratio))
        top, left = draws.several("top", TRIES) * height, draws.several("left", TRIES) * width
        top, left = np.floor(top), np.floor(left)
        fits = (top + h <= height) & (left + w <= width)
        at = np.arange(len(draws)), fits.argmax(1)
        erases = fits[at] & draws.happens("erases", self.p)
        top, left, h, w = (np.where(erases, part[at], 0).astype(np.int64) for part in (top, left, h, w))
        return top, left, top + h, left + w


def rectangles(
    x: "Tensor", top: np.ndarray, left: np.ndarray, bottom: np.ndarray, right: np.ndarray
) -> "Tensor":
    """Which places lie inside the rectangle of each picture, (N, H, W)."""
    import torch

    height, width = x.shape[-2:]
    edges = torch.from_numpy(np.stack([top, left, bottom, right])).to(x.device)[..., None]
    rows = torch.arange(height, device=x.device)
    columns = torch.arange(width, device=x.device)
    down = (rows >= edges[0]) & (rows < edges[2])
    across = (columns >= edges[1]) & (columns < edges[3])
    return down[:, :, None] & across[:, None]
