"""Pooling: one number for each window (curriculum D7)."""

from collections.abc import Sequence
from functools import reduce
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.functional.windows import check_pictures, times, window
from gradatim.nn.padding import pad, symmetric

MAXIMA: dict[int, Any] = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
MEANS: dict[int, Any] = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


class _Pool(nn.Module):
    """What the poolings share: the window; its step is its size where none is given."""

    axes: ClassVar[int]

    def __init__(
        self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[int] = 0, ceil_mode: bool = False,
    ):  # fmt: skip
        super().__init__()
        self.name = type(self).__name__.lower().replace("pool", "_pool")
        stride = kernel_size if stride is None else stride
        self.window = window(self.name, self.axes, kernel_size, stride, padding, ceil_mode=ceil_mode)
        size, pads = self.window.size, self.window.padding
        if not isinstance(pads, str) and any(2 * p > f for p, f in zip(pads, size, strict=True)):
            raise UsageError(f"{self.name}: padding must be at most half of the window {size}; it is {pads}")

    def _checked(self, x: Tensor) -> tuple[int, ...]:
        """The picture's axes."""
        check_pictures(self.name, x.shape, self.axes)
        self.window.places(x.shape[2:])
        return tuple(x.shape[2:])

    def extra_repr(self) -> str:
        """The window."""
        return self.window.told()


class _MaxPool(_Pool):
    def forward(self, x: Tensor) -> Tensor:
        """The largest of each window."""
        padding = symmetric(self.window, self._checked(x))
        if padding is None:
            x, padding = pad(x, self.window, -torch.inf), (0,) * self.axes
        w = self.window
        return MAXIMA[self.axes](x, w.size, w.stride, padding, 1, w.ceil)


class _SumPool(_Pool):
    def forward(self, x: Tensor) -> Tensor:
        """The sum of each window."""
        self._checked(x)
        return _sums(pad(x, self.window), self.window.size, self.window.stride)


class _AvgPool(_Pool):
    def __init__(
        self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[int] = 0, ceil_mode: bool = False, count_include_pad: bool = True,
    ):  # fmt: skip
        super().__init__(kernel_size, stride, padding, ceil_mode)
        self.count_include_pad = count_include_pad

    def forward(self, x: Tensor) -> Tensor:
        """The mean of each window."""
        shape, w = self._checked(x), self.window
        fits = all(n >= f for n, f in zip(shape, w.size, strict=True))  # torch's clips want it of the input
        if not isinstance(w.padding, str) and (fits or self.axes < 3):
            return MEANS[self.axes](x, w.size, w.stride, w.padding, w.ceil, self.count_include_pad)
        counts = [x.new_tensor(c) for c in w.overlaps(shape, self.count_include_pad)]
        count = reduce(lambda rest, axis: rest[..., None] * axis, counts)
        return _sums(pad(x, w), w.size, w.stride) / count

    def extra_repr(self) -> str:
        """The window, and what is counted."""
        return super().extra_repr() + ("" if self.count_include_pad else ", count_include_pad=False")


def _sums(x: Tensor, size: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    """Σ over each window of a padded batch. torch's 1-D mean knows no other divisor, so it goes as 2-D."""
    if len(size) == 1:
        return _sums(x[..., None], (*size, 1), (*stride, 1))[..., 0]
    return MEANS[len(size)](x, size, stride, divisor_override=1)


class MaxPool1d(_MaxPool):
    """Max pooling along one axis; arguments and refusals are those of `MaxPool2d`.

        y[m] = max_k x[S m + k − P],   x = −∞ outside

    Shapes: x (N, C, L) → (N, C, places).

    >>> MaxPool1d(2)(torch.tensor([[[1.0, 4.0, 2.0, 3.0]]])).tolist()
    [[[4.0, 3.0]]]
    """

    axes = 1


class MaxPool2d(_MaxPool):
    """Max pooling (Zhou & Chellappa 1988; curriculum D7): the largest number of each window.

        y[m, n] = max_kl x[S m + k − P, S n + l − P],   x = −∞ outside;   ∂y/∂x = 1 at the (first) largest

    Shapes: x (N, C, H, W) → (N, C, and of each axis ⌊(n − F + 2P)/S⌋ + 1).

    F is `kernel_size`, S `stride` (F where none is given; below F the windows overlap), P `padding` at both
    ends or "same" (⌈n/S⌉ places); with `ceil_mode` ⌈…⌉ in place of ⌊…⌋, so that no number is dropped.
    Raises UsageError for padding of more than half a window, and for pictures smaller than the window.

    >>> MaxPool2d(3, stride=2)(torch.zeros(1, 96, 55, 55)).shape
    torch.Size([1, 96, 27, 27])
    """

    axes = 2


class MaxPool3d(_MaxPool):
    """Max pooling over three axes; arguments and refusals are those of `MaxPool2d`.

        y[m] = max_k x[S m + k − P],   m and k with three indices, x = −∞ outside

    Shapes: x (N, C, T, H, W) → (N, C, places of each axis).

    >>> MaxPool3d(2)(torch.zeros(1, 3, 16, 8, 8)).shape
    torch.Size([1, 3, 8, 4, 4])
    """

    axes = 3


class AvgPool1d(_AvgPool):
    """Average pooling along one axis; arguments are those of `AvgPool2d`.

        y[m] = 1/|window| Σ_k x[S m + k − P],   x = 0 outside

    Shapes: x (N, C, L) → (N, C, places).

    >>> AvgPool1d(2)(torch.tensor([[[1.0, 4.0, 2.0, 3.0]]])).tolist()
    [[[2.5, 2.5]]]
    """

    axes = 1


class AvgPool2d(_AvgPool):
    """Average pooling (LeCun et al. 1989; curriculum D7): the mean of each window.

        y[m, n] = 1/|window| Σ_kl x[S m + k − P, S n + l − P],   x = 0 outside

    |window| counts padding, too, unless `count_include_pad` is False; what stands over the edge because of
    `ceil_mode` is never counted. Shapes and other arguments are those of `MaxPool2d`.

    >>> AvgPool2d(2)(torch.arange(4.0).view(1, 1, 2, 2)).item()
    1.5
    """

    axes = 2


class AvgPool3d(_AvgPool):
    """Average pooling over three axes; arguments are those of `AvgPool2d`.

        y[m] = 1/|window| Σ_k x[S m + k − P],   m and k with three indices, x = 0 outside

    Shapes: x (N, C, T, H, W) → (N, C, places of each axis).

    >>> AvgPool3d(2)(torch.zeros(1, 3, 16, 8, 8)).shape
    torch.Size([1, 3, 8, 4, 4])
    """

    axes = 3


class SumPool1d(_SumPool):
    """Sum pooling along one axis; arguments are those of `MaxPool2d`.

        y[m] = Σ_k x[S m + k − P],   x = 0 outside

    Shapes: x (N, C, L) → (N, C, places).

    >>> SumPool1d(2)(torch.tensor([[[1.0, 4.0, 2.0, 3.0]]])).tolist()
    [[[5.0, 5.0]]]
    """

    axes = 1


class SumPool2d(_SumPool):
    """Sum pooling (curriculum D7): the sum of each window.

        y[m, n] = Σ_kl x[S m + k − P, S n + l − P],   x = 0 outside

    Shapes: as those of `MaxPool2d`, and so are the arguments.

    >>> SumPool2d(2)(torch.arange(4.0).view(1, 1, 2, 2)).item()
    6.0
    """

    axes = 2


class _GlobalPool(nn.Module):
    def _flat(self, x: Tensor) -> Tensor:
        """Every channel as one row."""
        if x.ndim < 3:
            raise UsageError(
                f"pooling over all of a picture takes batches (N, channels, …); examples of shape "
                f"{tuple(x.shape[1:])} are not that"
            )
        return x.flatten(2)

    def _filled(self, x: Tensor) -> Tensor:
        """The same, of pictures that have a number."""
        if 0 in x.shape[2:]:
            raise UsageError(f"pooling over all of a picture needs a number; these are {times(x.shape[2:])}")
        return self._flat(x)


class GlobalAvgPool(_GlobalPool):
    """Global average pooling (Lin, Chen & Yan 2014): the mean of each channel.

        y_c = 1/|places| Σ_p x_c[p]

    Shapes: x (N, C, …) → (N, C).

    >>> GlobalAvgPool()(torch.arange(4.0).view(1, 1, 2, 2)).tolist()
    [[1.5]]
    """

    def forward(self, x: Tensor) -> Tensor:
        """The mean of each channel."""
        return self._filled(x).mean(-1)


class GlobalMaxPool(_GlobalPool):
    """The largest number of each channel; its gradient goes to the first of the largest.

        y_c = max_p x_c[p]

    Shapes: x (N, C, …) → (N, C).

    >>> GlobalMaxPool()(torch.arange(4.0).view(1, 1, 2, 2)).tolist()
    [[3.0]]
    """

    def forward(self, x: Tensor) -> Tensor:
        """The largest of each channel."""
        return self._filled(x).max(-1).values


class GlobalSumPool(_GlobalPool):
    """The sum of each channel.

        y_c = Σ_p x_c[p]

    Shapes: x (N, C, …) → (N, C).

    >>> GlobalSumPool()(torch.arange(4.0).view(1, 1, 2, 2)).tolist()
    [[6.0]]
    """

    def forward(self, x: Tensor) -> Tensor:
        """The sum of each channel."""
        return self._flat(x).sum(-1)
