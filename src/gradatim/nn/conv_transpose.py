"""Transposed convolutional layers."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import whole
from gradatim.functional.transposed_windows import transposed_window
from gradatim.functional.windows import check_groups
from gradatim.nn.initialise import draw

OPERATORS: dict[int, Any] = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


class _ConvTranspose(nn.Module):
    """What transposed convolutions over one, two and three axes share."""

    axes: ClassVar[int]

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1, padding: int | Sequence[int] = 0,
        output_padding: int | Sequence[int] = 0, groups: int = 1, bias: bool = True,
        dilation: int | Sequence[int] = 1, init: str = "he_uniform",
    ):  # fmt: skip
        super().__init__()
        name = f"conv_transpose{self.axes}d"
        self.in_channels = whole("in_channels", in_channels, 1)
        self.out_channels = whole("out_channels", out_channels, 1)
        self.groups = check_groups(name, groups, self.in_channels, self.out_channels)
        self.window = transposed_window(
            name, self.axes, kernel_size, stride, padding, output_padding, dilation
        )
        self.init = init
        given = self.out_channels // self.groups
        self.weight = nn.Parameter(torch.empty(self.in_channels, given, *self.window.window.size))
        self.bias = nn.Parameter(torch.empty(self.out_channels)) if bias else None
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw W by (seed, name) and set b to 0."""
        draw(self.weight, self.init, seed, f"{prefix}weight")
        if self.bias is not None:
            draw(self.bias, "zeros", seed, f"{prefix}bias")

    def forward(self, x: Tensor) -> Tensor:
        """The maps."""
        self.window.sizes(x.shape, self.in_channels)
        (_, _, stride, padding, dilation, _), behind = self.window
        return OPERATORS[self.axes](x, self.weight, self.bias, stride, padding, behind, self.groups, dilation)

    def extra_repr(self) -> str:
        """What the constructor was told, as far as it is not the default."""
        given = [str(self.in_channels), str(self.out_channels), self.window.told()]
        given += [f"groups={self.groups}"] if self.groups > 1 else []
        given += ["bias=False"] if self.bias is None else []
        return ", ".join(given)


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution of one axis: a convolution's ∂L/∂x, as a layer.

        y_o[i] = b_o + Σ_c Σ_(m, k: S m + D k − P = i) W_co[k] x_c[m]

    Shapes: x (N, in_channels, L) → (N, out_channels, (L − 1) S − 2P + D(F − 1) + 1 + O);
    W (in_channels, out_channels/groups, F), b (out_channels,).

    Arguments and refusals are those of `ConvTranspose2d`.

    >>> ConvTranspose1d(2, 4, kernel_size=4, stride=2, padding=1)(torch.zeros(1, 2, 4)).shape
    torch.Size([1, 4, 8])
    """

    axes = 1


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of pictures (Zeiler et al. 2010; D19): a convolution's ∂L/∂x as a layer.

        y_o[i] = b_o + Σ_c Σ_(m, k: S m + D k − P = i) W_co[k] x_c[m],   an index for each axis

    Shapes: x (N, in_channels, H, W) → (N, out_channels, and of each axis (n − 1) S − 2P + D(F − 1) + 1 + O);
    W (in_channels, out_channels/groups, F, F), b (out_channels,).

    F is `kernel_size`, S `stride`, P `padding`, O `output_padding`, D `dilation`, each one number or one for
    each axis: the output is the size of picture that a convolution with S, P and D makes this input of, and
    O ≥ 0 says which of the S pictures of that kind; with `groups` each group of outputs sees its group of
    inputs only. `init` names W's initialiser, which reads W's second axis as the inputs; b starts at 0.
    Raises UsageError for groups that do not divide, other channels, an O that is not below S or D, and
    pictures that give no output.

    >>> ConvTranspose2d(2, 4, kernel_size=4, stride=2, padding=1)(torch.zeros(1, 2, 4, 5)).shape
    torch.Size([1, 4, 8, 10])
    """

    axes = 2


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution of clips and volumes: a convolution's ∂L/∂x, as a layer.

        y_o[i] = b_o + Σ_c Σ_(m, k: S m + D k − P = i) W_co[k] x_c[m],   an index for each axis

    Shapes: x (N, in_channels, T, H, W) → (N, out_channels, and of each axis as of `ConvTranspose2d`);
    W (in_channels, out_channels/groups, F, F, F), b (out_channels,).

    Arguments and refusals are those of `ConvTranspose2d`.

    >>> ConvTranspose3d(2, 4, kernel_size=4, stride=2, padding=1)(torch.zeros(1, 2, 4, 5, 3)).shape
    torch.Size([1, 4, 8, 10, 6])
    """

    axes = 3
