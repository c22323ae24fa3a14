"""Local response normalisation: a channel is divided by what its neighbours say."""

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, real, whole


class LocalResponseNorm(nn.Module):
    """Local response normalisation over neighbouring channels (Krizhevsky, Sutskever & Hinton 2012, § 3.3).

        b_i = a_i / (k + α Σ_j a_j²)^β,   j from i − ⌊n/2⌋ to i + ⌊(n−1)/2⌋, as far as there are channels

    Shapes: a (N, C, …) → (N, C, …).

    `size` is n. There are two readings of α: the paper's equation is the one above; torch, Caffe and the
    authors' own program divide α by n first, which is `divide=True`. With the paper's α = 1e-4 the first
    normalises five times as strongly.

    Raises UsageError for a size below 1, for an α, β or k that is negative or not a number, and for what is
    no batch.

    >>> import torch
    >>> LocalResponseNorm(size=1, alpha=1.0, beta=1.0, k=0.0)(torch.tensor([[2.0, 4.0]])).tolist()
    [[0.5, 0.25]]
    """

    def __init__(
        self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0, divide: bool = False
    ):
        super().__init__()
        self.size = whole("size", size, 1)
        self.alpha = real("alpha", alpha, at_least=0)
        self.beta = real("beta", beta, at_least=0)
        self.k = real("k", k, at_least=0)
        self.divide = bool(divide)

    def forward(self, a: Tensor) -> Tensor:
        """The quotient a / (k + α Σ a²)^β."""
        if a.ndim < 2:
            raise UsageError("local_response_norm takes batches (N, channels, …)")
        if not a.numel():
            return a.clone()
        n = self.size
        squares = a.square().reshape(len(a), 1, a.shape[1], -1, a.shape[-1] if a.ndim > 2 else 1)
        padded = F.pad(squares, (0, 0, 0, 0, n // 2, (n - 1) // 2))  # (N, 1, C + n − 1, …, W)
        mean = F.avg_pool3d(padded, (n, 1, 1), stride=1).reshape(a.shape)  # of n squares, 0 beyond the edge
        alpha = self.alpha if self.divide else self.alpha * n
        return a / (self.k + alpha * mean) ** self.beta

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"size={self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}, divide={self.divide}"
