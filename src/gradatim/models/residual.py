"""The blocks of residual networks (He, Zhang, Ren & Sun 2015), shared by the families built of them."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.nn.kernels.norm_relu import norm_relu


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    """A convolution without bias that keeps the size where its stride is 1: batch norm follows it."""
    padding = dilation * (kernel // 2)
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=False)


class Projection(nn.Sequential):
    """Option B: a 1×1 convolution and batch norm where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))


class _Thinned(torch.autograd.Function):
    """Every so many pixels of x, and `more` channels of zeros behind them.

    The gradient goes back to where the pixels were, in one map whose channels lie last as the network's do;
    of slices torch would make two, each in the other order of memory.
    """

    @staticmethod
    def forward(x: Tensor, stride: int, more: int) -> Tensor:
        return F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, 0, more))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, int, int], output: Tensor) -> None:
        ctx.shape, ctx.stride = inputs[0].shape, inputs[1]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        g = gradients[0]
        N, C, H, W = ctx.shape
        spread = g.new_zeros(N, H, W, C).permute(0, 3, 1, 2)
        spread[:, :, :: ctx.stride, :: ctx.stride] = g[:, :C]
        return spread, None, None


class Padding(nn.Module):
    """Option A: every second pixel of every second row, and channels of zeros behind; no parameter."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.more, self.stride = outputs - inputs, stride

    def forward(self, x: Tensor) -> Tensor:
        """Of x (N, inputs, H, W) make (N, outputs, ⌈H/stride⌉, ⌈W/stride⌉)."""
        return _Thinned.apply(x, self.stride, self.more)


class Basic(nn.Module):
    """y = g(F(x) + x), F two 3×3 convolutions with batch norm; the first has the stride (Fig. 5, left)."""

    expansion = 1

    def __init__(self, inputs: int, width: int, outputs: int, stride: int, shortcut: nn.Module | None):
        super().__init__()
        self.conv1 = conv(inputs, width, 3, stride)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv(width, outputs, 3)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """g(F(x) + x)."""
        f = self.conv2(norm_relu(self.bn1, self.relu, self.conv1(x)))
        x = x if self.downsample is None else self.downsample(x)
        return norm_relu(self.bn2, self.relu, f, x)


class Plain(Basic):
    """The same layers without the shortcut: y = g(F(x)) (Fig. 3, middle)."""

    def __init__(self, inputs: int, width: int, outputs: int, stride: int, shortcut: nn.Module | None):
        super().__init__(inputs, width, outputs, stride, None)

    def forward(self, x: Tensor) -> Tensor:
        """g(F(x))."""
        f = self.conv2(norm_relu(self.bn1, self.relu, self.conv1(x)))
        return norm_relu(self.bn2, self.relu, f)


class Bottleneck(nn.Module):
    """y = g(F(x) + x), F of 1×1, 3×3 and 1×1 convolutions with batch norm (Fig. 5, right).

    The stride is the first 1×1's, as in the paper, or the 3×3's where `strided_3x3`.
    """

    expansion = 4

    def __init__(
        self, inputs: int, width: int, outputs: int, stride: int, shortcut: nn.Module | None,
        strided_3x3: bool = False, dilation: int = 1,
    ):  # fmt: skip
        super().__init__()
        first, second = (1, stride) if strided_3x3 else (stride, 1)
        self.conv1 = conv(inputs, width, 1, first)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv(width, width, 3, second, dilation)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = conv(width, outputs, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """g(F(x) + x)."""
        f = norm_relu(self.bn1, self.relu, self.conv1(x))
        f = norm_relu(self.bn2, self.relu, self.conv2(f))
        return norm_relu(
            self.bn3, self.relu, self.conv3(f), x if self.downsample is None else self.downsample(x)
        )
