"""Small convolutions, computed by the layers by hand and spelled out product by product."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.explain.traces.record import Cell, Table, matrix
from gradatim.explain.traces.sums_as_text import product_sum
from gradatim.functional.windows import window


def layer(
    x: np.ndarray, kernels: np.ndarray, stride: int = 1, padding: int = 0, true: bool = False
) -> Network:
    """A network of one convolutional layer without biases, which has seen x.

    Shapes: x (C, …), kernels (O, C, …).
    """
    entry = {
        "name": f"{'true_' if true else ''}conv{x.ndim - 1}d", "in_channels": len(x), "out_channels":
        len(kernels), "kernel_size": kernels.shape[2:], "stride": stride, "padding": padding, "bias": False,
    }  # fmt: skip
    network = Network([entry], dtype=np.float64)
    network.theta[...] = np.asarray(kernels, float).ravel()
    return network


def convolve(x: Any, kernel: Any, stride: int = 1, padding: int = 0, true: bool = False) -> np.ndarray:
    """One picture (or signal) through one kernel.

    >>> convolve([1, 2, 3, 4], [1, -1], stride=2).tolist()
    [-1.0, -1.0]
    """
    x, kernel = np.asarray(x, float)[None], np.asarray(kernel, float)[None, None]
    return layer(x, kernel, stride, padding, true).forward(x[None])[0, 0]


def terms(
    x: Any, kernel: Any, place: Sequence[int], stride: int = 1, padding: int = 0, true: bool = False
) -> list[tuple[float, float]]:
    """(weight, pixel) of each product that one place adds up; zeros outside of the picture are left out."""
    x, kernel = np.asarray(x, float), np.asarray(kernel, float)
    found = []
    for k in product(*map(range, kernel.shape)):
        i = tuple(stride * m + n - padding for m, n in zip(place, k, strict=True))
        if all(0 <= a < size for a, size in zip(i, x.shape, strict=True)):
            turned = tuple(size - 1 - a for a, size in zip(k, kernel.shape, strict=True)) if true else k
            found.append((float(kernel[turned]), float(x[i])))
    return found


def products_table(
    caption: str, x: Any, kernel: Any, stride: int = 1, padding: int = 0, true: bool = False
) -> Table:
    """Every entry of the map, its products spelled out."""
    y = convolve(x, kernel, stride, padding, true)
    names = ["place"] if y.ndim == 1 else ["row", "column"]
    rows: list[list[Cell]] = [
        [
            *(m + 1 for m in place),
            product_sum(terms(x, kernel, place, stride, padding, true)),
            float(y[place]),
        ]
        for place in np.ndindex(*y.shape)
    ]
    return Table(caption, [*names, "weight · pixel", "y"], rows, decimals(y))


def picture(caption: str, values: Any) -> Table:
    """A matrix with the decimals it needs."""
    return matrix(caption, np.asarray(values, float), decimals(values))


def decimals(values: Any) -> int:
    """As many digits behind the point as the values need, 4 at most.

    >>> decimals([1, 2]), decimals([1, 0.25]), decimals([1 / 3])
    (0, 2, 4)
    """
    values = np.asarray(values, float)
    return next((d for d in range(4) if np.allclose(values, np.round(values, d), rtol=0, atol=1e-9)), 4)


def unreached_columns(n: int, size: int, stride: int, padding: int = 0) -> list[int]:
    """The columns, counted from 1, that no window reaches on the right; those of the padding are beyond n.

    >>> unreached_columns(6, 3, 2)
    [6]
    """
    (places,) = window("conv1d", 1, size, stride, padding).places((n,))
    reached = (places - 1) * stride + size - padding
    return list(range(reached + 1, n + padding + 1))
