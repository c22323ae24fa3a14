"""The loss of objects as points: a heat map of centres, and a box at each (curriculum D32)."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, real
from gradatim.functional.losses import weighted_mean

BOX = 4  # numbers of a box at a place: width, height, and the offset across and down
ALPHA, BETA = 2, 4  # of the focal loss


class Points(NamedTuple):
    """Where objects are on maps of h × w places, and which of the (N, M) are any."""

    there: Tensor  # (N, M) true where there is an object
    row: Tensor  # (N, M) the place of its middle
    column: Tensor
    box: Tensor  # (N, M, 4) width and height in places; offset across and down from the place's corner


class CenterPoints:
    """Objects as points (Zhou, Wang & Krähenbühl 2019, eqs. 1 to 4): the loss of CenterNet.

        L = L_k + λ_size L_size + λ_off L_off,   p = σ(a_k) at every place, of every class
        L_k = −(1/n) Σ  (1 − p)² log p             at the n objects' middles, of their class
                        (1 − Y)⁴ p² log(1 − p)     everywhere else
        Y = max over objects of exp(−|place − middle|² / 2σ²),   σ = (2r + 1)/6
        L_size = (1/n) Σ |ŵ − w| + |ĥ − h|,   L_off = (1/n) Σ |ô − (c − ⌊c⌋)|,   c the middle, in places

    r is how far a box may be moved down and across alike and still overlap with itself by 0.7 (as Law & Deng
    2018 draw their corners). n counts the objects of the picture, 1 where there is none; the paper's n
    those of the batch.

    Shapes: a (N, K + 4, h, w), scores of K classes, then width and height in places, and the offset of the
    middle from the upper left corner of its place; y (N, M, 5), left, top, right and bottom edge as shares of
    the picture's sides and the number of the class, −1 where there is no object.

    Raises UsageError for negative λ, and for outputs that are no such maps.

    >>> a, y = torch.zeros(1, 5, 2, 2), torch.tensor([[[0.0, 0.0, 0.5, 0.5, 0.0]]])  # one object, top left
    >>> round(CenterPoints()(a, y).item(), 4)
    1.8931
    """

    def __init__(self, size_weight: float = 0.1, offset_weight: float = 1.0):
        self.size_weight = real("size_weight", size_weight, at_least=0)
        self.offset_weight = real("offset_weight", offset_weight, at_least=0)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        classes = classes_of_maps(a, y)
        points = points_of(y.to(a.dtype), a.shape[2], a.shape[3])
        n = points.there.sum(1).clamp_min(1).to(a.dtype)
        heat = heat_of(points, y[..., 4], classes, a)
        scores = a[:, :classes]
        right, wrong = F.logsigmoid(scores), F.logsigmoid(-scores)
        p = right.exp()
        focal = torch.where(heat == 1, (1 - p) ** ALPHA * right, (1 - heat) ** BETA * p**ALPHA * wrong)
        example = torch.arange(len(a), device=a.device)[:, None]
        said = a[:, classes:].movedim(1, -1)[example, points.row, points.column]  # (N, M, 4)
        off = (said - points.box).abs() * points.there[..., None]
        size, offset = off[..., :2].sum((1, 2)), off[..., 2:].sum((1, 2))
        return (-focal.sum((1, 2, 3)) + self.size_weight * size + self.offset_weight * offset) / n

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)


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
