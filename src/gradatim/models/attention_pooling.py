"""One vector of a whole sequence: its steps weighed by how much each says."""

import torch
from torch import Tensor, nn

from gradatim.nn.dense import Dense


class AttentionPooling(nn.Module):
    """The mean of a sequence's steps, weighed by a learned query (Yang et al. 2016, eq. 5–7, without a bias).

        u_t = tanh(W h_t);   α = softmax_t(vᵀ u_t) over the steps of the sequence, 0 at padding
        h = Σ_t α_t h_t

    Shapes: h (N, T, D), real (N, T), true where a step is no padding → (N, D); W (A, D), v (1, A).

    Every sequence has a step at least; `weights` gives α (N, T) alone.

    >>> pooling = AttentionPooling(2, 3)
    >>> h, real = torch.ones(1, 4, 2), torch.tensor([[True, True, False, False]])
    >>> pooling(h, real).tolist(), pooling.weights(h, real).tolist()
    ([[1.0, 1.0]], [[0.5, 0.5, 0.0, 0.0]])
    """

    def __init__(self, features: int, attention_size: int):
        super().__init__()
        self.hidden = Dense(features, attention_size, bias=False, init="xavier_uniform")
        self.query = Dense(attention_size, 1, bias=False, init="xavier_uniform")

    def weights(self, h: Tensor, real: Tensor) -> Tensor:
        """The weights α."""
        scores = self.query(torch.tanh(self.hidden(h)))[..., 0]
        return scores.masked_fill(~real, -torch.inf).softmax(1)

    def forward(self, h: Tensor, real: Tensor) -> Tensor:
        """The mean of the steps by these weights."""
        return (self.weights(h, real)[:, None] @ h)[:, 0]
