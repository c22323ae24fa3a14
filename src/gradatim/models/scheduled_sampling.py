"""Scheduled sampling: a decoder that learns reads, more and more often, what it said itself."""

import torch
from torch import Tensor

from gradatim.checks import real, whole
from gradatim.nn.placed import Placed


class ScheduledSampling(Placed):
    """Whether the next step reads the right symbol or one drawn from the network (Bengio et al. 2015).

        ε_i = max(1 − share, 1 − share · i/batches)      of batch i: the paper's linear decay
        y' = y with probability ε_i, else k with probability softmax(scores)_k

    Shapes: y (N,), scores (N, K) → y' (N,). No gradient passes through y'. Which symbols are drawn is a
    function of (seed, layer, batch, step, row), so that a resumed run draws the same.

    Raises UsageError for a share outside [0, 1] and for less than one batch.

    >>> sampling = ScheduledSampling(0.5, batches=100)
    >>> [(sampling.place(0, "", i), sampling.truth)[1] for i in (0, 50, 100, 300)]
    [1.0, 0.75, 0.5, 0.5]
    """

    def __init__(self, share: float, batches: int = 5000):
        super().__init__()
        self.share = real("scheduled_sampling", share, at_least=0, below=1 + 1e-9)
        self.batches = whole("sampling_batches", batches, 1)

    @property
    def truth(self) -> float:
        """ε_i, the probability of the right symbol."""
        return 1 - self.share * min(1.0, self.step / self.batches)

    @torch.no_grad()
    def forward(self, y: Tensor, scores: Tensor) -> Tensor:
        """The symbols that the next step reads."""
        right = self.numbers(y) < self.truth
        below = scores.double().softmax(1).cumsum(1)  # the inverse of the distribution function
        drawn = (below < self.numbers(y)[:, None].double()).sum(1).clamp(max=scores.shape[1] - 1)
        return torch.where(right, y, drawn)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"{self.share}, batches={self.batches}"
