"""The loss of objects as points: a heat map of centres, and a box at each (curriculum D32)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import real
from gradatim.functional.heat_maps import classes_of_maps, heat_of, points_of
from gradatim.functional.losses import weighted_mean

ALPHA, BETA = 2, 4  # of the focal loss


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

    def check(self, a: Tensor, y: Tensor) -> None:
        """Raise UsageError where outputs are no maps of scores and boxes."""
        classes_of_maps(a, y)

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)
