"""Scores as probabilities."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.functional.axes import axis_of


def softmax(z: np.ndarray, p: np.ndarray | None = None, axis: int = -1) -> np.ndarray:
    """Softmax, p_k = e^(z_k − max z)/Σ_j e^(z_j − max z) over an axis: the shift prevents overflow."""
    largest = np.maximum.reduce(z, axis=axis, keepdims=True) if z.size else z
    p = np.subtract(z, largest, out=p)
    np.exp(p, out=p)
    p /= np.add.reduce(p, axis=axis, keepdims=True)
    return p


class Softmax(Layer):
    """Softmax over an axis (Bridle 1990). Its derivative is a matrix, which is never laid out.

        p_k = e^z_k / Σ_j e^z_j;   ∂p_k/∂z_j = p_k([k = j] − p_j)
        ∂L/∂z_j = Σ_k g_k p_k([k = j] − p_j) = p_j (g_j − Σ_k g_k p_k)

    Shapes: z (…, K, …) → the same; K along `dim`. Raises UsageError for an axis that is not there.
    """

    def __init__(self, dim: int = -1):
        super().__init__()
        self.dim = dim

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The probabilities."""
        self.axis = axis_of("softmax", self.dim, x.shape)
        self.p = softmax(x, self.buffer("p", x.shape, x.dtype), self.axis)
        return self.p

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The Jacobian times g: p ⊙ (g − Σ_k g_k p_k)."""
        dz = np.multiply(g, self.p, out=self.buffer("dz", g.shape, g.dtype))
        np.subtract(g, np.add.reduce(dz, axis=self.axis, keepdims=True), out=dz)
        dz *= self.p
        return dz


class LogSoftmax(Softmax):
    """Logarithms of softmax's probabilities over an axis, finite where a probability underflows.

        log p_k = z_k − max z − log Σ_j e^(z_j − max z);   ∂ log p_k/∂z_j = [k = j] − p_j
        ∂L/∂z_j = Σ_k g_k([k = j] − p_j) = g_j − p_j Σ_k g_k

    Shapes: z (…, K, …) → the same; K along `dim`. Raises UsageError for an axis that is not there.
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The logarithms."""
        self.axis = axis_of("log_softmax", self.dim, x.shape)
        h = self.buffer("h", x.shape, x.dtype)
        self.p = self.buffer("p", x.shape, x.dtype)
        if not x.size:
            return h
        np.subtract(x, np.maximum.reduce(x, axis=self.axis, keepdims=True), out=h)
        np.exp(h, out=self.p)
        total = np.add.reduce(self.p, axis=self.axis, keepdims=True)
        self.p /= total
        h -= np.log(total)
        return h

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The Jacobian times g: g − p Σ_k g_k."""
        total = np.add.reduce(g, axis=self.axis, keepdims=True)
        dz = np.multiply(self.p, total, out=self.buffer("dz", g.shape, g.dtype))
        return np.subtract(g, dz, out=dz)
