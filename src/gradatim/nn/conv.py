"""Convolutional layers."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import one_of, whole
from gradatim.functional.borders import MODES
from gradatim.functional.windows import check_groups, check_pictures, window
from gradatim.nn.initialise import draw
from gradatim.nn.padding import pad, symmetric

OPERATORS: dict[int, Any] = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


class _Conv(nn.Module):
    """What convolutions over one, two and three axes share."""

    axes: ClassVar[int]

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1, padding: int | str | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1, groups: int = 1, bias: bool = True, init: str = "he_uniform",
        padding_mode: str = "zeros",
    ):  # fmt: skip
        super().__init__()
        self.name = type(self).__name__.lower()
        self.in_channels = whole("in_channels", in_channels, 1)
        self.out_channels = whole("out_channels", out_channels, 1)
        self.groups = check_groups(self.name, groups, self.in_channels, self.out_channels)
        self.window = window(self.name, self.axes, kernel_size, stride, padding, dilation)
        self.init, self.padding_mode = init, one_of("padding_mode", padding_mode, MODES)
        seen = self.in_channels // self.groups
        self.weight = nn.Parameter(torch.empty(self.out_channels, seen, *self.window.size))
        self.bias = nn.Parameter(torch.empty(self.out_channels)) if bias else None
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw W by (seed, name) and set b to 0."""
        draw(self.weight, self.init, seed, f"{prefix}weight")
        if self.bias is not None:
            draw(self.bias, "zeros", seed, f"{prefix}bias")

    def forward(self, x: Tensor) -> Tensor:
        """The maps."""
        check_pictures(self.name, x.shape, self.axes, self.in_channels)
        self.window.places(x.shape[2:])
        padding = symmetric(self.window, x.shape[2:]) if self.padding_mode == "zeros" else None
        if padding is None:
            x, padding = pad(x, self.window, mode=self.padding_mode), (0,) * self.axes
        stride, dilation = self.window.stride, self.window.dilation
        return OPERATORS[self.axes](x, self.weight, self.bias, stride, padding, dilation, self.groups)

    def extra_repr(self) -> str:
        """What the constructor was told, as far as it is not the default."""
        given = [str(self.in_channels), str(self.out_channels), self.window.told()]
        given += [f"groups={self.groups}"] if self.groups > 1 else []
        given += ["bias=False"] if self.bias is None else []
        given += [f"padding_mode={self.padding_mode}"] if self.padding_mode != "zeros" else []
        return ", ".join(given)


class Conv1d(_Conv):
    """Convolutional layer over one axis (curriculum D5). It cross-correlates: no kernel is flipped.

        y_o[m] = b_o + Σ_c Σ_k W_oc[k] x_c[S m + D k − P],   x = 0 outside

    Shapes: x (N, in_channels, L) → (N, out_channels, ⌊(L − D(F − 1) − 1 + 2P)/S⌋ + 1);
    W (out_channels, in_channels/groups, F), b (out_channels,).

    F is `kernel_size`, S `stride`, P `padding` at both ends, "same" (⌈L/S⌉ places, TensorFlow's: the odd zero
    behind) or "same_lower" (in front), D `dilation`; with `groups` each group of outputs sees its group
    of inputs only. `init` names W's initialiser; b starts at 0. Raises UsageError for groups that do not
    divide, other channels, and examples smaller than the kernel.

    >>> Conv1d(2, 4, kernel_size=3, stride=2)(torch.zeros(1, 2, 9)).shape
    torch.Size([1, 4, 4])
    """

    axes = 1


class Conv2d(_Conv):
    """Convolutional layer (LeCun et al. 1989; curriculum D5). It cross-correlates: no kernel is flipped.

        y_o[m, n] = b_o + Σ_c Σ_kl W_oc[k, l] x_c[S m + D k − P, S n + D l − P],   x = 0 outside

    Shapes: x (N, in_channels, H, W) → (N, out_channels, ⌊(H − D(F − 1) − 1 + 2P)/S⌋ + 1, the same of W);
    W (out_channels, in_channels/groups, F, F), b (out_channels,).

    F is `kernel_size`, S `stride`, P `padding` at both ends, "same" (⌈H/S⌉ places, TensorFlow's: the odd zero
    behind) or "same_lower" (in front), D `dilation`, each one number or one for each axis; with `groups` each
    group of outputs sees its group of inputs only. `init` names W's initialiser; b starts at 0. With
    `padding_mode` "reflect", "replicate" or
    "circular" numbers of the picture stand outside in place of zeros: its mirror image, its outermost ones,
    or those of the other end. Raises UsageError for groups that do not divide, other channels, and pictures
    smaller than the kernel, or with too few numbers for such a padding.

    >>> Conv2d(3, 6, kernel_size=5)(torch.zeros(1, 3, 32, 32)).shape
    torch.Size([1, 6, 28, 28])
    """

    axes = 2


class Conv3d(_Conv):
    """Convolutional layer over depth (or time), height and width (Ji et al. 2010): cross-correlation.

        y_o[m] = b_o + Σ_c Σ_k W_oc[k] x_c[S ⊙ m + D ⊙ k − P],   m and k with three indices, x = 0 outside

    Shapes: x (N, in_channels, T, H, W) → (N, out_channels, and of each axis ⌊(n − D(F − 1) − 1 + 2P)/S⌋ + 1);
    W (out_channels, in_channels/groups, F, F, F), b (out_channels,).

    Arguments and refusals are those of `Conv2d`.

    >>> Conv3d(3, 4, kernel_size=3, padding=1)(torch.zeros(1, 3, 16, 8, 8)).shape
    torch.Size([1, 4, 16, 8, 8])
    """

    axes = 3
