"""The largest of neighbouring features."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, whole


class Maxout(Layer):
    """Maxout (Goodfellow et al. 2013): every unit is the largest of its k pieces.

        h_j = max(z_kj … z_kj+k−1);   ∂L/∂z_i = g_j at the largest, shared equally in a tie, 0 elsewhere

    Shapes: z (…, k·F) → (…, F). Raises UsageError for features that are not a multiple of k.
    """

    def __init__(self, pieces: int = 2):
        super().__init__()
        self.pieces = whole("pieces", pieces, 1)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The largest of every k neighbours."""
        k = self.pieces
        if x.shape[-1] % k:
            raise UsageError(
                f"maxout of {k} pieces needs features in multiples of {k}; there are {x.shape[-1]}"
            )
        self.z = x.reshape(*x.shape[:-1], x.shape[-1] // k, k)  # (…, F, k)
        self.h = self.buffer("h", self.z.shape[:-1], x.dtype)
        np.copyto(self.h, self.z[..., 0])
        for piece in range(1, k):
            np.maximum(self.h, self.z[..., piece], out=self.h)
        return self.h

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to the largest."""
        largest = self.z == self.h[..., None]
        dz = self.buffer("dz", self.z.shape, g.dtype)
        np.multiply(largest, (g / largest.sum(-1))[..., None], out=dz, casting="same_kind")
        return dz.reshape(*g.shape[:-1], -1)
