"""U-Net's cross entropy, heavy where cells nearly touch (curriculum I10)."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, real, whole
from gradatim.functional.boundary_weights import boundary_weights
from gradatim.functional.mask_scores import MaskScores
from gradatim.functional.void import mean_of_known, skipped


class BoundaryCrossEntropy(MaskScores):
    """Cross entropy weighted by `boundary_weights` (Ronneberger, Fischer & Brox 2015, eqs. 1 and 2).

        l = (1/P) Σ_x −w(x) log p_y(x),   p = softmax(a)
        w(x) = w_c(x) + w₀ exp(−(d₁(x) + d₂(x))² / 2σ²)

    over the P known pixels x of a picture. w_c counts the classes of the picture alike (the paper's those of
    all training pictures), d₁ and d₂ are how far a pixel of the `background` is from the two nearest cells:
    the walls between cells weigh most where they are thin.

    Shapes: a (N, K, H, W), y (N, H, W) class numbers.

    Raises UsageError for a negative w₀, a σ not above 0, and targets without places.

    >>> a, y = torch.zeros(1, 2, 1, 5), torch.tensor([[[1, 1, 0, 1, 1]]])  # a wall between two cells
    >>> bool(BoundaryCrossEntropy()(a, y) > F.cross_entropy(a, y))
    True
    """

    def __init__(self, w0: float = 10.0, sigma: float = 5.0, background: int = 0):
        self.w0 = real("w0", w0, at_least=0)
        self.sigma = real("sigma", sigma, above=0)
        self.background = whole("background", background, 0)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        if y.ndim < 2:
            raise UsageError(
                f"boundary_cross_entropy is for masks (N, H, W); the targets' shape is {tuple(y.shape)}"
            )
        how = self.w0, self.sigma, self.background
        weights = np.stack([boundary_weights(one, *how) for one in y.cpu().numpy()])
        w = torch.from_numpy(weights).to(a.device, a.dtype)
        each = F.cross_entropy(a, y, reduction="none", ignore_index=skipped(a, y))
        return mean_of_known(w * each, a, y)
