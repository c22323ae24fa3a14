"""The partially connected layer."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.dense import Dense
from gradatim.checks import UsageError, plain_numbers


class MaskedDense(Dense):
    """Partially connected layer (curriculum B4): a dense layer of which only some connections exist.

        z = x (W ⊙ M)ᵀ + b,   M_ji = 1 where input i reaches unit j, otherwise 0
        ∂L/∂W = (gᵀ x) ⊙ M,   ∂L/∂b = Σ_n g_n,   ∂L/∂x = g (W ⊙ M)

    Shapes: x (N, …, in_features) → (N, …, out_features); M (out_features, in_features), as nested lists or an
    array. Weights without a connection are 0 and stay 0 under every update that a gradient of 0 leaves at
    rest. The initialiser counts all inputs, not the connected ones.

    Raises UsageError for a mask that is not one 0 or 1 for each connection.
    """

    def __init__(self, mask: Any, bias: bool = True, init: str = "he_uniform"):
        try:
            M = np.asarray(plain_numbers(mask), dtype=float)
        except (TypeError, ValueError):
            M = np.zeros(0)
        if M.ndim != 2 or not np.isin(M, (0, 1)).all():
            raise UsageError("mask must be rows of 0 and 1, a row for each unit and a column for each input")
        super().__init__(M.shape[1], M.shape[0], bias, init)
        self.mask = M.astype(bool)

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """W as a dense layer's, without the connections that do not exist."""
        values = super().draw(seed, prefix)
        return {**values, "weight": values["weight"] * self.mask}

    def weight(self) -> np.ndarray:
        """W ⊙ M."""
        W = self.parameters["weight"]
        return np.multiply(W, self.mask, out=self.buffer("masked", W.shape, W.dtype))

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """A dense layer's, and ∂L/∂W ⊙ M."""
        dx = super().backward(g, inputs)
        self.gradients["weight"] *= self.mask
        return dx
