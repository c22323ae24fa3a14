"""Embeddings of categories that come as columns of 0 and 1."""

from collections.abc import Sequence

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, whole
from gradatim.functional.embeddings import check_columns, columns_left
from gradatim.functional.initialisers import Shape
from gradatim.random import generator


class Embedding(Layer):
    """Entity embedding of a table's categories (Guo & Berkhahn 2016).

        y = [x_rest; E_1 x_1; …; E_m x_m],   x_i = x[start_i … stop_i − 1]
        ∂L/∂E_i = g_iᵀ x_i,   ∂L/∂x_i = g_i E_i,   ∂L/∂x_rest = g_rest      with g = ∂L/∂y, a row an example

    Shapes: x (N, in_features) → (N, in_features − Σ (stop_i − start_i) + Σ size_i); `weight_i` is E_i,
    (size_i, stop_i − start_i).
    """

    def __init__(self, in_features: int, columns: Sequence[Sequence[int]] = (), init: str = "xavier_uniform"):
        super().__init__()
        self.in_features = whole("in_features", in_features, 1)
        self.columns, self.init = check_columns(columns, self.in_features), init
        self.rest = columns_left(self.columns, self.in_features)
        self.shapes: dict[str, Shape] = {  # type: ignore[misc]
            f"weight_{i}": (size, stop - start) for i, (start, stop, size) in enumerate(self.columns)
        }
        self.width = len(self.rest) + sum(size for *_, size in self.columns)

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """Every E by the initialiser."""
        initialiser = catalog.find(self.init, "initialiser").load()
        return {
            name: initialiser(generator(seed, f"{prefix}{name}"), shape)
            for name, shape in self.shapes.items()
        }

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """[x_rest; E_1 x_1; …]."""
        if x.ndim != 2 or x.shape[1] != self.in_features:
            raise UsageError(
                f"an embedding of {self.in_features} inputs got examples of shape {tuple(x.shape[1:])}"
            )
        self.x = x
        y = self.buffer("y", (len(x), self.width), x.dtype)
        at = len(self.rest)
        y[:, :at] = x[:, self.rest]
        for i, (start, stop, size) in enumerate(self.columns):
            y[:, at : at + size] = x[:, start:stop] @ self.parameters[f"weight_{i}"].T
            at += size
        return y

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """∂L/∂E_i, and ∂L/∂x."""
        dx = self.buffer("dx", self.x.shape, g.dtype) if inputs else None
        at = len(self.rest)
        if dx is not None:
            dx[:, self.rest] = g[:, :at]
        for i, (start, stop, size) in enumerate(self.columns):
            part = g[:, at : at + size]
            np.dot(part.T, self.x[:, start:stop], self.gradients[f"weight_{i}"])
            if dx is not None:
                dx[:, start:stop] = part @ self.parameters[f"weight_{i}"]
            at += size
        return dx
