"""The Transformer as a language model."""

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.functional.attention_checks import check_heads
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.layer_norm import LayerNorm
from gradatim.nn.positions import Positions
from gradatim.nn.transformer_block import TransformerBlock
from gradatim.nn.vectors import Vectors

State = tuple[Tensor, ...]


class TransformerLM(nn.Module):
    """Decoder-only Transformer over characters or words (Vaswani et al. 2017; Radford et al. 2018; I8).

        x_t = E token_t (+ the vector of place t);   x ← block(x), L times;   s_t = W norm(x_t) + b
        in a block step t reads the steps it sees, itself among them: the last `context`, or its block's

    With "rotary" positions queries and keys are turned by their places, so that only distances matter, and
    every step sees the last C = `context` steps, in this window or before it (as Dai et al. 2019 carry them).
    "sinusoidal" and "learned" vectors say where a step stands in a stretch of C steps: the text is read in
    stretches, and a step sees those of its own.

    The state is the cache: keys and values of the steps that later ones will see, (L, M, N, D), and (M, N, 1)
    of 1 where there is one, of 0 where a stream began anew. So windows that go on give what the whole text
    gives in one, and so does one step a call. What is carried from window to window is detached.

    Shapes: x (T, N) of token numbers 0 … K−1 → scores (T·N, K), step by step. `hidden_size` is D. Raises
    UsageError for heads that do not divide D, and for what are no token numbers.

    >>> network = TransformerLM(vocabulary_size=5, hidden_size=4, num_layers=2, num_heads=2, context=3)
    >>> scores, (keys, *_) = network.scores(torch.tensor([[0], [1], [4], [2]]))
    >>> tuple(scores.shape), tuple(keys.shape)
    ((4, 1, 5), (2, 2, 1, 4))
    """

    layout: ClassVar[str] = "streams"  # of the examples that it reads
    recipes: ClassVar[dict[str, str]] = {  # of its own, by the form of the examples
        "texts": "texts, read by attention", "texts of words": "texts of words, read by attention",
    }  # fmt: skip

    def __init__(
        self, vocabulary_size: int, hidden_size: int = 128, num_layers: int = 3, num_heads: int = 4,
        context: int = 128, positions: str = "rotary", feedforward: int = 0, activation: str = "gelu",
        norm: str = "before", dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        check_heads(hidden_size, num_heads)
        self.context = whole("context", context, 1)
        self.positions = Positions(positions, hidden_size, context)
        self.rotary = positions == "rotary"
        self.embedding = Vectors(vocabulary_size, hidden_size, std=0.5)
        self.dropout = Dropout(dropout)
        self.blocks: Any = nn.ModuleList(
            TransformerBlock(hidden_size, num_heads, feedforward, activation, norm, True, dropout)
            for _ in range(whole("num_layers", num_layers, 1))
        )
        self.norm = LayerNorm(hidden_size) if norm == "before" else nn.Identity()
        self.head = Dense(hidden_size, vocabulary_size, init="xavier_uniform")
        self.carried: State | None = None

    def forward(self, x: Tensor) -> Tensor:
        """The scores of what follows each token, (T·N, K), from the carried state on."""
        scores, state = self.scores(x, self.carried)
        self.carried = tuple(part.detach() for part in state)
        return scores.flatten(0, 1)

    def scores(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Scores (T, N, K), and the cache to go on from."""
        if x.ndim != 2 or x.is_floating_point():
            raise UsageError(
                f"a language model reads whole numbers (steps, sequences); it got {x.dtype} of shape "
                f"{tuple(x.shape)}"
            )
        T, N = x.shape
        h = self.embedding(x.t())  # (N, T, D)
        if state is None:
            state = (*(h.new_zeros(len(self.blocks), 0, N, h.shape[2]) for _ in "kv"), h.new_zeros(0, N, 1))
        seen = torch.cat([state[2], state[2].new_ones(T, N, 1)])
        places = torch.arange(len(seen) - T, len(seen), device=x.device) % self.context
        h = self.dropout(self.positions.add(h, places))
        mask, held, kept = self._mask(seen, T), self._held(len(seen)), []
        for block, past in zip(self.blocks, zip(*state[:2], strict=True), strict=True):

            def attend(n: Tensor, block: TransformerBlock = block, past: State = past) -> Tensor:
                read = block.attention
                k, v = (
                    torch.cat([before.transpose(0, 1), now], 1)
                    for before, now in zip(past, (read.key(n), read.value(n)), strict=True)
                )
                kept.append([part[:, len(seen) - held :].transpose(0, 1) for part in (k, v)])
                return read.read(*self.positions.turn(read.query(n), k, read.num_heads), v, mask)

            h = block(h, attend)
        keys, values = (torch.stack(parts) for parts in zip(*kept, strict=True))
        scores = self.head(self.norm(h)).transpose(0, 1)
        return scores, (keys, values, seen[len(seen) - held :])

    def _mask(self, seen: Tensor, T: int) -> Tensor:
        """Which of the cached and the new steps each of the T new ones may read, (1 or N, 1, T, M + T)."""
        j = torch.arange(len(seen), device=seen.device)
        t = j[-T:, None]
        same = j > t - self.context if self.rotary else j // self.context == t // self.context
        mask = ((j <= t) & same)[None, None]
        return mask if bool(seen.all()) else mask & (seen[..., 0] > 0).t()[:, None, None]

    def _held(self, steps: int) -> int:
        """How many of the last steps a later one will see."""
        return min(self.context - 1, steps) if self.rotary else steps % self.context
