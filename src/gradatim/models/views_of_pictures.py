"""What a network says of a picture, as the mean over views of it: shifted by a pixel, and in the mirror."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

PIXELS = 1
WEIGHT = 0.5  # of the picture as it stands; the two shifted ones share the rest


def mean_of_views(network: Callable[[Tensor], Tensor], x: Tensor, mirrored: bool, shifted: bool) -> Tensor:
    """The mean of a network's scores for views of each picture (Jordan 2024, section 3.5).

        a = ½ f(x) + ¼ f(x↖) + ¼ f(x↘),   x↖ and x↘ shifted by a pixel on both axes, zeros where nothing is
        with `mirrored` ½ (a(x) + a(x in the mirror))

    Shapes: x (N, C, H, W) → what the network gives.

    >>> import torch
    >>> x = torch.tensor([[[[4.0, 8.0]]]])
    >>> mean_of_views(lambda x: x[..., 0].flatten(1), x, mirrored=True, shifted=False)
    tensor([[6.]])
    """
    if mirrored:
        both = (mean_of_views(network, view, False, shifted) for view in (x, x.flip(3)))
        return (next(both) + next(both)) / 2
    if not shifted:
        return network(x)
    some = (network(F.pad(x, (by, -by, by, -by))) for by in (PIXELS, -PIXELS))
    return WEIGHT * network(x) + (1 - WEIGHT) / 2 * (next(some) + next(some))
