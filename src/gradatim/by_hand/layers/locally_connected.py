"""Locally connected layers: a kernel of its own at every place (curriculum D9)."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.layer import outward
from gradatim.by_hand.layers.windowed import Windowed
from gradatim.checks import UsageError, whole
from gradatim.functional.windows import by_axis, check_pictures, times, window
from gradatim.random import generator


class _LocallyConnected(Windowed):
    """A locally connected layer, and backpropagation through it.

        y_o[m] = b_om + Σ_c Σ_k W_moc[k] x_c[S m + k − P],   x = 0 outside

    At each place m it is a dense layer of its own, from the column x̃_m of what the window sees there:

        y[m] = W_m x̃_m + b_m;    ∂L/∂W_m = g[m] x̃_mᵀ,   ∂L/∂b_m = g[m],   ∂L/∂x̃_m = W_mᵀ g[m]

    each summed over the batch, and ∂L/∂x̃ added up where x was copied from, as for a convolution. Shapes and
    arguments are those of the torch layer of the same name.
    """

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
        self.init = init
        places = self.window.places(self.in_size)
        self.kernel = (out_channels, in_channels, *self.window.size)
        self.shapes = {"weight": (*places, *self.kernel)}  # type: ignore[misc]
        if bias:
            self.shapes["bias"] = (out_channels * prod(places),)

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """The kernels of one place after the other by the initialiser, b = 0."""
        initialiser, rng = catalog.find(self.init, "initialiser").load(), generator(seed, f"{prefix}weight")
        count = prod(self.shapes["weight"]) // prod(self.kernel)
        kernels = np.stack([initialiser(rng, self.kernel) for _ in range(count)])
        values = {"weight": kernels.reshape(self.shapes["weight"])}
        if "bias" in self.shapes:
            values["bias"] = np.zeros(self.shapes["bias"])
        return values

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The maps, place by place W_m x̃_m + b_m."""
        check_pictures(self.name, x.shape, self.axes, self.in_channels)
        if x.shape[2:] != self.in_size:
            raise UsageError(
                f"{self.name} for examples of {times(self.in_size)} got examples of {times(x.shape[2:])}"
            )
        self.look(x)
        columns = self._columns("columns", len(x), x.dtype)
        for k, seen in enumerate(self.views(self.padded(x))):
            columns[..., k, :] = np.moveaxis(seen, 0, self.axes)
        self.W = self.parameters["weight"].reshape(prod(self.places), self.out_channels, -1)  # (M, O, CK)
        self.columns = columns.reshape(len(self.W), self.W.shape[2], len(x))  # (M, CK, N)
        y = np.matmul(self.W, self.columns, out=self.buffer("y", (*self.W.shape[:2], len(x)), x.dtype))
        if "bias" in self.shapes:
            y += self.parameters["bias"].reshape(self.out_channels, -1).T[..., None]
        return outward(y.transpose(1, 0, 2).reshape(self.out_channels, *self.places, len(x)))

    def _columns(self, name: str, n: int, dtype: np.dtype) -> np.ndarray:
        return self.buffer(name, (*self.places, self.in_channels, prod(self.window.size), n), dtype)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """∂L/∂W, ∂L/∂b, and ∂L/∂x."""
        inner = self.inward("g", g).reshape(self.out_channels, len(self.W), len(g))
        G = inner.transpose(1, 0, 2)  # (M, O, N)
        np.matmul(G, self.columns.transpose(0, 2, 1), out=self.gradients["weight"].reshape(self.W.shape))
        if "bias" in self.shapes:
            np.add.reduce(inner, axis=-1, out=self.gradients["bias"].reshape(inner.shape[:2]))
        if not inputs:
            return None
        d_columns = self._columns("d_columns", len(g), g.dtype)
        np.matmul(self.W.transpose(0, 2, 1), G, out=d_columns.reshape(self.columns.shape))
        dx = self.emptied(self.in_channels, len(g), g.dtype)
        for k, seen in enumerate(self.views(dx)):
            seen += np.moveaxis(d_columns[..., k, :], self.axes, 0)
        return outward(dx[(slice(None), *self.inside)])


class LocallyConnected1d(_LocallyConnected):
    """Locally connected over one axis. Shapes: x (N, C, L) → (N, O, places); W (places, O, C, F)."""

    axes: ClassVar[int] = 1


class LocallyConnected2d(_LocallyConnected):
    """Locally connected over pictures. Shapes: x (N, C, H, W) → (N, O, *places); W (*places, O, C, F, F)."""

    axes: ClassVar[int] = 2
