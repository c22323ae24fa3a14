"""What normalisations of an example by itself share."""

from typing import ClassVar

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.functional.initialisers import Shape


class Normalisation(Layer):
    """Normalisation of rows of m numbers, each by itself, then a gain and a shift.

        x̂ = (x − μ)/s,   μ = 1/m Σ_i x_i,   s = √(1/m Σ_i (x_i − μ)² + ε);   y = γ ⊙ x̂ + β

    With h = γ ⊙ g, and as μ and s depend on every x_i, ∂μ/∂x_i = 1/m and ∂s/∂x_i = x̂_i/m,

        ∂L/∂x_i = 1/s (h_i − 1/m Σ_j h_j − x̂_i 1/m Σ_j h_j x̂_j)
        ∂L/∂γ = Σ g ⊙ x̂,   ∂L/∂β = Σ g   over all numbers that share them

    Where the rows are not `centred` μ is 0, and the middle term of ∂L/∂x is not there. A subclass says which
    numbers are a row, and along which axes γ and β lie. Shapes: x (N, …) → the same.
    """

    centred: ClassVar[bool] = True
    of_its_own = True  # whether the numbers of a row normalise it; otherwise μ and s are constants
    eps: float | None

    def check(self, shape: Shape) -> None:
        """UsageError for a batch that is not the layer's."""
        raise NotImplementedError

    def row(self, shape: Shape) -> int:
        """How many numbers, that lie behind each other, are normalised together."""
        raise NotImplementedError

    def gain_shape(self, shape: Shape) -> Shape:
        """The shape in which γ and β are laid along a batch."""
        raise NotImplementedError

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """γ = 1, β = 0."""
        starts = {"weight": np.ones, "bias": np.zeros}
        return {name: starts[name](shape) for name, shape in self.shapes.items()}

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The normalised numbers."""
        self.check(x.shape)
        rows = x.reshape(-1, self.row(x.shape)) if x.size else x.reshape(0, 1)
        eps = np.finfo(x.dtype).eps if self.eps is None else self.eps
        self.x_hat = self.buffer("x_hat", rows.shape, x.dtype)
        mean, var = self.statistics(rows)
        np.subtract(rows, mean, out=self.x_hat)
        self.s = np.sqrt(var + eps).astype(x.dtype)
        self.x_hat /= self.s
        y = self.buffer("y", x.shape, x.dtype)
        np.copyto(y, self.x_hat.reshape(x.shape))
        if "weight" in self.shapes:
            y *= self.parameters["weight"].reshape(self.gain_shape(x.shape))
        if "bias" in self.shapes:
            y += self.parameters["bias"].reshape(self.gain_shape(x.shape))
        return y

    def statistics(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """μ and σ² of each row."""
        mean = rows.mean(1, keepdims=True) if self.centred else np.zeros((len(rows), 1), rows.dtype)
        return mean, np.square(rows - mean).mean(1, keepdims=True)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """∂L/∂γ, ∂L/∂β, and ∂L/∂x."""
        h = g
        if "weight" in self.shapes:
            self._give("weight", g * self.x_hat.reshape(g.shape))
            h = g * self.parameters["weight"].reshape(self.gain_shape(g.shape))
        if "bias" in self.shapes:
            self._give("bias", g)
        h = h.reshape(self.x_hat.shape)
        dx = h.copy()
        if self.of_its_own:
            dx -= self.x_hat * (h * self.x_hat).mean(1, keepdims=True)
        if self.of_its_own and self.centred:
            dx -= h.mean(1, keepdims=True)
        dx /= self.s
        return dx.reshape(g.shape)

    def _give(self, name: str, values: np.ndarray) -> None:
        """Sum over the axes that a parameter is not laid along."""
        laid = self.gain_shape(values.shape)
        laid = (1,) * (values.ndim - len(laid)) + laid
        over = tuple(axis for axis, n in enumerate(laid) if n == 1)
        self.gradients[name][...] = values.sum(over, keepdims=True).reshape(self.shapes[name])
