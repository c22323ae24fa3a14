"""Operations on the tones of pictures between 0 and 1, as Pillow's ImageOps and ImageEnhance have them."""

from typing import TYPE_CHECKING

import numpy as np

from gradatim.data.augmentation.colour import as_column, away_from

if TYPE_CHECKING:
    from torch import Tensor

WHITE = 255  # tones are bytes where they are counted


def autocontrast(v: "Tensor") -> "Tensor":
    """The least tone of each channel of a picture becomes 0 and the greatest 1; one tone stays as it is."""
    low, high = v.amin((2, 3), keepdim=True), v.amax((2, 3), keepdim=True)
    return v.where(high <= low, (v - low) / (high - low).clamp_min(1e-12))


def equalize(v: "Tensor") -> "Tensor":
    """Every tone of a channel becomes the share of its pixels that are darker: an even histogram.

    In bytes, as Pillow counts: with a step of (pixels − those of the brightest tone) // 255 pixels, tone t
    becomes (step // 2 + pixels darker than t) // step; a channel without a step stays as it is.
    """
    import torch

    tones = _bytes(v).flatten(2)
    n, channels, pixels = tones.shape
    place = torch.arange(n * channels, device=v.device).view(n, channels, 1) * (WHITE + 1)
    counts = torch.bincount((tones + place).flatten(), minlength=n * channels * (WHITE + 1))
    counts = counts.view(n, channels, WHITE + 1)
    step = (pixels - counts.gather(2, tones.amax(2, keepdim=True))) // WHITE
    darker = counts.cumsum(2) - counts
    table = ((step // 2 + darker) // step.clamp_min(1)).clamp_max(WHITE)
    found = table.gather(2, tones).view(v.shape).to(v.dtype) / WHITE
    return v.where((step == 0)[..., None], found)


def solarize(v: "Tensor", threshold: np.ndarray) -> "Tensor":
    """Tones from a threshold (0 … 255) on are inverted."""
    return v.where(v * WHITE < as_column(threshold, v) - 0.5, 1 - v)


def posterize(v: "Tensor", bits: np.ndarray) -> "Tensor":
    """Only so many bits of a tone are kept, of 8."""
    step = as_column(2.0 ** (8 - np.asarray(bits)), v)
    return (_bytes(v).to(v.dtype) / step).floor() * step / WHITE


def sharpness(v: "Tensor", factor: np.ndarray) -> "Tensor":
    """Away from the picture smoothed by (1 1 1; 1 5 1; 1 1 1)/13, whose border stays as it is."""
    import torch.nn.functional as F

    if min(v.shape[2:]) < 3:
        return v
    kernel = v.new_ones(3, 3)
    kernel[1, 1] = 5
    kernel = (kernel / kernel.sum()).expand(v.shape[1], 1, 3, 3)
    smooth = v.clone()
    smooth[..., 1:-1, 1:-1] = F.conv2d(v, kernel, groups=v.shape[1])
    return away_from(smooth, v, factor)


def _bytes(v: "Tensor") -> "Tensor":
    """Tones as whole numbers 0 … 255."""
    return (v * WHITE).round().long()
