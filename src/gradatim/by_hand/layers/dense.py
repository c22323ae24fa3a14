"""The fully connected layer."""

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, whole
from gradatim.functional.initialisers import Shape
from gradatim.random import generator


class Dense(Layer):
    """Fully connected layer (curriculum B1), and backpropagation through it (B5, a row for every example).

        z = x Wᵀ + b
        ∂L/∂W = gᵀ x,    ∂L/∂b = Σ_n g_n,    ∂L/∂x = g W        with g = ∂L/∂z

    because ∂z_nj/∂W_ji = x_ni, ∂z_nj/∂b_j = 1 and ∂z_nj/∂x_ni = W_ji.

    Shapes: x (N, …, in_features) → (N, …, out_features); W (out_features, in_features), b (out_features,).
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, init: str = "he_uniform"):
        super().__init__()
        self.in_features = whole("in_features", in_features, 1)
        self.out_features = whole("out_features", out_features, 1)
        self.init = init
        self.shapes: dict[str, Shape] = {"weight": (self.out_features, self.in_features)}  # type: ignore[misc]
        if bias:
            self.shapes["bias"] = (self.out_features,)

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """W by the initialiser, b = 0."""
        initialiser = catalog.find(self.init, "initialiser").load()
        values = {"weight": initialiser(generator(seed, f"{prefix}weight"), self.shapes["weight"])}
        if "bias" in self.shapes:
            values["bias"] = np.zeros(self.out_features)
        return values

    def weight(self) -> np.ndarray:
        """W as the equations read it."""
        return self.parameters["weight"]

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The outputs x Wᵀ + b."""
        if x.shape[-1:] != (self.in_features,):
            raise UsageError(
                f"a dense layer of {self.in_features} inputs got examples of shape {tuple(x.shape[1:])}"
            )
        self.x = x if x.ndim == 2 else x.reshape(-1, self.in_features)  # (N, in)
        z = self.buffer("z", (len(self.x), self.out_features), x.dtype)
        np.dot(self.x, self.weight().T, z)
        if "bias" in self.shapes:
            z += self.parameters["bias"]
        return z if x.ndim == 2 else z.reshape(*x.shape[:-1], self.out_features)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """∂L/∂W, ∂L/∂b, and ∂L/∂x."""
        before = g.shape[:-1]
        g = g if g.ndim == 2 else g.reshape(-1, self.out_features)  # (N, out)
        np.dot(g.T, self.x, self.gradients["weight"])
        if "bias" in self.shapes:
            np.dot(self.ones(len(g), g.dtype), g, self.gradients["bias"])
        if not inputs:
            return None
        dx = np.dot(g, self.weight(), self.buffer("dx", self.x.shape, g.dtype))
        return dx if len(before) == 1 else dx.reshape(*before, self.in_features)
