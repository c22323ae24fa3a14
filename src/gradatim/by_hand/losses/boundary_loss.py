"""U-Net's cross entropy, heavy where cells nearly touch (curriculum I10)."""

from typing import Any

import numpy as np

from gradatim.by_hand.losses.mask_scores import MaskScores, places
from gradatim.checks import UsageError, real, whole
from gradatim.functional.boundary_weights import boundary_weights


class BoundaryCrossEntropy(MaskScores):
    """Cross entropy weighted by `boundary_weights` (Ronneberger, Fischer & Brox 2015, eqs. 1 and 2).

        l = (1/P) Σ_x −w(x) log p_y(x);   ∂l/∂a_k(x) = w(x) (p_k(x) − [k = y(x)]) / P

    over the P known pixels. Shapes: a (N, K, H, W), y (N, H, W) class numbers. Raises UsageError for a
    negative w₀, a σ not above 0, and targets without places.
    """

    def __init__(self, w0: float = 10.0, sigma: float = 5.0, background: int = 0):
        self.w0 = real("w0", w0, at_least=0)
        self.sigma = real("sigma", sigma, above=0)
        self.background = whole("background", background, 0)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope."""
        if np.ndim(y) < 2:
            raise UsageError(
                f"boundary_cross_entropy is for masks (N, H, W); the targets' shape is {np.shape(y)}"
            )
        p, log_p, g, known = places(a, y)
        how = self.w0, self.sigma, self.background
        w = np.stack([boundary_weights(one, *how) for one in np.asarray(y)]).astype(a.dtype)
        w = w.reshape(len(w), 1, -1)
        n = np.maximum(known.sum(2, keepdims=True), 1)
        value = -(w * g * log_p).sum((1, 2)) / n[:, 0, 0]
        return value, (w * (p - g) / n).reshape(a.shape)  # w is 0 where a pixel is not known
