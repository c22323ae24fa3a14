"""The largest of neighbouring features."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, whole


class Maxout(Layer):
    """Maxout (Goodfellow et al. 2013): every unit is the largest of its k pieces.

        h_j = max(z_kj … z_kj+k−1);   ∂L/∂z_i = g_j at the largest, shared equally in a tie, 0 elsewhere

    Shapes: z (…, k·F) → (…, F); with `dim` 1 the channels of pictures, z (N, k·C, …) → (N, C, …).
    Raises UsageError for features that are not a multiple of k.
    """

    def __init__(self, pieces: int = 2, dim: int = -1):
        super().__init__()
        self.pieces, self.dim = whole("pieces", pieces, 1), dim

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The largest of every k neighbours."""
        k = self.pieces
        if self.dim not in range(-x.ndim, x.ndim):
            raise UsageError(f"maxout along axis {self.dim} got examples of shape {tuple(x.shape[1:])}")
        if x.shape[self.dim] % k:
            raise UsageError(
                f"maxout of {k} pieces needs features in multiples of {k}; there are {x.shape[self.dim]}"
            )
        last = np.moveaxis(x, self.dim, -1)
        self.z = last.reshape(*last.shape[:-1], last.shape[-1] // k, k)  # (…, F, k)
        self.h = self.buffer("h", self.z.shape[:-1], x.dtype)
        np.copyto(self.h, self.z[..., 0])
        for piece in range(1, k):
            np.maximum(self.h, self.z[..., piece], out=self.h)
        return np.moveaxis(self.h, -1, self.dim)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to the largest."""
        g = np.moveaxis(g, self.dim, -1)
        largest = self.z == self.h[..., None]
        dz = self.buffer("dz", self.z.shape, g.dtype)
        np.multiply(largest, (g / largest.sum(-1))[..., None], out=dz, casting="same_kind")
        return np.moveaxis(dz.reshape(*g.shape[:-1], g.shape[-1] * self.pieces), -1, self.dim)
