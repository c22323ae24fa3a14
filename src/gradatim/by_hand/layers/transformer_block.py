"""A block of a Transformer, forward and backward."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.activations import GELU, ReLU
from gradatim.by_hand.layers.composed import Composed
from gradatim.by_hand.layers.dense import Dense
from gradatim.by_hand.layers.layer_norm import LayerNorm
from gradatim.by_hand.layers.multi_head_attention import MultiHeadAttention
from gradatim.checks import one_of, whole
from gradatim.functional.attention_checks import check_steps

ACTIVATIONS = {"gelu": GELU, "relu": ReLU}
NORMS = ("before", "after")


class TransformerBlock(Composed):
    """One block of a Transformer (Vaswani et al. 2017, section 3.1; norm before: Xiong et al. 2020; I8).

        norm before:  x ← x + f(norm(x))      ∂L/∂x = g + ∂norm/∂xᵀ (∂f/∂nᵀ g)
        norm after:   x ← norm(x + f(x))      ∂L/∂x = g′ + ∂f/∂xᵀ g′,   g′ = ∂norm/∂xᵀ g

    for f = attention first, then f(n) = W₂ a(W₁ n + b₁) + b₂, a GELU or ReLU.

    Shapes: x (N, T, embed_dim) → the same; W₁ (feedforward, embed_dim), four times as wide where 0.
    Raises UsageError for heads that do not divide the width, and for inputs of another shape.
    """

    def __init__(
        self, embed_dim: int, num_heads: int = 1, feedforward: int = 0, activation: str = "gelu",
        norm: str = "before", causal: bool = False,
    ):  # fmt: skip
        super().__init__()
        self.norm = one_of("norm", norm, NORMS)
        self.embed_dim, self.num_heads, self.causal = embed_dim, num_heads, causal
        self.attention = MultiHeadAttention(embed_dim, num_heads, causal)
        wide = whole("feedforward", feedforward, 0) or 4 * embed_dim
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.up, self.down = (
            Dense(embed_dim, wide, init="xavier_uniform"), Dense(wide, embed_dim, init="xavier_uniform")
        )  # fmt: skip
        self.activation = ACTIVATIONS[one_of("activation", activation, tuple(ACTIVATIONS))]()
        self.compose({
            "attention": self.attention, "norm1": self.norm1, "norm2": self.norm2, "up": self.up,
            "down": self.down,
        })  # fmt: skip

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """Attention, then the second part. What the two read stays as n1 and n2, what they add as a and f,
        what stands between them as middle.
        """
        check_steps("transformer_block", self.embed_dim, x.shape)
        self.n1, self.a, self.middle = self._add(x, self.attention.forward, self.norm1)
        self.n2, self.f, y = self._add(self.middle, self._feed, self.norm2)
        return y

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradients of the parameters, and ∂L/∂x; those of n1, a, middle, n2 and f stay as dn1, …."""
        self.df, self.dn2, self.dmiddle = self._send(g, self._feed_back, self.norm2)
        self.da, self.dn1, dx = self._send(self.dmiddle, self.attention.backward, self.norm1)
        return dx

    def _add(self, x: np.ndarray, part: Any, norm: LayerNorm) -> tuple[np.ndarray, ...]:
        """What a part reads, what it says of it, and what stands behind it."""
        before = self.norm == "before"
        n = norm.forward(x).copy() if before else x
        f = part(n).copy()
        return n, f, x + f if before else norm.forward(x + f).copy()

    def _send(self, g: np.ndarray, part: Any, norm: LayerNorm) -> tuple[np.ndarray, ...]:
        """∂L/∂f of what a part adds, ∂L/∂n of what it reads, and ∂L/∂x of what stands in front of it."""
        before = self.norm == "before"
        df = g if before else norm.backward(g)
        dn = part(df).copy()
        return df, dn, df + (norm.backward(dn) if before else dn)

    def _feed(self, n: np.ndarray) -> np.ndarray:
        return self.down.forward(self.activation.forward(self.up.forward(n)))

    def _feed_back(self, g: np.ndarray) -> np.ndarray:
        self.dh = np.array(self.down.backward(g))
        self.du = self.activation.backward(self.dh)
        back: Any = self.up.backward(self.du)
        return back
