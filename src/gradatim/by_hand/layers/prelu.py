"""Leaky ReLU with a learned slope."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, whole


class PReLU(Layer):
    """Parametric ReLU (He et al. 2015, eq. 1; its gradients are eq. 2 and 3).

        h = z for z > 0, otherwise a z;   a is learned and starts at 0.25
        ∂L/∂z = g for z > 0, otherwise a g, at the kink too;   ∂L/∂a = Σ over z ≤ 0 of g z

    Shapes: z (N, num_parameters, …) or any shape with one shared a → the same shape.
    """

    def __init__(self, num_parameters: int = 1):
        super().__init__()
        self.num_parameters = whole("num_parameters", num_parameters, 1)
        self.shapes = {"weight": (self.num_parameters,)}  # type: ignore[misc]

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """Slopes of 0.25."""
        return {"weight": np.full(self.num_parameters, 0.25)}

    def _slope(self, z: np.ndarray) -> np.ndarray:
        """The slopes, laid along the axis of the channels."""
        a = self.parameters["weight"]
        if self.num_parameters == 1:
            return a if z.ndim else a[0]
        if z.shape[1:2] != a.shape:
            raise UsageError(f"prelu of {len(a)} slopes got examples of shape {tuple(z.shape[1:])}")
        return a.reshape(-1, *(1,) * (z.ndim - 2))

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The number, or a times it."""
        self.z = x
        h = np.multiply(x, self._slope(x), out=self.like("h", x))
        np.copyto(h, x, where=x > 0)
        return h

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """∂L/∂a and ∂L/∂z."""
        z = self.z
        dz = np.multiply(g, z, out=self.like("dz", z))
        np.copyto(dz, 0, where=z > 0)
        channels = () if self.num_parameters == 1 else (1,)
        self.gradients["weight"][...] = dz.sum(tuple(axis for axis in range(z.ndim) if axis not in channels))
        np.multiply(g, self._slope(z), out=dz)
        np.copyto(dz, g, where=z > 0)
        return dz
