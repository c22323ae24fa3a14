"""Every example as one vector."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError


class Flatten(Layer):
    """Shapes: x (N, …) → (N, the product of the rest); the gradient goes back into the old shape."""

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The same numbers in one row per example."""
        if not x.ndim:
            raise UsageError("flatten takes batches (N, …); it got a single number")
        self.shape = x.shape
        return x if x.ndim == 2 else x.reshape(len(x), int(np.prod(x.shape[1:])))

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The same numbers in the input's shape."""
        return g.reshape(self.shape)
