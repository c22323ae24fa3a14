"""Operations on colours. Black and white are the least and the greatest number of a channel in training."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradatim.checks import real
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.operation import Change, Pictures

if TYPE_CHECKING:
    from torch import Tensor

GREY = (0.299, 0.587, 0.114)  # of red, green and blue: ITU-R BT.601


def grey(v: "Tensor") -> "Tensor":
    """The brightness of every pixel, (N, 1, H, W)."""
    if v.shape[1] != 3:
        return v
    return sum(weight * v[:, i : i + 1] for i, weight in enumerate(GREY))  # type: ignore[return-value]


def away_from(dull: "Tensor", v: "Tensor", factor: np.ndarray) -> "Tensor":
    """Dull + factor (v − dull), kept between 0 and 1: at 0 the dull picture, at 1 the picture itself
    (Haeberli & Voorhies 1994, "Image processing by interpolation and extrapolation").
    """
    return (dull + as_column(factor, v) * (v - dull)).clamp(0, 1)


def brightness(v: "Tensor", factor: np.ndarray) -> "Tensor":
    """Away from black."""
    return (as_column(factor, v) * v).clamp(0, 1)


def contrast(v: "Tensor", factor: np.ndarray) -> "Tensor":
    """Away from the mean brightness of the picture."""
    mean = grey(v).mean(3, keepdim=True).mean((1, 2), keepdim=True)  # which no number of threads cuts up
    return away_from(mean, v, factor)


def saturation(v: "Tensor", factor: np.ndarray) -> "Tensor":
    """Away from grey."""
    return v if v.shape[1] == 1 else away_from(grey(v), v, factor)


def as_column(numbers: np.ndarray, like: "Tensor") -> "Tensor":
    """A number for each picture, (N, 1, 1, 1)."""
    import torch

    return torch.from_numpy(np.asarray(numbers)).to(like.device, like.dtype)[:, None, None, None]


CHANGES: dict[str, Any] = {"brightness": brightness, "contrast": contrast, "saturation": saturation}


@dataclass(frozen=True)
class Colour(Change):
    """Brightness, contrast and saturation, in this order, each by a factor between 1 − a and 1 + a, a its
    setting (0.4).

        v′ = d + f (v − d),   d black, the mean brightness, or the grey of each pixel

    v is between 0, black, and 1, white; what leaves it is cut off. Grey pictures have no saturation. Raises
    UsageError for a setting outside [0, 1].
    """

    name: ClassVar[str] = "colour"
    brightness: float = 0.4
    contrast: float = 0.4
    saturation: float = 0.4

    def __post_init__(self) -> None:
        for name in CHANGES:
            real(f"{name} of colour", getattr(self, name), at_least=0, at_most=1)

    def change(self, x: "Tensor", draws: Draws, pictures: Pictures) -> "Tensor":
        """Each in its turn."""
        v = pictures.as_shares(x)
        for name, changed in CHANGES.items():
            most = getattr(self, name)
            if most:
                v = changed(v, draws.uniform(name, 1 - most, 1 + most))
        return pictures.as_held(v)


@dataclass(frozen=True)
class ColourShift(Change):
    """AlexNet's: one colour is added to all of a picture, along the principal components of the colours of
    the training pixels (Krizhevsky, Sutskever & Hinton 2012, section 4.1).

        x′ = x + Σ_k α_k √λ_k p_k,   α_k ~ N(0, deviation²)   (0.1);   p_k, λ_k of the channels' covariance

    The paper writes λ_k, whose size depends on the unit of the pixels; with its root what is added has
    deviation² times the covariance of the pixels, in any unit. Raises UsageError for a deviation not above 0.
    """

    name: ClassVar[str] = "colour_shift"
    deviation: float = 0.1

    def __post_init__(self) -> None:
        real("deviation of colour_shift", self.deviation, above=0)

    def shifts(self, draws: Draws, covariance: np.ndarray) -> np.ndarray:
        """What is added to each channel, (N, C)."""
        values, vectors = np.linalg.eigh(covariance)
        components = vectors * np.where(vectors.sum(0) < 0, -1, 1)  # whose sign no library decides
        along = self.deviation * draws.normal("along", len(values)) * np.sqrt(np.maximum(values, 0))
        return (along[:, None] * components).sum(2)  # no product, whose last bits the batch would decide

    def change(self, x: "Tensor", draws: Draws, pictures: Pictures) -> "Tensor":
        """The colour added."""
        import torch

        shifts = self.shifts(draws, pictures.covariance)
        return x + torch.from_numpy(shifts).to(x.device, x.dtype)[:, :, None, None]
