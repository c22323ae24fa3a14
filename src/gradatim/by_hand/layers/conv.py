"""Convolutional layers: cross-correlation, and true convolution."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.borders import put_around, take_back
from gradatim.by_hand.layers.layer import outward
from gradatim.by_hand.layers.windowed import Windowed
from gradatim.checks import one_of, whole
from gradatim.functional.borders import MODES, check_border, sources
from gradatim.functional.windows import check_groups, window
from gradatim.random import generator


class _Conv(Windowed):
    """Cross-correlation over any number of axes, and backpropagation through it (curriculum D1, D5).

        y_o[m] = b_o + Σ_c Σ_k W_oc[k] x_c[S m + D k − P],   x = 0 outside;   m, k one index for each axis

    All that the window sees at a place is copied into a column: X̃ has a row for each (c, k) and a column for
    each place m of each example, x_c[S m + D k − P]. Then the layer is dense, the same W at all places:

        Y = W X̃ + b;    with G = ∂L/∂Y:   ∂L/∂W = G X̃ᵀ,   ∂L/∂b = Σ_m G_m,   ∂L/∂X̃ = Wᵀ G

    and as X̃ only copies, ∂L/∂x_c[i] is the sum of ∂L/∂X̃ over all columns' numbers that x_c[i] was copied to:

        ∂L/∂x_c[i] = Σ_o Σ_(m,k: S m + D k − P = i) W_oc[k] g_o[m]

    With groups each has its own X̃ and W. With another `padding_mode` numbers of the picture stand outside
    (`borders`). Shapes and arguments are those of the torch layer of the same name.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1, padding: int | str | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1, groups: int = 1, bias: bool = True, init: str = "he_uniform",
        padding_mode: str = "zeros",
    ):  # fmt: skip
        super().__init__()
        name = type(self).__name__.lower()
        self.in_channels = whole("in_channels", in_channels, 1)
        self.out_channels = whole("out_channels", out_channels, 1)
        self.groups = check_groups(name, groups, self.in_channels, self.out_channels)
        self.window = window(name, self.axes, kernel_size, stride, padding, dilation)
        self.init, self.padding_mode = init, one_of("padding_mode", padding_mode, MODES)
        seen = self.in_channels // self.groups
        self.shapes = {"weight": (self.out_channels, seen, *self.window.size)}  # type: ignore[misc]
        if bias:
            self.shapes["bias"] = (self.out_channels,)

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """W by the initialiser, b = 0."""
        initialiser = catalog.find(self.init, "initialiser").load()
        values = {"weight": initialiser(generator(seed, f"{prefix}weight"), self.shapes["weight"])}
        if "bias" in self.shapes:
            values["bias"] = np.zeros(self.out_channels)
        return values

    def weight(self) -> np.ndarray:
        """W as the equations read it."""
        return self.parameters["weight"]

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The maps Y = W X̃ + b."""
        self.look(x, self.in_channels)
        columns = self._columns("columns", len(x), x.dtype)
        for k, seen in enumerate(self.views(self._bordered(x))):
            columns[:, k] = seen
        self.W = self.weight().reshape(self.groups, self.out_channels // self.groups, -1)  # (G, O, CK)
        seen_at = prod(self.places) * len(x)
        self.columns = columns.reshape(self.groups, self.W.shape[2], seen_at)  # (G, CK, MN)
        y = self.buffer("y", (self.out_channels, *self.places, len(x)), x.dtype)
        np.matmul(self.W, self.columns, out=y.reshape(*self.W.shape[:2], seen_at))
        if "bias" in self.shapes:
            y += self.parameters["bias"].reshape(-1, *(1,) * (self.axes + 1))
        return outward(y)

    def _bordered(self, x: np.ndarray) -> np.ndarray:
        """The batch as (C, …, N) with zeros or numbers of its own around it."""
        if self.padding_mode == "zeros":
            return self.padded(x)
        shape = x.shape[2:]
        check_border(self.window, self.padding_mode, shape)
        ends = zip(shape, self.window.pads(shape), strict=True)
        self.sources = [sources(n, before, after, self.padding_mode) for n, (before, after) in ends]
        return put_around(x.transpose(*range(1, x.ndim), 0), self.sources)

    def _columns(self, name: str, n: int, dtype: np.dtype) -> np.ndarray:
        return self.buffer(name, (self.in_channels, prod(self.window.size), *self.places, n), dtype)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """∂L/∂W, ∂L/∂b, and ∂L/∂x."""
        G = self.inward("g", g).reshape(*self.W.shape[:2], self.columns.shape[2])  # (G, O, MN)
        dW = self.columns @ G.transpose(0, 2, 1)  # (G, CK, O): X̃ Gᵀ takes ⅔ of the time of G X̃ᵀ
        self.gradients["weight"].reshape(self.W.shape)[...] = dW.transpose(0, 2, 1)
        if "bias" in self.shapes:
            np.add.reduce(G, axis=-1, out=self.gradients["bias"].reshape(G.shape[:2]))
        if not inputs:
            return None
        d_columns = self._columns("d_columns", len(g), g.dtype)
        np.matmul(self.W.transpose(0, 2, 1), G, out=d_columns.reshape(self.columns.shape))
        dx = self.emptied(self.in_channels, len(g), g.dtype)
        for k, seen in enumerate(self.views(dx)):
            seen += d_columns[:, k]
        if self.padding_mode != "zeros":
            return outward(take_back(dx, self.sources, self.inside))
        return outward(dx[(slice(None), *self.inside)])


class Conv1d(_Conv):
    """Cross-correlation over one axis. Shapes: x (N, C, L) → (N, O, places); W (O, C/groups, F)."""

    axes: ClassVar[int] = 1


class Conv2d(_Conv):
    """Cross-correlation over pictures. Shapes: x (N, C, H, W) → (N, O, *places); W (O, C/groups, F, F)."""

    axes: ClassVar[int] = 2


class Conv3d(_Conv):
    """Cross-correlation over clips. Shapes: x (N, C, T, H, W) → (N, O, *places); W (O, C/groups, F, F, F)."""

    axes: ClassVar[int] = 3


class _TrueConv(_Conv):
    """True convolution (curriculum D1), as mathematics has it: the kernel is turned around on every axis.

        y_o[m] = b_o + Σ_c Σ_k W_oc[F − 1 − k] x_c[S m + D k − P]

    which for one channel and P = F − 1 is y[m] = Σ_i x[i] W[m − i]. It is cross-correlation with W′[k] =
    W[F − 1 − k], so ∂L/∂W is ∂L/∂W′ turned around likewise. What is learned is the same, turned around.
    """

    def _turned(self, W: np.ndarray) -> np.ndarray:
        return np.flip(W, tuple(range(2, W.ndim)))

    def weight(self) -> np.ndarray:
        """W′."""
        W = self.parameters["weight"]
        held = self.buffer("turned", W.shape, W.dtype)
        held[...] = self._turned(W)
        return held

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """A cross-correlation's, and ∂L/∂W′ turned around."""
        dx = super().backward(g, inputs)
        self.gradients["weight"][...] = self._turned(self.gradients["weight"].copy())
        return dx


class TrueConv1d(_TrueConv):
    """True convolution over one axis. Shapes: x (N, C, L) → (N, O, places); W (O, C/groups, F)."""

    axes: ClassVar[int] = 1


class TrueConv2d(_TrueConv):
    """True convolution of pictures. Shapes: x (N, C, H, W) → (N, O, *places); W (O, C/groups, F, F)."""

    axes: ClassVar[int] = 2
