"""Multi-head attention."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.functional.attention_checks import check_heads, check_steps
from gradatim.nn.dense import Dense


class MultiHeadAttention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017, eq. 1 and section 3.2.2; curriculum I8).

        q = W_q x + b_q,   k = W_k m + b_k,   v = W_v m + b_v,   each cut into H heads of d = D/H numbers
        A = softmax_s(q_t · k_s/√d),   z_t = Σ_s A_ts v_s   in every head;   y = W_o [z¹; …; z^H] + b_o

    The steps of x ask and those of m answer; m is x itself in self-attention. A `causal` layer answers step t
    with steps 1 … t. A mask (…, T, S) is True where t may read s; a step that may read none gets b_o.

    Shapes: x (N, T, embed_dim), m (N, S, embed_dim) → y (N, T, embed_dim); W (embed_dim, embed_dim).

    torch's fused kernel computes A v, and `weights` A itself. Raises UsageError for heads that do not divide
    the width, and for inputs of another shape.

    >>> MultiHeadAttention(8, num_heads=2)(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def __init__(self, embed_dim: int, num_heads: int = 1, causal: bool = False, bias: bool = True):
        super().__init__()
        self.embed_dim, self.num_heads = check_heads(embed_dim, num_heads)
        self.causal = causal
        self.query, self.key, self.value, self.out = (
            Dense(embed_dim, embed_dim, bias, init="xavier_uniform") for _ in range(4)
        )

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """What every step of x reads of m."""
        check_steps("multi_head_attention", self.embed_dim, x.shape)
        m = x if memory is None else memory
        return self.read(self.query(x), self.key(m), self.value(m), mask)

    def read(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
        """Y from queries (N, T, D), keys and values (N, S, D)."""
        q, k, v = self.heads(q), self.heads(k), self.heads(v)
        if mask is None and not k.shape[2]:
            z = q * 0  # nothing to read
        else:
            causal = self.causal and mask is None
            z = F.scaled_dot_product_attention(q, k, v, mask, is_causal=causal)
        return self.out(z.transpose(1, 2).flatten(2))

    def weights(self, q: Tensor, k: Tensor, mask: Tensor | None = None) -> Tensor:
        """A (N, H, T, S), by its definition."""
        scores = self.heads(q) @ self.heads(k).transpose(2, 3) * (self.num_heads / self.embed_dim) ** 0.5
        if mask is None and self.causal:
            mask = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
        return (scores if mask is None else scores.masked_fill(~mask, float("-inf"))).softmax(-1)

    def heads(self, x: Tensor) -> Tensor:
        """(N, T, D) → (N, H, T, d)."""
        return x.unflatten(2, (self.num_heads, self.embed_dim // self.num_heads)).transpose(1, 2)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}, causal={self.causal}"
