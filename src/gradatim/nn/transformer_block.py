"""A block of a Transformer: attention, then a network that reads every step by itself."""

from collections.abc import Callable

from torch import Tensor, nn

from gradatim.checks import one_of, whole
from gradatim.functional.attention_checks import check_steps
from gradatim.nn.activation import Activation
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.layer_norm import LayerNorm
from gradatim.nn.multi_head_attention import MultiHeadAttention

Attend = Callable[[Tensor], Tensor]
NORMS = ("before", "after")  # each of the two parts
ACTIVATIONS = ("gelu", "relu")


class TransformerBlock(nn.Module):
    """One block of a Transformer (Vaswani et al. 2017, section 3.1; norm before: Xiong et al. 2020; I8).

        norm before:  x ← x + attention(norm(x));    x ← x + W₂ g(W₁ norm(x) + b₁) + b₂
        norm after:   x ← norm(x + attention(x));    x ← norm(x + W₂ g(W₁ x + b₁) + b₂)

    g is GELU or ReLU. Dropout falls on what attention and the second part add.

    Shapes: x (N, T, embed_dim) → the same; W₁ (feedforward, embed_dim), four times as wide where 0.
    Raises UsageError for heads that do not divide the width, and for inputs of another shape.

    >>> import torch
    >>> TransformerBlock(8, num_heads=2, causal=True)(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def __init__(
        self, embed_dim: int, num_heads: int = 1, feedforward: int = 0, activation: str = "gelu",
        norm: str = "before", causal: bool = False, dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.norm = one_of("norm", norm, NORMS)
        self.attention = MultiHeadAttention(embed_dim, num_heads, causal)
        wide = whole("feedforward", feedforward, 0) or 4 * embed_dim
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.up = Dense(embed_dim, wide, init="xavier_uniform")
        self.activation = Activation(one_of("activation", activation, ACTIVATIONS))
        self.down = Dense(wide, embed_dim, init="xavier_uniform")
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, attend: Attend | None = None) -> Tensor:
        """Both parts; `attend` reads in place of the block's attention to x itself."""
        check_steps("transformer_block", self.attention.embed_dim, x.shape)
        x = self.add(x, attend or self.attention, self.norm1)
        return self.add(x, self.feed, self.norm2)

    def add(self, x: Tensor, part: Attend, norm: LayerNorm) -> Tensor:
        """X and what a part says of it, normalised before or after."""
        if self.norm == "before":
            return x + self.dropout(part(norm(x)))
        return norm(x + self.dropout(part(x)))

    def feed(self, x: Tensor) -> Tensor:
        """W₂ g(W₁ x + b₁) + b₂ of every step."""
        return self.down(self.activation(self.up(x)))
