"""Locally connected layers: a kernel of its own at every place (curriculum D9)."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim import catalog
from gradatim.checks import UsageError, whole
from gradatim.functional.windows import by_axis, check_pictures, times, window
from gradatim.nn.initialise import draw
from gradatim.nn.padding import pad
from gradatim.random import generator


class _LocallyConnected(nn.Module):
    axes: ClassVar[int]

    def __init__(
        self, in_channels: int, out_channels: int, in_size: int | Sequence[int],
        kernel_size: int | Sequence[int], stride: int | Sequence[int] = 1,
        padding: int | str | Sequence[int] = 0, bias: bool = True, init: str = "he_uniform",
    ):  # fmt: skip
        super().__init__()
        self.name = type(self).__name__.lower().replace("connected", "_connected")
        self.in_channels = whole("in_channels", in_channels, 1)
        self.out_channels = whole("out_channels", out_channels, 1)
        self.in_size = by_axis("in_size", in_size, self.axes, 1)
        self.window = window(self.name, self.axes, kernel_size, stride, padding)
        self.places = self.window.places(self.in_size)
        self.init = init
        self.weight = nn.Parameter(
            torch.empty(*self.places, self.out_channels, self.in_channels, *self.window.size)
        )
        self.bias = nn.Parameter(torch.empty(self.out_channels * prod(self.places))) if bias else None
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw the kernels of one place after the other by (seed, name), and set b to 0."""
        initialiser = catalog.find(self.init, "initialiser").load()
        if self.bias is not None:
            draw(self.bias, "zeros", seed, f"{prefix}bias")
        if not self.weight.is_meta:
            rng, kernels = generator(seed, f"{prefix}weight"), self.weight.flatten(0, self.axes - 1)
            for kernel in kernels:
                kernel.copy_(torch.from_numpy(initialiser(rng, tuple(kernel.shape))))

    def forward(self, x: Tensor) -> Tensor:
        """The maps."""
        check_pictures(self.name, x.shape, self.axes, self.in_channels)
        if x.shape[2:] != self.in_size:
            raise UsageError(
                f"{self.name} for examples of {times(self.in_size)} got examples of {times(x.shape[2:])}"
            )
        x, size, stride = pad(x, self.window), self.window.size, self.window.stride
        if self.axes == 1:
            x, size, stride = x[..., None], (*size, 1), (*stride, 1)
        columns = F.unfold(x, size, stride=stride)  # (N, C · kernel, places)
        y = torch.einsum(
            "nkp,pok->nop", columns, self.weight.reshape(prod(self.places), self.out_channels, -1)
        )
        if self.bias is not None:
            y = y + self.bias.view(self.out_channels, -1)
        return y.reshape(len(x), self.out_channels, *self.places)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"{self.in_channels}, {self.out_channels}, in_size={self.in_size}, {self.window.told()}"


class LocallyConnected1d(_LocallyConnected):
    """A locally connected layer over one axis; see `LocallyConnected2d`.

        y_o[m] = b_om + Σ_c Σ_k W_moc[k] x_c[S m + k − P],   x = 0 outside

    Shapes: x (N, in_channels, L) → (N, out_channels, places); W (places, out_channels, in_channels, F).

    >>> LocallyConnected1d(1, 2, in_size=6, kernel_size=3).weight.shape
    torch.Size([4, 2, 1, 3])
    """

    axes = 1


class LocallyConnected2d(_LocallyConnected):
    """Locally connected layer (LeCun, "Generalization and network design strategies", 1989): unshared.

        y_o[m, n] = b_omn + Σ_c Σ_kl W_mnoc[k, l] x_c[S m + k − P, S n + l − P],   x = 0 outside

    Shapes: x (N, in_channels, H, W) → (N, out_channels, *places);
    W (*places, out_channels, in_channels, F, F), b (out_channels · places,).

    `in_size` is (H, W), which the kernels are made for; the other arguments and refusals are those of
    `Conv2d`. The initialiser draws each place's kernels with the fans of a convolution's.

    >>> LocallyConnected2d(1, 2, in_size=6, kernel_size=3)(torch.zeros(1, 1, 6, 6)).shape
    torch.Size([1, 2, 4, 4])
    """

    axes = 2
