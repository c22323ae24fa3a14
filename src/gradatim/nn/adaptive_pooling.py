"""Adaptive pooling: a number for each of as many parts as are asked for (curriculum D7)."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.functional.adaptive_windows import check_divisible, parts, spoken

MAXIMA: dict[int, Any] = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}
MEANS: dict[int, Any] = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}


class _AdaptivePool(nn.Module):
    """What both poolings share: the number of parts along each axis."""

    axes: ClassVar[int]
    functions: ClassVar[dict[int, Any]]

    def __init__(self, output_size: int | Sequence[int | None] | None):
        super().__init__()
        self.name = type(self).__name__.lower().replace("adaptive", "adaptive_").replace("pool", "_pool")
        self.output_size = parts(output_size, self.axes)

    def forward(self, x: Tensor) -> Tensor:
        """A number for each part."""
        check_divisible(self.name, x.shape, self.axes)
        shape = zip(self.output_size, x.shape[2:], strict=True)
        sizes = tuple(n if count is None else count for count, n in shape)
        return self.functions[self.axes](x, sizes)

    def extra_repr(self) -> str:
        """The number of parts."""
        return spoken(self.output_size)


class _AdaptiveAvgPool(_AdaptivePool):
    functions = MEANS


class _AdaptiveMaxPool(_AdaptivePool):
    functions = MAXIMA


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Adaptive average pooling along one axis, whatever its length.

        y[m] = 1/|part m| Σ_(i in part m) x[i],   part m from ⌊m n/M⌋ to before ⌈(m + 1) n/M⌉ of n numbers

    Shapes: x (N, C, L) → (N, C, M).

    M is `output_size`; arguments and refusals are those of `AdaptiveAvgPool2d`.

    >>> import torch
    >>> AdaptiveAvgPool1d(2)(torch.tensor([[[1.0, 4.0, 1.0, 3.0, 5.0]]])).tolist()
    [[[2.0, 3.0]]]
    """

    axes = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Adaptive average pooling of pictures, whatever their size.

        y[m] = 1/|part m| Σ_(i in part m) x[i],   part m from ⌊m n/M⌋ to before ⌈(m + 1) n/M⌉ of n numbers

    Shapes: x (N, C, H, W) → (N, C, *output_size).

    M is `output_size`, one number or one for each axis; None keeps an axis as it is. Parts may overlap by a
    number, and repeat where M is above n. Raises UsageError for pictures that are empty.

    >>> import torch
    >>> AdaptiveAvgPool2d(2)(torch.zeros(1, 3, 7, 5)).shape
    torch.Size([1, 3, 2, 2])
    """

    axes = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Adaptive average pooling of clips and volumes, whatever their size.

        y[m] = 1/|part m| Σ_(i in part m) x[i],   part m from ⌊m n/M⌋ to before ⌈(m + 1) n/M⌉ of n numbers

    Shapes: x (N, C, T, H, W) → (N, C, *output_size).

    M is `output_size`; arguments and refusals are those of `AdaptiveAvgPool2d`.

    >>> import torch
    >>> AdaptiveAvgPool3d(2)(torch.zeros(1, 3, 7, 5, 6)).shape
    torch.Size([1, 3, 2, 2, 2])
    """

    axes = 3


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Adaptive max pooling along one axis, whatever its length.

        y[m] = max_(i in part m) x[i],   part m from ⌊m n/M⌋ to before ⌈(m + 1) n/M⌉ of n numbers

    Shapes: x (N, C, L) → (N, C, M).

    M is `output_size`; arguments and refusals are those of `AdaptiveAvgPool2d`.

    >>> import torch
    >>> AdaptiveMaxPool1d(2)(torch.tensor([[[1.0, 4.0, 1.0, 3.0, 5.0]]])).tolist()
    [[[4.0, 5.0]]]
    """

    axes = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Adaptive max pooling of pictures, whatever their size.

        y[m] = max_(i in part m) x[i],   part m from ⌊m n/M⌋ to before ⌈(m + 1) n/M⌉ of n numbers

    Shapes: x (N, C, H, W) → (N, C, *output_size).

    M is `output_size`; arguments and refusals are those of `AdaptiveAvgPool2d`.

    >>> import torch
    >>> AdaptiveMaxPool2d(2)(torch.zeros(1, 3, 7, 5)).shape
    torch.Size([1, 3, 2, 2])
    """

    axes = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Adaptive max pooling of clips and volumes, whatever their size.

        y[m] = max_(i in part m) x[i],   part m from ⌊m n/M⌋ to before ⌈(m + 1) n/M⌉ of n numbers

    Shapes: x (N, C, T, H, W) → (N, C, *output_size).

    M is `output_size`; arguments and refusals are those of `AdaptiveAvgPool2d`.

    >>> import torch
    >>> AdaptiveMaxPool3d(2)(torch.zeros(1, 3, 7, 5, 6)).shape
    torch.Size([1, 3, 2, 2, 2])
    """

    axes = 3
