"""One number for each channel of a picture (curriculum D7)."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError
from gradatim.functional.windows import times


class _GlobalPool(Layer):
    """Pooling over all axes of a picture. Shapes: x (N, C, …) → (N, C)."""

    def look(self, x: np.ndarray) -> int:
        """How many numbers a channel has, the batch checked."""
        if x.ndim < 3:
            raise UsageError(
                f"pooling over all of a picture takes batches (N, channels, …); examples of shape "
                f"{tuple(x.shape[1:])} are not that"
            )
        self.x, self.over = x, tuple(range(2, x.ndim))
        return int(np.prod(x.shape[2:]))

    def filled(self, x: np.ndarray) -> int:
        """The same, of pictures that have a number."""
        m = self.look(x)
        if not m:
            raise UsageError(f"pooling over all of a picture needs a number; these are {times(x.shape[2:])}")
        return m

    def spread(self, g: np.ndarray) -> np.ndarray:
        """The same gradient at every place of its channel."""
        dx = self.like("dx", self.x)
        dx[...] = g.reshape(*g.shape, *(1,) * len(self.over))
        return dx


class GlobalSumPool(_GlobalPool):
    """h_c = Σ_i x_c[i];   ∂L/∂x_c[i] = g_c. Shapes: x (N, C, …) → (N, C)."""

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The sum of each channel."""
        self.look(x)
        return np.add.reduce(x, axis=self.over, out=self.buffer("h", x.shape[:2], x.dtype))

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to every place."""
        return self.spread(g)


class GlobalAvgPool(GlobalSumPool):
    """h_c = 1/m Σ_i x_c[i];   ∂L/∂x_c[i] = g_c/m (Lin, Chen & Yan 2014). Shapes: x (N, C, …) → (N, C)."""

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The mean of each channel."""
        m = self.filled(x)
        h = super().forward(x)
        h /= m
        return h

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to every place, in equal shares."""
        dx = self.spread(g)
        dx /= self.look(self.x)
        return dx


class GlobalMaxPool(_GlobalPool):
    """h_c = max_i x_c[i];   ∂L/∂x_c[i] = g_c at the first of the largest, 0 elsewhere.

    Shapes: x (N, C, …) → (N, C).
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The largest of each channel."""
        m = self.filled(x)
        rows = x.reshape(*x.shape[:2], m)
        self.first = rows.argmax(-1)[..., None]
        return np.take_along_axis(rows, self.first, -1)[..., 0]

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient to the first of the largest."""
        dx = self.buffer("dx", (*g.shape, int(np.prod(self.x.shape[2:]))), g.dtype)
        dx.fill(0)
        np.put_along_axis(dx, self.first, g[..., None], -1)
        return dx.reshape(self.x.shape)
