"""Scores as probabilities."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer


def softmax(z: np.ndarray, p: np.ndarray | None = None) -> np.ndarray:
    """Softmax, p_k = e^(z_k − max z)/Σ_j e^(z_j − max z) over the last axis: the shift prevents overflow."""
    largest = np.maximum.reduce(z, axis=-1, keepdims=True) if z.size else z
    p = np.subtract(z, largest, out=p)
    np.exp(p, out=p)
    p /= np.add.reduce(p, axis=-1, keepdims=True)
    return p


class Softmax(Layer):
    """Softmax over the last axis (Bridle 1990). Its derivative is a matrix, which is never laid out.

        p_k = e^z_k / Σ_j e^z_j;   ∂p_k/∂z_j = p_k([k = j] − p_j)
        ∂L/∂z_j = Σ_k g_k p_k([k = j] − p_j) = p_j (g_j − Σ_k g_k p_k)

    Shapes: z (…, K) → (…, K).
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The probabilities."""
        self.p = softmax(x, self.buffer("p", x.shape, x.dtype))
        return self.p

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The Jacobian times g: p ⊙ (g − Σ_k g_k p_k)."""
        dz = np.multiply(g, self.p, out=self.buffer("dz", g.shape, g.dtype))
        np.subtract(g, np.add.reduce(dz, axis=-1, keepdims=True), out=dz)
        dz *= self.p
        return dz
