"""Objects as points on maps, and the humps of heat around them (curriculum D32)."""

from typing import NamedTuple

import torch
from torch import Tensor

from gradatim.checks import UsageError

BOX = 4  # numbers of a box at a place: width, height, and the offset across and down


class Points(NamedTuple):
    """Where objects are on maps of h × w places, and which of the (N, M) are any."""

    there: Tensor  # (N, M) true where there is an object
    row: Tensor  # (N, M) the place of its middle
    column: Tensor
    box: Tensor  # (N, M, 4) width and height in places; offset across and down from the place's corner


def classes_of_maps(a: Tensor, y: Tensor) -> int:
    """How many classes outputs are scores of; UsageError where these are no maps of scores and boxes."""
    if a.ndim != 4 or y.ndim != 3 or y.shape[2] != 5 or len(a) != len(y):
        raise UsageError(
            "center_points reads maps (N, K + 4, h, w), as small_detector gives them, and boxes (N, M, 5); "
            f"the outputs are {tuple(a.shape)} and the targets {tuple(y.shape)}"
        )
    classes, most = a.shape[1] - BOX, int(y[..., 4].max()) if y.numel() else -1
    if classes < max(1, most + 1):
        raise UsageError(
            f"center_points needs a score for each class and 4 numbers for a box at every place: the network "
            f"gives {a.shape[1]} numbers, and there is a class {most}"
        )
    return classes


def points_of(y: Tensor, height: int, width: int) -> Points:
    """Objects (N, M, 5) as points on maps of this size."""
    there = y[..., 4] >= 0
    left, top, right, bottom = y[..., 0] * width, y[..., 1] * height, y[..., 2] * width, y[..., 3] * height
    x, y_ = (left + right) / 2, (top + bottom) / 2
    column, row = x.floor().clamp(0, width - 1), y_.floor().clamp(0, height - 1)
    box = torch.stack([right - left, bottom - top, x - column, y_ - row], -1)
    return Points(there, row.long(), column.long(), box)


def heat_of(points: Points, kinds: Tensor, classes: int, a: Tensor) -> Tensor:
    """Y (N, K, h, w): 1 at the middle of every object of a class, less around it."""
    height, width = a.shape[2:]
    deviation = deviation_of(points.box[..., 0], points.box[..., 1])
    rows = torch.arange(height, device=a.device, dtype=a.dtype) - points.row[..., None]  # (N, M, h)
    columns = torch.arange(width, device=a.device, dtype=a.dtype) - points.column[..., None]
    half = 2 * deviation[..., None] ** 2
    hump = torch.exp(-(rows**2) / half)[..., None] * torch.exp(-(columns**2) / half)[..., None, :]
    hump = hump * points.there[..., None, None]  # (N, M, h, w)
    place = kinds.long().clamp_min(0)[..., None, None].expand_as(hump)
    heat = torch.zeros(len(a), classes, height, width, device=a.device, dtype=a.dtype)
    return heat.scatter_reduce(1, place, hump, "amax")


def deviation_of(width: Tensor, height: Tensor, overlap: float = 0.7) -> Tensor:
    """σ of the hump around an object's middle: (2r + 1)/6, (w − r)(h − r) = 2 w h o/(1 + o).

    >>> round(deviation_of(torch.tensor(8.0), torch.tensor(8.0)).item(), 4)
    0.4134
    """
    both = width + height
    under = both**2 - 4 * width * height * (1 - overlap) / (1 + overlap)
    return (both - under.clamp_min(0) ** 0.5 + 1) / 6
