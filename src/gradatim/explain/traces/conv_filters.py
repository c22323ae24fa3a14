"""Two filters over a black-and-white picture, their feature maps, and max pooling."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.explain.traces.arguments import grid
from gradatim.explain.traces.convolving import convolve, picture, products_table
from gradatim.explain.traces.record import Beside, Line, Trace
from gradatim.functional.windows import times

PICTURE = (
    (1, 0, 0, 0, 0, 1), (0, 1, 0, 0, 1, 0), (0, 0, 1, 1, 0, 0), (1, 0, 0, 0, 1, 0), (0, 1, 0, 0, 1, 0),
    (0, 0, 1, 0, 1, 0),
)  # fmt: skip
DIAGONAL = ((1, -1, -1), (-1, 1, -1), (-1, -1, 1))
UPRIGHT = ((-1, 1, -1), (-1, 1, -1), (-1, 1, -1))


def conv_filters(
    x: Sequence[Sequence[float]] = PICTURE,
    filter1: Sequence[Sequence[float]] = DIAGONAL,
    filter2: Sequence[Sequence[float]] = UPRIGHT,
) -> Trace:
    """Two filters look for a diagonal and for an upright stroke; the largest of each 2×2 is kept.

        y_o[m, n] = Σ_kl w_o[k, l] x[S m + k, S n + l];   p_o[m, n] = max_kl y_o[2m + k, 2n + l],  k, l < 2

    Raises UsageError for what is no picture, or one smaller than a filter.
    """
    rows, kernels = grid("x", x), [grid("filter1", filter1), grid("filter2", filter2)]
    maps = [convolve(rows, w) for w in kernels]
    pooled = [_pooled(y) for y in maps]
    strided = convolve(rows, kernels[0], stride=2)
    volume = f"{len(maps)}×{times(maps[0].shape)}"
    return Trace("Two filters, their maps, and max pooling", "D2 D7", "", [
        Line("A filter answers most where the picture looks like itself: each pixel that fits adds, each "
             "that does not takes away."),
        Line("  y[m, n] = Σ_kl w[k, l] x[S m + k, S n + l]"),
        Beside([picture("x", rows), *(picture(f"filter {o + 1}", w) for o, w in enumerate(kernels))]),
        products_table("Filter 1, stride 1", rows, kernels[0]),
        products_table("Filter 1, stride 2", rows, kernels[0], stride=2),
        products_table("Filter 2, stride 1", rows, kernels[1]),
        Beside([picture("map 1", maps[0]), picture("map 2", maps[1]), picture("map 1, stride 2", strided)]),
        Line(f"The two maps at stride 1 form a volume of {volume}, the picture that the next layer sees."),
        Line("  max pooling, 2×2: p[m, n] = the largest of y[2m … 2m+1, 2n … 2n+1]"),
        Beside([picture("map 1, pooled", pooled[0]), picture("map 2, pooled", pooled[1])]),
    ])  # fmt: skip


def _pooled(y: np.ndarray) -> np.ndarray:
    return Network([{"name": "max_pool2d", "kernel_size": 2}], dtype=np.float64).forward(y[None, None])[0, 0]
