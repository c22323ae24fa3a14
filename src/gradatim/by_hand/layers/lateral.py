"""Connections within a layer."""

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, whole
from gradatim.random import generator


class Lateral(Layer):
    """Lateral connections (curriculum B4): each unit is driven by its input and by its neighbours' activity.

        h_0 = x;   h_s = x + V h_{s−1},  s = 1 … S;   V_jj = 0

    is the mutual inhibition of Hartline & Ratliff (1958, without thresholds; V_ji = −K_ji), settled
    for S steps; where V's spectral radius is below 1 it tends to (I − V)⁻¹ x. Backwards, with g_S = ∂L/∂h_S:

        g_{s−1} = Vᵀ g_s;   ∂L/∂V = Σ_s g_s h_{s−1}ᵀ, off the diagonal;   ∂L/∂x = Σ_{s=0..S} g_s

    Shapes: x (N, features) → (N, features); V (features, features). `init` names an initialiser for V.
    """

    def __init__(self, features: int, steps: int = 3, init: str = "uniform"):
        super().__init__()
        self.features = whole("features", features, 1)
        self.steps = whole("steps", steps, 1)
        self.init = init
        self.shapes = {"weight": (self.features, self.features)}  # type: ignore[misc]

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """V by the initialiser, its diagonal 0."""
        initialiser = catalog.find(self.init, "initialiser").load()
        V = initialiser(generator(seed, f"{prefix}weight"), self.shapes["weight"])
        np.fill_diagonal(V, 0)
        return {"weight": V}

    def _connections(self) -> np.ndarray:
        """V without its diagonal, whatever was loaded."""
        V = self.buffer("V", self.shapes["weight"], self.parameters["weight"].dtype)
        np.copyto(V, self.parameters["weight"])
        np.fill_diagonal(V, 0)
        return V

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """h_S, keeping every h_s."""
        if x.shape[1:] != (self.features,):
            raise UsageError(f"lateral connections of {self.features} units got examples of {x.shape[1:]}")
        V = self._connections()
        self.h = self.buffer("h", (self.steps + 1, *x.shape), x.dtype)
        self.h[0] = x
        for s in range(1, self.steps + 1):
            np.matmul(self.h[s - 1], V.T, out=self.h[s])  # rows are examples: V h is h Vᵀ
            self.h[s] += x
        return self.h[-1]

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """∂L/∂V and ∂L/∂x, from the last settling step to the first."""
        V, dV = self._connections(), self.gradients["weight"]
        dV[...] = 0
        dx = self.buffer("dx", g.shape, g.dtype)
        dx[...] = g
        for s in range(self.steps, 0, -1):
            dV += g.T @ self.h[s - 1]
            g = g @ V
            dx += g
        np.fill_diagonal(dV, 0)
        return dx
