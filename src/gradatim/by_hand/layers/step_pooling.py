"""One vector for a whole sequence."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, one_of


class StepPooling(Layer):
    """What a classifier reads of a sequence that was read in both directions (curriculum E7).

        last: h = [h→_T; h←_1], each direction's last step      ∂L/∂h→_T, ∂L/∂h←_1 from g, 0 elsewhere
        mean: h = 1/T Σ_t h_t                                   ∂L/∂h_t = g/T

    Shapes: x (T, N, 2H) → (1, N, 2H), a sequence of one step. Raises UsageError for another pooling.

    >>> x = np.array([[[1.0, 5.0]], [[2.0, 6.0]]])
    >>> StepPooling("last").forward(x).tolist(), StepPooling("mean").forward(x).tolist()
    ([[[2.0, 5.0]]], [[[1.5, 5.5]]])
    """

    def __init__(self, pooling: str = "last"):
        super().__init__()
        self.pooling = one_of("pooling", pooling, ("last", "mean"))

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The sequence's vector."""
        if x.ndim != 3 or x.shape[2] % 2:
            raise UsageError(f"the steps of both directions are (steps, sequences, 2H); they are {x.shape}")
        self.shape, half = x.shape, x.shape[2] // 2
        if self.pooling == "mean":
            return x.mean(0, keepdims=True)
        return np.concatenate([x[-1:, :, :half], x[:1, :, half:]], axis=2)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to the steps that were read."""
        dx, half = self.buffer("dx", self.shape, g.dtype), self.shape[2] // 2
        if self.pooling == "mean":
            dx[...] = g / len(dx)
            return dx
        dx.fill(0)
        dx[-1:, :, :half], dx[:1, :, half:] = g[..., :half], g[..., half:]
        return dx
