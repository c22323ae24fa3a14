"""A small GPT over the letters of a text, every number of which can be seen (curriculum I8)."""

import numpy as np

from gradatim.by_hand.layers.composed import Composed
from gradatim.by_hand.layers.dense import Dense
from gradatim.by_hand.layers.layer_norm import LayerNorm
from gradatim.by_hand.layers.transformer_block import TransformerBlock
from gradatim.checks import UsageError, whole
from gradatim.random import generator

SPREAD = 0.7  # of the vectors that letters and positions begin with


class GPT(Composed):
    """A decoder-only Transformer (Radford et al. 2018, 2019) that says after each letter which comes next.

        x_t = E[letter_t] + P[t];   x ← block(x), every step reading itself and those before it
        s_t = W norm(x_t),   p_t = softmax(s_t)

    Backwards ∂L/∂E[k] is the sum of ∂L/∂x_t over the steps that read the letter k, and ∂L/∂P[t] is ∂L/∂x_t.

    Shapes: letters (N, T) of numbers 0 … K−1, T at most `context` → scores s (N, T, K); E (K, embed_dim),
    P (context, embed_dim). Raises UsageError for heads that do not divide the width, and for a text that is
    longer than the context.

    >>> network = GPT(4, 4, embed_dim=4, num_heads=2, feedforward=8)
    >>> sum(int(np.prod(shape)) for shape in network.shapes.values())
    228
    """

    def __init__(
        self, vocabulary_size: int, context: int, embed_dim: int = 4, num_heads: int = 2, num_layers: int = 1,
        feedforward: int = 0, activation: str = "gelu",
    ):  # fmt: skip
        super().__init__()
        self.context = whole("context", context, 1)
        self.blocks = [
            TransformerBlock(embed_dim, num_heads, feedforward, activation, "before", causal=True)
            for _ in range(whole("num_layers", num_layers, 1))
        ]
        self.norm = LayerNorm(embed_dim)
        self.head = Dense(embed_dim, vocabulary_size, bias=False, init="xavier_uniform")
        blocks = {f"block{number}": block for number, block in enumerate(self.blocks, 1)}
        self.compose({**blocks, "norm": self.norm, "head": self.head})
        self.shapes = {  # type: ignore[misc]
            "letters": (vocabulary_size, embed_dim), "positions": (context, embed_dim), **self.shapes,
        }  # fmt: skip

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """E and P normal, and every part's own."""
        own = {
            name: SPREAD * generator(seed, f"{prefix}{name}").standard_normal(self.shapes[name])
            for name in ("letters", "positions")
        }
        return own | super().draw(seed, prefix)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The scores of what follows each letter; x of every block stays in `xs`, norm(x) in `n`."""
        steps = x.shape[1]
        if steps > self.context:
            raise UsageError(f"a text of {steps} steps is longer than the context, {self.context} positions")
        self.x = x
        self.xs = [self.parameters["letters"][x] + self.parameters["positions"][:steps]]
        for block in self.blocks:
            self.xs.append(block.forward(self.xs[-1]))
        self.n = self.norm.forward(self.xs[-1]).copy()
        return self.head.forward(self.n)

    def backward(self, g: np.ndarray, inputs: bool = True) -> None:
        """Every gradient, from ∂L/∂s; ∂L/∂x of every block stays in `dxs`, that of norm(x) in `dn`."""
        self.dn = np.array(self.head.backward(g))
        self.dxs = [self.norm.backward(self.dn)]
        for block in reversed(self.blocks):
            self.dxs.insert(0, block.backward(self.dxs[0]))
        for gradient in (self.gradients["letters"], self.gradients["positions"]):
            gradient[...] = 0
        np.add.at(self.gradients["letters"], self.x, self.dxs[0])
        self.gradients["positions"][: self.x.shape[1]] = self.dxs[0].sum(0)


def make_gpt(seed: int, network: GPT, decimals: int | None = 1) -> GPT:
    """The network with parameters of its own, drawn by a seed and rounded, to fit on paper."""
    drawn = network.draw(seed, "")
    drawn = drawn if decimals is None else {name: value.round(decimals) for name, value in drawn.items()}
    network.hold(drawn, {name: np.zeros_like(value) for name, value in drawn.items()})
    return network
