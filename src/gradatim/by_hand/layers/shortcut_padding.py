"""The shortcut without parameters of a residual network, where the size of its maps changes."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import whole


class ShortcutPadding(Layer):
    """Every so many pixels of x, and channels of zeros behind (He, Zhang, Ren & Sun 2015, § 3.3, option A).

        h_c[m] = x_c[S m] for c ≤ C, otherwise 0;   ∂L/∂x_c[S m] = ∂L/∂h_c[m], 0 at the pixels left out

    Shapes: x (N, C, H, W) → (N, C + more, ⌈H/S⌉, ⌈W/S⌉), S the `stride`.
    """

    def __init__(self, more: int, stride: int):
        super().__init__()
        self.more, self.stride = whole("more", more, 0), whole("stride", stride, 1)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """Some of the pixels, and zeros."""
        self.shape = x.shape
        seen = x[:, :, :: self.stride, :: self.stride]
        return np.pad(seen, ((0, 0), (0, self.more), (0, 0), (0, 0)))

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient at the pixels that were read."""
        dx = np.zeros(self.shape, g.dtype)
        dx[:, :, :: self.stride, :: self.stride] = g[:, : self.shape[1]]
        return dx
