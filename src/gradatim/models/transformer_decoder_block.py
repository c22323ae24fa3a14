"""A block of a Transformer's decoder: it reads itself, then the input."""

from torch import Tensor

from gradatim.nn.layer_norm import LayerNorm
from gradatim.nn.multi_head_attention import MultiHeadAttention
from gradatim.nn.transformer_block import Attend, TransformerBlock


class TransformerDecoderBlock(TransformerBlock):
    """One block of a Transformer's decoder (Vaswani et al. 2017, section 3.1; curriculum I8).

        norm before:  x ← x + attention(norm(x));   x ← x + reading(norm(x), m);   x ← x + f(norm(x))
        norm after:   x ← norm(x + attention(x)), and so on

    attention is causal; reading asks with the steps of x, and those of the input, m, answer.

    Shapes: x (N, T, embed_dim) → the same.
    """

    def __init__(
        self, embed_dim: int, num_heads: int = 1, feedforward: int = 0, activation: str = "relu",
        norm: str = "before", dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__(embed_dim, num_heads, feedforward, activation, norm, True, dropout)
        self.reading = MultiHeadAttention(embed_dim, num_heads)
        self.norm3 = LayerNorm(embed_dim)

    def decode(self, x: Tensor, attend: Attend, read: Attend) -> Tensor:
        """The three parts; `attend` reads x and what was said before it, `read` the input."""
        x = self.add(x, attend, self.norm1)
        x = self.add(x, read, self.norm2)
        return self.add(x, self.feed, self.norm3)
