"""Noise on the inputs, as a function of (seed, layer, step, element)."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, one_of, real
from gradatim.random import mix, uniform

KINDS = ("gaussian", "masking", "salt_and_pepper")


class Corruption(Layer):
    """Corruption of the inputs of a denoising autoencoder (Vincent et al. 2008, 2010; curriculum F3).

        gaussian         x̃ = x + s n,  n ~ N(0, 1);                       ∂L/∂x = g
        masking          x̃_i = 0 with probability s, else x_i
        salt_and_pepper  x̃_i = low or high, each with probability s/2, else x_i
                         ∂L/∂x_i = g_i where x̃_i is x_i, else 0
        evaluation       x̃ = x

    s is `amount`. The numbers are those that the torch layer draws at the same place, which `place(seed,
    layer, step)` says; from there it counts its calls.

    Shapes: x (…) → (…). Raises UsageError for another kind, an s that cannot be, and low above high.
    """

    def __init__(self, kind: str = "masking", amount: float = 0.3, low: float = 0.0, high: float = 1.0):
        super().__init__()
        self.kind, self.amount = one_of("kind", kind, KINDS), real("amount", amount, at_least=0)
        if kind != "gaussian" and self.amount > 1:
            raise UsageError(
                f"amount is the share of the elements that {kind} replaces, at most 1; it is {self.amount:g}"
            )
        self.low, self.high = real("low", low), real("high", high)
        if self.low > self.high:
            raise UsageError(f"low must be at most high; they are {self.low:g} and {self.high:g}")
        self.place(0, "", 0)
        self._scrambled = np.empty(0, np.int32)  # mix(0, 1, 2, …), as many as the largest input so far
        self._kept: np.ndarray | None = None  # where the input stays; None where all of it does

    def place(self, seed: int, layer: str, step: int) -> None:
        """Set what the next numbers are a function of."""
        self.seed, self.layer, self.step, self.calls = seed, layer, step, 0

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The input with noise on it, while training."""
        self._kept = None
        if not training or self.amount == 0:
            return x
        if len(self._scrambled) < x.size:
            self._scrambled = mix(np.arange(x.size, dtype=np.int32))
        name = f"{self.layer} call {self.calls}" if self.calls else self.layer
        self.calls += 1
        u = uniform(self._scrambled[: x.size], self.seed, name, self.step).reshape(x.shape)
        if self.kind == "gaussian":
            from scipy.special import ndtri

            return x + (self.amount * ndtri(u + 2.0**-25)).astype(x.dtype)
        self._kept = u >= self.amount
        if self.kind == "masking":
            return x * self._kept
        ends = np.where(u < self.amount / 2, self.low, self.high).astype(x.dtype)
        return np.where(self._kept, x, ends)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient of what stayed."""
        return g if self._kept is None else g * self._kept
