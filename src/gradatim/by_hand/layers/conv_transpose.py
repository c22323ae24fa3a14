"""Transposed convolutional layers."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.layer import outward
from gradatim.by_hand.layers.windowed import Windowed
from gradatim.checks import whole
from gradatim.functional.transposed_windows import transposed_window
from gradatim.functional.windows import check_groups
from gradatim.random import generator


class _ConvTranspose(Windowed):
    """Transposed convolution over any number of axes, and backpropagation through it (curriculum D19).

        y_o[i] = b_o + Σ_c Σ_(m, k: S m + D k − P = i) W_co[k] x_c[m]

    It is what a convolution does to ∂L/∂y on the way back: every number x[m] puts W x[m] down at its window,
    and where windows overlap the sum stays. So its own way back is a convolution's way forth:

        ∂L/∂x_c[m] = Σ_o Σ_k W_co[k] g_o[S m + D k − P],   g = 0 outside
        ∂L/∂W_co[k] = Σ_m x_c[m] g_o[S m + D k − P],   ∂L/∂b_o = Σ_i g_o[i]

    What the window sees of g at all places is G̃, a row for each (o, k): ∂L/∂X = W G̃, ∂L/∂W = X G̃ᵀ; and
    forward X̃ = Wᵀ X is put down where G̃ would be seen. With groups each has its own.
    Shapes and arguments are those of the torch layer of the same name.
    """

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
        self.output = transposed_window(
            name, self.axes, kernel_size, stride, padding, output_padding, dilation
        )
        self.window, self.init = self.output.window, init
        given = self.out_channels // self.groups
        self.shapes = {"weight": (self.in_channels, given, *self.window.size)}  # type: ignore[misc]
        if bias:
            self.shapes["bias"] = (self.out_channels,)

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """W by the initialiser, b = 0."""
        initialiser = catalog.find(self.init, "initialiser").load()
        values = {"weight": initialiser(generator(seed, f"{prefix}weight"), self.shapes["weight"])}
        if "bias" in self.shapes:
            values["bias"] = np.zeros(self.out_channels)
        return values

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The maps: X̃ put down at its windows, and b."""
        sizes = self.output.sizes(x.shape, self.in_channels)
        self.stand(sizes, x.shape[2:], self.output.pads())
        self.X = self.inward("x", x).reshape(
            self.groups, self.in_channels // self.groups, prod(self.places) * len(x)
        )  # (G, C, MN)
        W = self.parameters["weight"].reshape(*self.X.shape[:2], -1)  # (G, C, OK)
        columns = self._columns(len(x), x.dtype)
        np.matmul(W.transpose(0, 2, 1), self.X, out=columns.reshape(self.groups, W.shape[2], self.X.shape[2]))
        y = self.emptied(self.out_channels, len(x), x.dtype)
        for k, seen in enumerate(self.views(y)):
            seen += columns[:, k]
        if "bias" in self.shapes:
            y += self.parameters["bias"].reshape(-1, *(1,) * (self.axes + 1))
        return outward(y[(slice(None), *self.inside)])

    def _columns(self, n: int, dtype: np.dtype) -> np.ndarray:
        return self.buffer("columns", (self.out_channels, prod(self.window.size), *self.places, n), dtype)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """∂L/∂W, ∂L/∂b, and ∂L/∂x."""
        columns = self._columns(len(g), g.dtype)
        for k, seen in enumerate(self.views(self.padded(g))):
            columns[:, k] = seen
        W = self.parameters["weight"].reshape(*self.X.shape[:2], -1)
        G = columns.reshape(self.groups, W.shape[2], self.X.shape[2])  # (G, OK, MN)
        np.matmul(self.X, G.transpose(0, 2, 1), out=self.gradients["weight"].reshape(W.shape))
        if "bias" in self.shapes:
            self.gradients["bias"][...] = g.sum((0, *range(2, g.ndim)))
        if not inputs:
            return None
        dx = self.buffer("back", (self.in_channels, *self.places, len(g)), g.dtype)
        np.matmul(W, G, out=dx.reshape(self.X.shape))
        return outward(dx)


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution over one axis. Shapes: x (N, C, L) → (N, O, sizes); W (C, O/groups, F)."""

    axes: ClassVar[int] = 1


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of pictures. Shapes: x (N, C, H, W) → (N, O, *sizes); W (C, O/groups, F, F)."""

    axes: ClassVar[int] = 2


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution of clips. Shapes: x (N, C, T, H, W) → (N, O, *sizes); W (C, O/groups, F…)."""

    axes: ClassVar[int] = 3
