"""Pooling: one number for each window (curriculum D7)."""

from collections.abc import Sequence
from functools import reduce
from typing import ClassVar

import numpy as np

from gradatim.by_hand.layers.layer import outward
from gradatim.by_hand.layers.windowed import Windowed
from gradatim.checks import UsageError
from gradatim.functional.windows import window


class _Pool(Windowed):
    """What the poolings share: the window; its step is its size where none is given."""

    def __init__(
        self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[int] = 0, ceil_mode: bool = False, dilation: int | Sequence[int] = 1,
    ):  # fmt: skip
        super().__init__()
        name = type(self).__name__.lower().replace("pool", "_pool")
        stride = kernel_size if stride is None else stride
        self.window = window(name, self.axes, kernel_size, stride, padding, dilation, ceil_mode)
        size, pads = self.window.reach, self.window.padding
        if not isinstance(pads, str) and any(2 * p > f for p, f in zip(pads, size, strict=True)):
            raise UsageError(f"{name}: padding must be at most half of the window {size}; it is {pads}")

    def _result(self, x: np.ndarray) -> np.ndarray:
        return self.buffer("h", (x.shape[1], *self.places, len(x)), x.dtype)


class _MaxPool(_Pool):
    """Max pooling.

        h[m] = max_k x[S m + D k − P],   x = −∞ outside
        ∂L/∂x[i] = Σ_m g[m] where x[i] is the first of the largest in window m

    because h[m] moves as its largest number moves, and does not see the others.
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The largest of each window."""
        self.look(x)
        self.x, self.h = self.padded(x, -np.inf), self._result(x)
        for number, seen in enumerate(self.views(self.x)):
            np.maximum(self.h, seen, out=self.h) if number else np.copyto(self.h, seen)
        return outward(self.h)

    def indices(self) -> np.ndarray:
        """Where the largest number of each window of the last batch stands, counted through the picture."""
        found, given = np.zeros(self.h.shape, np.int64), np.zeros(self.h.shape, bool)
        inside = [np.arange(n) for n in self._shape]
        whole = np.zeros(self.padded_shape, np.int64)
        whole[self.inside] = np.ravel_multi_index(np.ix_(*inside), self._shape)
        for seen, places in zip(self.views(self.x), self.views(whole[None, ..., None]), strict=True):
            first = (seen == self.h) & ~given  # and none in front of it was
            np.copyto(found, places, where=first)
            given |= first
        return outward(found)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to the first of the largest."""
        g = self.inward("g", g)
        dx = self.emptied(len(g), g.shape[-1], g.dtype)
        largest, part = self.buffer("largest", g.shape, np.dtype(bool)), self.like("part", g)
        given = self.buffer("given", g.shape, np.dtype(bool))
        given.fill(False)
        for seen, d_seen in zip(self.views(self.x), self.views(dx), strict=True):
            np.equal(seen, self.h, out=largest)
            np.greater(largest, given, out=largest)  # and none in front of it was
            given |= largest
            d_seen += np.multiply(g, largest, out=part)
        return outward(dx[(slice(None), *self.inside)])


class _SumPool(_Pool):
    """Sum pooling.

    h[m] = Σ_k x[S m + D k − P],   x = 0 outside;   ∂L/∂x[i] = Σ_m g[m] over the windows that hold i
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The sum of each window."""
        self.look(x)
        h = self._result(x)
        for number, seen in enumerate(self.views(self.padded(x))):
            np.add(h, seen, out=h) if number else np.copyto(h, seen)
        return outward(h)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to every number of the window."""
        g = self.inward("g", g)
        dx = self.emptied(len(g), g.shape[-1], g.dtype)
        for d_seen in self.views(dx):
            d_seen += g
        return outward(dx[(slice(None), *self.inside)])


class _AvgPool(_SumPool):
    """Average pooling: sum pooling over |window|, the count of its numbers.

        h[m] = 1/|window m| Σ_k x[S m + D k − P]
        ∂L/∂x[i] = Σ_m g[m]/|window m| over the windows that hold i

    |window| counts padding, too, unless `count_include_pad` is False (torch's convention); what stands over
    the edge because of `ceil_mode` is never counted.
    """

    def __init__(
        self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[int] = 0, ceil_mode: bool = False, count_include_pad: bool = True,
        dilation: int | Sequence[int] = 1,
    ):  # fmt: skip
        super().__init__(kernel_size, stride, padding, ceil_mode, dilation)
        self.count_include_pad = count_include_pad

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The mean of each window."""
        h = super().forward(x)
        overlaps = self.window.overlaps(x.shape[2:], self.count_include_pad)
        self.count = reduce(np.multiply.outer, map(np.array, overlaps)).astype(x.dtype)  # (*places)
        h /= self.count
        return h

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to every number of the window, in equal shares."""
        return super().backward(np.divide(g, self.count, out=self.like("shares", g)))


class MaxPool1d(_MaxPool):
    """The largest of each window along one axis. Shapes: x (N, C, L) → (N, C, places)."""

    axes: ClassVar[int] = 1


class MaxPool2d(_MaxPool):
    """The largest of each window of a picture. Shapes: x (N, C, H, W) → (N, C, *places)."""

    axes: ClassVar[int] = 2


class MaxPool3d(_MaxPool):
    """The largest of each window of a clip. Shapes: x (N, C, T, H, W) → (N, C, *places)."""

    axes: ClassVar[int] = 3


class AvgPool1d(_AvgPool):
    """The mean of each window along one axis. Shapes: x (N, C, L) → (N, C, places)."""

    axes: ClassVar[int] = 1


class AvgPool2d(_AvgPool):
    """The mean of each window of a picture. Shapes: x (N, C, H, W) → (N, C, *places)."""

    axes: ClassVar[int] = 2


class AvgPool3d(_AvgPool):
    """The mean of each window of a clip. Shapes: x (N, C, T, H, W) → (N, C, *places)."""

    axes: ClassVar[int] = 3


class SumPool1d(_SumPool):
    """The sum of each window along one axis. Shapes: x (N, C, L) → (N, C, places)."""

    axes: ClassVar[int] = 1


class SumPool2d(_SumPool):
    """The sum of each window of a picture. Shapes: x (N, C, H, W) → (N, C, *places)."""

    axes: ClassVar[int] = 2
