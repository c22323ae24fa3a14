"""The loss of several answers of yes and no (curriculum B9)."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, positive
from gradatim.functional.losses import weight_beside, weighted_mean


class MultiLabel:
    """Multi-label binary cross entropy: K questions an example, each yes or no, their losses added.

        l = −Σ_k y_k log p_k + (1−y_k) log(1−p_k),  p = σ(a);   ∂l/∂a_k = p_k − y_k

    With `pos_weight` w_k, one number or one a label, the term of y_k counts w_k times.

    Shapes: a (N, K), y (N, K) of 0 and 1. Torch's mean is over N·K numbers: this divided by K. Raises
    UsageError for a w_k not above 0.

    >>> [round(l, 4) for l in MultiLabel()(torch.tensor([[0.0, 2.0]]), torch.tensor([[1, 1]])).tolist()]
    [0.8201]
    """

    takes_fractions = True  # a probability of each answer yes as target

    def __init__(self, pos_weight: Any = None):
        self.pos_weight = None if pos_weight is None else positive("pos_weight", pos_weight)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example."""
        if a.shape != y.shape:
            raise UsageError(f"outputs of shape {tuple(a.shape)} do not fit labels of shape {tuple(y.shape)}")
        weight = weight_beside(self.pos_weight, a)
        return F.binary_cross_entropy_with_logits(a, y.to(a.dtype), reduction="none", pos_weight=weight).sum(
            1
        )

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)

    def probabilities(self, a: Tensor) -> Tensor:
        """Every label's p = σ(a), (N, K)."""
        return torch.sigmoid(a)

    def decide(self, a: Tensor) -> Tensor:
        """1 where p > ½, (N, K)."""
        return (a > 0).long()
