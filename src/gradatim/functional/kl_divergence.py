"""The Kullback–Leibler divergence from a distribution over classes (curriculum B9)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.functional.losses import weighted_mean


class KLDivergence:
    """Kullback–Leibler divergence of softmax from a distribution over the classes (Kullback & Leibler 1951).

        l = Σ_k y_k log(y_k/p_k),   p = softmax(a),   0 log 0 = 0;   ∂l/∂a_k = p_k Σ_j y_j − y_k

    Cross entropy with soft targets less their own entropy, so that it is 0 where p = y; the derivative is the
    same. Torch's KLDivLoss of log softmax, summed over the classes.

    Shapes: a (N, K), y (N, K) of probabilities.

    >>> [round(l, 4) for l in KLDivergence()(torch.zeros(2, 2), torch.tensor([[0.5, 0.5], [1, 0]])).tolist()]
    [0.0, 0.6931]
    """

    takes_shares = True  # a probability of each class as target
    takes_classes = False  # a class number

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        return F.kl_div(torch.log_softmax(a, 1), y.to(a.dtype), reduction="none").sum(1)

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)

    def expects(self, y: Tensor) -> int:
        """How many outputs an example these targets need: one for each class."""
        return y.shape[1]

    def probabilities(self, a: Tensor) -> Tensor:
        """Every class's p = softmax(a), (N, K)."""
        return torch.softmax(a, 1)

    def decide(self, a: Tensor) -> Tensor:
        """The most probable class, (N,)."""
        return a.argmax(1)
