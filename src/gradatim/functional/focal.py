"""The focal loss (curriculum B9)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, real
from gradatim.functional.class_scores import ClassScores, is_single
from gradatim.functional.void import mean_of_known, skipped


class Focal(ClassScores):
    """Focal loss: cross entropy in which examples that are already right count less (Lin et al. 2017).

        l = −α_y (1 − p_y)^γ log p_y,   p = softmax(a), or p_1 = σ(a) of one score

    γ = 0 is cross entropy. α weighs class 1 of two by α and class 0 by 1 − α; without it α_y is 1. Where an
    example has a class at every place, its loss is the mean over its places that are known.

    Shapes: a (N, K), y (N,) of class numbers, or a (N,) or (N, 1), y (N,) of 0 and 1; of masks
    a (N, K, H, W), y (N, H, W).

    Raises UsageError for a negative γ, an α outside (0, 1), or an α with K scores.

    >>> [round(l, 4) for l in Focal()(torch.tensor([0.0, 2.0]), torch.tensor([1, 1])).tolist()]
    [0.1733, 0.0018]
    """

    def __init__(self, gamma: float = 2.0, alpha: float | None = None):
        self.gamma = real("gamma", gamma, at_least=0)
        self.alpha = None if alpha is None else real("alpha", alpha, above=0, below=1)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        if is_single(a):
            score = a.reshape(y.shape)
            log_p = F.logsigmoid(torch.where(y > 0, score, -score))
        elif self.alpha is not None:
            raise UsageError(
                f"alpha is for two classes and one score; the scores have shape {tuple(a.shape)}"
            )
        else:
            log_p = -F.cross_entropy(a, y, reduction="none", ignore_index=skipped(a, y))
        # Not 0, where the derivative of a power below one is infinite
        q = (-torch.expm1(log_p)).clamp_min(torch.finfo(log_p.dtype).tiny)  # 1 − p_y
        loss = -(q**self.gamma) * log_p
        if self.alpha is not None:
            loss = loss * torch.where(y > 0, self.alpha, 1 - self.alpha).to(loss.dtype)
        return mean_of_known(loss, a, y)
