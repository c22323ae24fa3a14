"""Pooling: one number for each window (curriculum D7)."""

from collections.abc import Sequence
from functools import reduce
from itertools import product
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.functional.windows import Window, check_pictures, times, window
from gradatim.nn.padding import pad, symmetric

MAXIMA: dict[int, Any] = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
MEANS: dict[int, Any] = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


class _Pool(nn.Module):
    """What the poolings share: the window; its step is its size where none is given."""

    axes: ClassVar[int]

    def __init__(
        self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[int] = 0, ceil_mode: bool = False, dilation: int | Sequence[int] = 1,
    ):  # fmt: skip
        super().__init__()
        self.name = type(self).__name__.lower().replace("pool", "_pool")
        stride = kernel_size if stride is None else stride
        self.window = window(self.name, self.axes, kernel_size, stride, padding, dilation, ceil_mode)
        size, pads = self.window.reach, self.window.padding
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
    def __init__(
        self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[int] = 0, ceil_mode: bool = False, dilation: int | Sequence[int] = 1,
        return_indices: bool = False,
    ):  # fmt: skip
        super().__init__(kernel_size, stride, padding, ceil_mode, dilation)
        self.return_indices = bool(return_indices)

    def forward(self, x: Tensor) -> Any:
        """The largest of each window, and where it stands, if that is asked for."""
        shape, w = self._checked(x), self.window
        padding = symmetric(w, shape)
        if padding and any(2 * p > f for p, f in zip(padding, w.size, strict=True)):
            padding = None  # which torch takes of windows without gaps only
        padded = x if padding is not None else pad(x, w, -torch.inf)
        how = (w.size, w.stride, padding or (0,) * self.axes, w.dilation, w.ceil)
        if not self.return_indices:
            return MAXIMA[self.axes](padded, *how)
        y, indices = MAXIMA[self.axes](padded, *how, return_indices=True)
        return y, indices if padding is not None else self._inside(indices, padded.shape[2:], shape)

    def _inside(self, indices: Tensor, padded: tuple[int, ...], shape: tuple[int, ...]) -> Tensor:
        """Places of a padded picture as those of the picture within."""
        before = [front for front, _ in self.window.pads(shape)]
        places = torch.unravel_index(indices, padded)
        found = torch.zeros_like(indices)
        for place, front, n in zip(places, before, shape, strict=True):
            found = found * n + place - front
        return found

    def extra_repr(self) -> str:
        """The window, and whether places are returned."""
        return super().extra_repr() + (", return_indices=True" if self.return_indices else "")


class _SumPool(_Pool):
    def forward(self, x: Tensor) -> Tensor:
        """The sum of each window."""
        places = self.window.places(self._checked(x))
        return _sums(pad(x, self.window), self.window, places)


class _AvgPool(_Pool):
    def __init__(
        self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence[int] = 0, ceil_mode: bool = False, count_include_pad: bool = True,
        dilation: int | Sequence[int] = 1,
    ):  # fmt: skip
        super().__init__(kernel_size, stride, padding, ceil_mode, dilation)
        self.count_include_pad = count_include_pad

    def forward(self, x: Tensor) -> Tensor:
        """The mean of each window."""
        shape, w = self._checked(x), self.window
        fits = all(n >= f for n, f in zip(shape, w.size, strict=True))  # torch's clips want it of the input
        plain = not isinstance(w.padding, str) and w.reach == w.size
        if plain and (fits or self.axes < 3):
            return MEANS[self.axes](x, w.size, w.stride, w.padding, w.ceil, self.count_include_pad)
        counts = [x.new_tensor(c) for c in w.overlaps(shape, self.count_include_pad)]
        count = reduce(lambda rest, axis: rest[..., None] * axis, counts)
        return _sums(pad(x, w), w, w.places(shape)) / count

    def extra_repr(self) -> str:
        """The window, and what is counted."""
        return super().extra_repr() + ("" if self.count_include_pad else ", count_include_pad=False")


def _sums(x: Tensor, window: Window, places: tuple[int, ...]) -> Tensor:
    """Σ over each window of a padded batch; of one whose numbers lie apart, view by view."""
    size, stride = window.size, window.stride
    if window.reach != size:
        steps = list(zip(window.dilation, stride, places, strict=True))
        views: list[Any] = [
            (
                ...,
                *(
                    slice(k * d, k * d + (n - 1) * s + 1, s)
                    for k, (d, s, n) in zip(offset, steps, strict=True)
                ),
            )
            for offset in product(*map(range, size))
        ]
        return reduce(torch.add, (x[view] for view in views))
    if len(size) == 1:  # torch's 1-D mean knows no other divisor, so it goes as 2-D
        return MEANS[2](x[..., None], (*size, 1), (*stride, 1), divisor_override=1)[..., 0]
    return MEANS[len(size)](x, size, stride, divisor_override=1)


class MaxPool1d(_MaxPool):
    """Max pooling along one axis; arguments and refusals are those of `MaxPool2d`.

        y[m] = max_k x[S m + D k − P],   x = −∞ outside

    Shapes: x (N, C, L) → (N, C, places).

    >>> MaxPool1d(2)(torch.tensor([[[1.0, 4.0, 2.0, 3.0]]])).tolist()
    [[[4.0, 3.0]]]
    """

    axes = 1


class MaxPool2d(_MaxPool):
    """Max pooling (Zhou & Chellappa 1988; curriculum D7): the largest number of each window.

        y[m, n] = max_kl x[S m + D k − P, S n + D l − P],   x = −∞ outside;   ∂y/∂x = 1 at the (first) largest

    Shapes: x (N, C, H, W) → (N, C, and of each axis ⌊(n − D(F − 1) − 1 + 2P)/S⌋ + 1).

    F is `kernel_size`, S `stride` (F where none is given; below F the windows overlap), P `padding` at both
    ends, "same" (⌈n/S⌉ places, the odd number of what is padded behind) or "same_lower" (in front), D
    `dilation`; with `ceil_mode` ⌈…⌉ in place of ⌊…⌋, so that no number is dropped. With `return_indices` it
    gives y and, of the same shape, the place of each largest number, counted through the picture row by row,
    as torch.nn.functional.max_unpool2d reads them. Raises UsageError for padding of more than half of what
    the window reaches over, and for pictures smaller than that.

    >>> MaxPool2d(3, stride=2)(torch.zeros(1, 96, 55, 55)).shape
    torch.Size([1, 96, 27, 27])
    """

    axes = 2


class MaxPool3d(_MaxPool):
    """Max pooling over three axes; arguments and refusals are those of `MaxPool2d`.

        y[m] = max_k x[S m + D k − P],   m and k with three indices, x = −∞ outside

    Shapes: x (N, C, T, H, W) → (N, C, places of each axis).

    >>> MaxPool3d(2)(torch.zeros(1, 3, 16, 8, 8)).shape
    torch.Size([1, 3, 8, 4, 4])
    """

    axes = 3


class AvgPool1d(_AvgPool):
    """Average pooling along one axis; arguments are those of `AvgPool2d`.

        y[m] = 1/|window| Σ_k x[S m + D k − P],   x = 0 outside

    Shapes: x (N, C, L) → (N, C, places).

    >>> AvgPool1d(2)(torch.tensor([[[1.0, 4.0, 2.0, 3.0]]])).tolist()
    [[[2.5, 2.5]]]
    """

    axes = 1


class AvgPool2d(_AvgPool):
    """Average pooling (LeCun et al. 1989; curriculum D7): the mean of each window.

        y[m, n] = 1/|window| Σ_kl x[S m + D k − P, S n + D l − P],   x = 0 outside

    |window| counts padding, too, unless `count_include_pad` is False; what stands over the edge because of
    `ceil_mode` is never counted. Shapes and other arguments are those of `MaxPool2d`.

    >>> AvgPool2d(2)(torch.arange(4.0).view(1, 1, 2, 2)).item()
    1.5
    """

    axes = 2


class AvgPool3d(_AvgPool):
    """Average pooling over three axes; arguments are those of `AvgPool2d`.

        y[m] = 1/|window| Σ_k x[S m + D k − P],   m and k with three indices, x = 0 outside

    Shapes: x (N, C, T, H, W) → (N, C, places of each axis).

    >>> AvgPool3d(2)(torch.zeros(1, 3, 16, 8, 8)).shape
    torch.Size([1, 3, 8, 4, 4])
    """

    axes = 3


class SumPool1d(_SumPool):
    """Sum pooling along one axis; arguments are those of `MaxPool2d`.

        y[m] = Σ_k x[S m + D k − P],   x = 0 outside

    Shapes: x (N, C, L) → (N, C, places).

    >>> SumPool1d(2)(torch.tensor([[[1.0, 4.0, 2.0, 3.0]]])).tolist()
    [[[5.0, 5.0]]]
    """

    axes = 1


class SumPool2d(_SumPool):
    """Sum pooling (curriculum D7): the sum of each window.

        y[m, n] = Σ_kl x[S m + D k − P, S n + D l − P],   x = 0 outside

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
