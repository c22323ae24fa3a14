"""Adaptive pooling: a number for each of as many parts as are asked for (curriculum D7)."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, ClassVar

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.functional.adaptive_windows import check_divisible, ends, parts, spoken


class _AdaptivePool(Layer):
    """What both poolings share: the parts. Shapes: x (N, C, …) → (N, C, parts of each axis)."""

    axes: ClassVar[int]

    def __init__(self, output_size: int | Sequence[int | None] | None):
        super().__init__()
        self.name = type(self).__name__.lower().replace("adaptive", "adaptive_").replace("pool", "_pool")
        self.output_size = parts(output_size, self.axes)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({spoken(self.output_size)})"

    def look(self, x: np.ndarray) -> np.ndarray:
        """Check the batch, find the ends of the parts on pictures of this size; memory for the outputs."""
        check_divisible(self.name, x.shape, self.axes)
        self.x = x
        self.ends = [ends(n, m) for n, m in zip(x.shape[2:], self.output_size, strict=True)]
        return self.buffer("h", (*x.shape[:2], *map(len, self.ends)), x.dtype)


class _AdaptiveAvgPool(_AdaptivePool):
    """Adaptive average pooling: along each axis h = A x, the rows of A being 1/|part| on the part and else 0.

    h[m] = 1/|part m| Σ_(i in part m) x[i];   ∂L/∂x[i] = Σ_m g[m]/|part m| over the parts that hold i: Aᵀ g
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The mean of each part."""
        h = self.look(x)
        self.means = [self._matrix(n, one, x.dtype) for n, one in zip(x.shape[2:], self.ends, strict=True)]
        h[...] = _along_each(x, self.means)
        return h

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to every number of the part, in equal shares."""
        return _along_each(g, [A.T for A in self.means])

    def _matrix(self, n: int, one: list[tuple[int, int]], dtype: np.dtype) -> np.ndarray:
        A = np.zeros((len(one), n), dtype)
        for row, (begin, end) in zip(A, one, strict=True):
            row[begin:end] = 1 / (end - begin)
        return A


def _along_each(x: np.ndarray, matrices: list[np.ndarray]) -> np.ndarray:
    """A matrix times the batch along each axis of its pictures."""
    for axis, A in enumerate(matrices, 2):
        x = np.moveaxis(np.moveaxis(x, axis, -1) @ A.T, -1, axis)
    return x


class _AdaptiveMaxPool(_AdaptivePool):
    """Adaptive max pooling.

    h[m] = max_(i in part m) x[i];   ∂L/∂x[i] = Σ_m g[m] where x[i] is the first of the largest in part m
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The largest of each part."""
        h = self.look(x)
        self.first = []
        for place, part in self._parts(x):
            rows = part.reshape(*x.shape[:2], -1) if part.size else part.reshape(*x.shape[:2], 1)
            first = rows.argmax(-1)[..., None]
            self.first.append(first)
            h[place] = np.take_along_axis(rows, first, -1)[..., 0]
        return h

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to the first of the largest."""
        dx = self.buffer("dx", self.x.shape, g.dtype)
        dx.fill(0)
        for first, (place, part) in zip(self.first, self._parts(dx), strict=True):
            share = np.zeros((*g.shape[:2], part[0, 0].size if len(g) else 1), g.dtype)
            np.put_along_axis(share, first, g[place][..., None], -1)
            part += share.reshape(part.shape)
        return dx

    def _parts(self, x: np.ndarray) -> Iterator[tuple[Any, np.ndarray]]:
        """The place of each part in the outputs, and the part."""
        for numbers in product(*(range(len(one)) for one in self.ends)):
            held: list[Any] = [slice(*one[i]) for one, i in zip(self.ends, numbers, strict=True)]
            yield (..., *numbers), x[(..., *held)]


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """The mean of each part of an axis. Shapes: x (N, C, L) → (N, C, parts)."""

    axes: ClassVar[int] = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The mean of each part of a picture. Shapes: x (N, C, H, W) → (N, C, *parts)."""

    axes: ClassVar[int] = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """The mean of each part of a clip. Shapes: x (N, C, T, H, W) → (N, C, *parts)."""

    axes: ClassVar[int] = 3


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest of each part of an axis. Shapes: x (N, C, L) → (N, C, parts)."""

    axes: ClassVar[int] = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest of each part of a picture. Shapes: x (N, C, H, W) → (N, C, *parts)."""

    axes: ClassVar[int] = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest of each part of a clip. Shapes: x (N, C, T, H, W) → (N, C, *parts)."""

    axes: ClassVar[int] = 3
