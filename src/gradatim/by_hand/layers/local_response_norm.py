"""Local response normalisation."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer, outward
from gradatim.checks import UsageError, real, whole


class LocalResponseNorm(Layer):
    """Local response normalisation (Krizhevsky, Sutskever & Hinton 2012, section 3.3; curriculum D10).

        b_c = a_c s_c^−β,   s_c = k + α Σ_j a_j²   over the n channels j around c, as far as they exist

    The paper's α stands as it is; torch, and the published weights with it, read it as α/n: `divide=True`.
    As s_c depends on a_j by ∂s_c/∂a_j = 2α a_j for each c whose n neighbours hold j,

        ∂L/∂a_j = g_j s_j^−β − 2αβ a_j Σ_c g_c a_c s_c^(−β−1)

    Shapes: a (N, C, …) → the same. `size` is n; of an even n one channel more is in front of c.
    """

    def __init__(
        self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0, divide: bool = False
    ):
        super().__init__()
        self.size = whole("size", size, 1)
        self.beta, self.k = real("beta", beta, at_least=0), real("k", k, at_least=0)
        self.alpha = real("alpha", alpha, at_least=0) / (self.size if divide else 1)

    def _sums(self, name: str, values: np.ndarray, before: int, after: int) -> np.ndarray:
        """Over channels c − before … c + after, as far as they exist."""
        total = self.like(name, values)
        np.copyto(total, values)
        for shift in range(1, before + 1):
            total[shift:] += values[:-shift]
        for shift in range(1, after + 1):
            total[:-shift] += values[shift:]
        return total

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The normalised numbers."""
        if x.ndim < 2:
            raise UsageError("local_response_norm takes batches (N, channels, …)")
        self.a = self.inward("a", x)
        squares = np.multiply(self.a, self.a, out=self.like("squares", self.a))
        self.s = self._sums("s", squares, self.size // 2, (self.size - 1) // 2)
        self.s *= self.alpha
        self.s += self.k
        self.power = np.power(self.s, -self.beta, out=self.like("power", self.a))
        return outward(np.multiply(self.a, self.power, out=self.like("b", self.a)))

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """∂L/∂a."""
        g = self.inward("g", g)
        dx = np.multiply(g, self.power, out=self.like("dx", self.a))  # g s^−β
        shared = np.multiply(dx, self.a, out=self.like("shared", self.a))
        shared /= self.s  # g a s^(−β−1)
        back = self._sums(
            "back", shared, (self.size - 1) // 2, self.size // 2
        )  # who looks at j, not whom j sees
        back *= self.a
        back *= 2 * self.alpha * self.beta
        dx -= back
        return outward(dx)
