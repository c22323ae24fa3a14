"""Convolution as a dense layer whose matrix is sparse and whose weights are shared."""

from collections.abc import Sequence
from itertools import product
from string import ascii_lowercase

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.explain.traces.arguments import grid
from gradatim.explain.traces.conv_stride import KERNEL, PICTURE
from gradatim.explain.traces.convolving import decimals, layer, picture
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace
from gradatim.functional.windows import times, window

MOST = len(ascii_lowercase)  # letters for the kernel's weights


def conv_matrix(x: Sequence[Sequence[float]] = PICTURE, kernel: Sequence[Sequence[float]] = KERNEL) -> Trace:
    """A convolution written out as a dense layer: its matrix, its output and its gradient.

        y = M x,   x and y row by row;   M_(m,n),(i,j) = w[i − m, j − n] inside the kernel, 0 elsewhere
        ∂L/∂w[k, l] = Σ of ∂L/∂M over all places of M where w[k, l] stands

    Raises UsageError for what is no picture, one smaller than the kernel, or a kernel of over 26 weights.
    """
    X, w = np.array(grid("x", x)), np.array(grid("kernel", kernel))
    if w.size > MOST:
        raise UsageError(f"kernel must have at most {MOST} weights, to be named by letters; it has {w.size}")
    index = positions(X.shape, w.shape)
    letters: list[list[Cell]] = [["·" if k < 0 else ascii_lowercase[k] for k in row] for row in index]
    full, each = index.size, int((index[0] >= 0).sum())
    return Trace("Convolution as a sparse dense layer with shared weights", "D8 D9", "", [
        Beside([picture("x", X), picture("kernel w", w),
                Table("its names", (), [list(ascii_lowercase[r * w.shape[1] :][: w.shape[1]])
                                        for r in range(len(w))])]),
        Line("  y = M x, x and y read row by row"),
        Table(f"M, {times(index.shape)}: a row for each place, a dot is 0", (), letters),
        Line(f"Each row has {each} numbers that are not 0, the same {w.size} values in every row: {w.size} "
             f"free values of {full:,}."),
        *_equal(X, w, index),
        Line("A picture of 1000×1000 pixels and as many hidden units:"),
        Table("What sparse and shared save", ["layer", "weights", "which is"], COSTS),
    ])  # fmt: skip


PIXELS, UNITS, SEEN = 10**6, 10**6, 10 * 10
COSTS: list[list[Cell]] = [
    ["dense, all pixels seen", PIXELS * UNITS, "10⁶ · 10⁶ = 10¹²"],
    ["locally connected, 10×10 seen", UNITS * SEEN, "10⁶ · 10² = 10⁸"],
    ["convolutional, one kernel for all", SEEN, "10² for each filter"],
]


def positions(shape: Sequence[int], kernel: Sequence[int]) -> np.ndarray:
    """Which of the kernel's weights stands where in M, −1 for none: (places, pixels).

    >>> positions((1, 3), (1, 2)).tolist()
    [[0, 1, -1], [-1, 0, 1]]
    """
    places = window("conv2d", 2, kernel, 1, 0).places(shape)
    index = np.full((*places, *shape), -1)
    for (m, n), (k, l) in product(np.ndindex(*places), np.ndindex(*kernel)):
        index[m, n, m + k, n + l] = k * kernel[1] + l
    return index.reshape(places[0] * places[1], -1)


def as_matrix(w: np.ndarray, index: np.ndarray) -> np.ndarray:
    """M, its weights in place."""
    return np.where(index < 0, 0.0, w.ravel()[index])


def dense_twin(w: np.ndarray, index: np.ndarray) -> Network:
    """A dense layer with M's mask, holding M."""
    network = Network([{"name": "masked_dense", "mask": index >= 0, "bias": False}], dtype=np.float64)
    network.theta[...] = as_matrix(w, index).ravel()
    return network


def _equal(x: np.ndarray, w: np.ndarray, index: np.ndarray) -> list[Part]:
    """Output and gradient of both, L being ½ Σ y²."""
    conv, dense = layer(x[None], w[None, None]), dense_twin(w, index)
    y = conv.forward(x[None, None])
    z = dense.forward(x.reshape(1, -1))
    conv.backward(y)
    dense.backward(z)
    shared = conv.gradients["0.weight"].ravel()
    spread = dense.gradients["0.weight"]
    rows: list[list[Cell]] = [
        [ascii_lowercase[k], float(w.ravel()[k]), int((index == k).sum()), float(shared[k]),
         float(spread[index == k].sum())] for k in range(w.size)
    ]  # fmt: skip
    names = ["weight", "value", "stands in M", "convolution's ∂L/∂w", "Σ of ∂L/∂M where it stands"]
    return [
        Beside([picture("y of the convolution", y[0, 0]), picture("y = M x", z.reshape(y.shape[2:]))]),
        Line("Backwards with L = ½ Σ y²: the masked dense layer has a gradient for each place of M; tied, "
             "that is added up over the places of one weight, it is the convolution's."),
        Table("The gradient", names, rows, (0, decimals(w), 0, decimals(shared), decimals(shared))),
    ]  # fmt: skip
