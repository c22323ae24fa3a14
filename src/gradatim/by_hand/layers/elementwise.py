"""What every elementwise activation is."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.layer import Layer


class Elementwise(Layer):
    """An activation that acts on every number by itself.

        h = g(z);   ∂L/∂z = ∂L/∂h ⊙ g′(z)

    Subclasses write g into `h` and g′ into `d`, and state the convention at a kink. Shapes: z (…) → (…).
    """

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """Write g(z) into h."""
        raise NotImplementedError

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """Write g′(z) into d, given h = g(z)."""
        raise NotImplementedError

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """g(z)."""
        self.z, self.h = x, self.like("h", x)
        self.value(x, self.h)
        return self.h

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """∂L/∂h ⊙ g′(z)."""
        d = self.like("d", self.h)
        self.derivative(self.z, self.h, d)
        d *= g
        return d

    def curves(self, z: Any) -> tuple[np.ndarray, np.ndarray]:
        """g(z) and g′(z) in arrays of the caller's own.

        >>> from gradatim.by_hand.layers.activations import Tanh
        >>> [float(number[0]) for number in Tanh().curves([0.0])]
        [0.0, 1.0]
        """
        z = np.asarray(z, dtype=np.result_type(np.asarray(z), np.float32))
        h, d = np.empty_like(z), np.empty_like(z)
        self.value(z, h)
        self.derivative(z, h, d)
        return h, d
