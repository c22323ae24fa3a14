"""The negative log likelihood of outputs that are log-probabilities (curriculum B9)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.functional.losses import weighted_mean
from gradatim.functional.void import mean_of_known, skipped


class NLL:
    """Negative log likelihood, for a network that ends in log softmax: cross entropy is both in one.

        l = −a_y,   a = log p;   ∂l/∂a_k = −[k = y]

    Torch's NLLLoss. Where an example has a class at every place, its loss is the mean over its places
    that are known.

    Shapes: a (N, K) of log-probabilities, y (N,) of class numbers; of masks a (N, K, H, W), y (N, H, W).

    >>> [round(l, 4) for l in NLL()(torch.tensor([[0.5, 0.5]]).log(), torch.tensor([0])).tolist()]
    [0.6931]
    """

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        return mean_of_known(F.nll_loss(a, y, reduction="none", ignore_index=skipped(a, y)), a, y)

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)

    def expects(self, y: Tensor) -> int:
        """How many outputs an example these targets need at least."""
        return int(y.max()) + 1

    def probabilities(self, a: Tensor) -> Tensor:
        """Every class's p = e^a, (N, K, …)."""
        return torch.exp(a)

    def decide(self, a: Tensor) -> Tensor:
        """The most probable class, (N, …)."""
        return a.argmax(1)
