"""The Transformer: from one sequence of symbols to another."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.functional.attention_checks import check_heads
from gradatim.models.transformer_decoder_block import TransformerDecoderBlock
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.layer_norm import LayerNorm
from gradatim.nn.multi_head_attention import MultiHeadAttention
from gradatim.nn.positions import Positions
from gradatim.nn.transformer_block import Attend, TransformerBlock
from gradatim.nn.vectors import Vectors

Tensors = dict[str, Tensor]


class Transformer(nn.Module):
    """Encoder and decoder of attention alone (Vaswani et al. 2017; curriculum I8).

        m_s = √D E x_s + place(s);   m ← block(m), L times: every step reads all steps of the input
        h_t = √D E′ y_{t−1} + place(t),  y_0 a start symbol;   h ← decoder block(h, m), L times
        s_t = E′ norm(h_t) where it is `tied`, otherwise W norm(h_t) + b

    Shapes: values (N, L) of symbols 0 … V−1, lengths (N,), y (N, T) of symbols 0 … K−1, y_lengths (N,) →
    the scores of every real step of y, (Σ T_i, K), y_t known before step t + 1 (teacher forcing).

    To decode, `remember` reads the input once: every decoder block's keys and values of it (N, L, S, D)
    and which steps are there. `advance` takes one step: its state is the cache, the keys and values of what
    was said so far, so that a step costs one query a block; `attention` (N, S) are the shares with which the
    last block read the input, the mean of its heads. Norm "before" (Xiong et al. 2020) learns without care;
    "after" is the paper's. A text of words may be asked for by this name, too: `TransformerLM` learns that.

    Raises UsageError for heads that do not divide `hidden_size`, for other inputs, and for a sequence that
    is longer than the `context` positions where they are learned.

    >>> network = Transformer(9, 5, hidden_size=4, num_layers=1, num_heads=2)
    >>> x, lengths = torch.tensor([[3, 1, 4], [1, 5, 0]]), torch.tensor([3, 2])
    >>> network(x, lengths, torch.tensor([[2, 1], [1, 0]]), torch.tensor([2, 1])).shape
    torch.Size([3, 5])
    >>> network.advance(torch.tensor([5, 5]), *network.remember(x, lengths))[0].shape
    torch.Size([2, 5])
    """

    layout: ClassVar[str] = "pairs"  # of the examples that it reads
    attends: ClassVar[bool] = True  # whether its state has the "attention" of the last step
    source_vectors: ClassVar[tuple[str, int]] = ("source.weight", 0)  # and their axis
    recipes: ClassVar[dict[str, str]] = {"sentence pairs": "sentences, by attention"}  # its own
    by_layout: ClassVar[dict[str, str]] = {"streams": "transformer_lm"}  # of this name for other examples

    def __init__(
        self, vocabulary_size: int, num_symbols: int, hidden_size: int = 128, num_layers: int = 4,
        num_heads: int = 4, feedforward: int = 0, activation: str = "relu", norm: str = "before",
        positions: str = "sinusoidal", context: int = 512, dropout: float = 0.1, tied: bool = True,
    ):  # fmt: skip
        super().__init__()
        check_heads(hidden_size, num_heads)
        self.num_symbols, self.scale = whole("num_symbols", num_symbols, 2), hidden_size**0.5
        self.source = Vectors(vocabulary_size, hidden_size, 1 / self.scale)
        self.target = Vectors(num_symbols + 1, hidden_size, 1 / self.scale)  # and y_0
        self.positions = Positions(positions, hidden_size, whole("context", context, 1))
        self.dropout = Dropout(dropout)
        sizes = (hidden_size, num_heads, feedforward, activation, norm)
        layers = range(whole("num_layers", num_layers, 1))
        self.encoder: Any = nn.ModuleList(TransformerBlock(*sizes, False, dropout) for _ in layers)
        self.decoder: Any = nn.ModuleList(TransformerDecoderBlock(*sizes, dropout) for _ in layers)
        before = norm == "before"
        self.encoder_norm, self.decoder_norm = (
            LayerNorm(hidden_size) if before else nn.Identity() for _ in range(2)
        )
        self.head = None if tied else Dense(hidden_size, num_symbols, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor, y: Tensor, y_lengths: Tensor) -> Tensor:
        """The scores of every real step of y, the right symbols before it being known."""
        if y.ndim != 2 or y.is_floating_point() or len(y) != len(values):
            raise UsageError(
                f"y are symbols (N, T) of {len(values)} sequences; it got {y.dtype} {tuple(y.shape)}"
            )
        h = self._decode(*self._read(values, lengths), y)
        real = torch.arange(y.shape[1], device=y.device) < y_lengths[:, None]
        return self._scores(h[real])

    def remember(self, values: Tensor, lengths: Tensor) -> tuple[Tensors, Tensors]:
        """What stays while an input is decoded, and the state before the first symbol."""
        m, present = self._read(values, lengths)
        kept = {
            "keys": torch.stack([block.reading.key(m) for block in self.decoder], 1),
            "values": torch.stack([block.reading.value(m) for block in self.decoder], 1),
            "present": present,
        }
        none = m.new_zeros(len(m), len(self.decoder), 0, m.shape[2])
        return kept, {"keys": none, "values": none, "attention": m.new_zeros(m.shape[:2])}

    def advance(self, said: Tensor, memory: Tensors, state: Tensors) -> tuple[Tensor, Tensors]:
        """One step: the scores (N, K) of what follows the symbols said last, K the start, and the state."""
        keys, values = [], []
        h = self._begin(self.target, said[:, None], state["keys"].shape[2])
        asked = h
        for number, block in enumerate(self.decoder):
            old = (state["keys"][:, number], state["values"][:, number])

            def attend(
                n: Tensor, block: TransformerBlock = block, old: tuple[Tensor, Tensor] = old
            ) -> Tensor:
                own = block.attention
                k, v = torch.cat([old[0], own.key(n)], 1), torch.cat([old[1], own.value(n)], 1)
                keys.append(k)
                values.append(v)
                q, k = self.positions.turn(own.query(n), k, own.num_heads)
                return own.read(q, k, v, torch.ones(1, 1, dtype=torch.bool, device=n.device))

            def read(n: Tensor, block: TransformerDecoderBlock = block, number: int = number) -> Tensor:
                nonlocal asked
                asked = n
                k, v = (memory[name][:, number] for name in ("keys", "values"))
                return block.reading.read(block.reading.query(n), k, v, memory["present"][:, None, None])

            h = block.decode(h, attend, read)
        last = self.decoder[-1].reading
        shares = last.weights(last.query(asked), memory["keys"][:, -1], memory["present"][:, None, None])
        state = {"keys": torch.stack(keys, 1), "values": torch.stack(values, 1),
                 "attention": shares.mean(1)[:, 0]}  # fmt: skip
        return self._scores(h[:, 0]), state

    def _read(self, values: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The encoder's m (N, L, D), and which of its steps are there (N, L)."""
        if values.ndim != 2 or values.is_floating_point():
            raise UsageError(
                f"a Transformer reads symbols (sequences, steps); it got {values.dtype} of shape "
                f"{tuple(values.shape)}"
            )
        steps = torch.arange(values.shape[1], device=values.device)
        present = steps < lengths.to(values.device).clamp(min=1)[:, None]  # an empty one reads its padding
        m = self._begin(self.source, values, 0)
        for block in self.encoder:
            m = block(m, self._itself(block.attention, present[:, None, None]))
        return self.encoder_norm(m), present

    def _decode(self, m: Tensor, present: Tensor, y: Tensor) -> Tensor:
        """Every step of y behind the last block."""
        h = self._begin(self.target, F.pad(y[:, :-1], (1, 0), value=self.num_symbols), 0)
        for block in self.decoder:
            own = block.reading

            def read(n: Tensor, own: MultiHeadAttention = own) -> Tensor:
                return own.read(own.query(n), own.key(m), own.value(m), present[:, None, None])

            h = block.decode(h, self._itself(block.attention, None), read)
        return h

    def _begin(self, vectors: Vectors, symbols: Tensor, first: int) -> Tensor:
        """√D E x + place."""
        places = torch.arange(first, first + symbols.shape[1], device=symbols.device)
        return self.dropout(self.positions.add(self.scale * vectors(symbols), places))

    def _itself(self, own: MultiHeadAttention, mask: Tensor | None) -> Attend:
        """Attention of a sequence to itself."""

        def attend(n: Tensor) -> Tensor:
            q, k = self.positions.turn(own.query(n), own.key(n), own.num_heads)
            return own.read(q, k, own.value(n), mask)

        return attend

    def _scores(self, h: Tensor) -> Tensor:
        h = self.decoder_norm(h)
        return F.linear(h, self.target.weight[: self.num_symbols]) if self.head is None else self.head(h)
