"""From a memory of several steps to a sequence of symbols: a decoder that attends at every step."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.models.cells import recurrent
from gradatim.models.scheduled_sampling import ScheduledSampling
from gradatim.models.tied_symbols import TiedSymbols
from gradatim.nn.attention import Attention
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.sequence.padding import mask_of

Tensors = dict[str, Tensor]
LAYERS = ("lower", "upper")


class AttentionDecoder(nn.Module):
    """Decoder with attention between two recurrent layers (Bahdanau, Cho & Bengio 2015; Luong et al. 2015).

        e_t = E y_{t−1},  y_0 a start symbol              h_0, s_0 = tanh(W_0 v + b_0), all of both states
        h_t = cell(e_t, h_{t−1})                          what has been said so far: the query
        c_t = Σ_l α_tl m_l,  α_t = softmax_l(score(h_t, m_l))      `nn.Attention`
        s_t = cell([h_t; c_t], s_{t−1})                   the context enters the cell, as Bahdanau's
        r_t = tanh(W [s_t; c_t; e_t] + b)                 scores of y_t = E r_t + b, with the same vectors E

    No way leads from c_t to h_{t+1}, unlike in both papers, where one cell reads the context and asks the
    next question, or takes r_t with the next symbol. So, while the right symbols are known, the queries of
    all steps come first, then all contexts, then s: every product is one for all steps but those of the two
    states with themselves. What was attended to is remembered by s.

    Shapes: memory (N, L, M), real (N, L), true where a step is no padding, v (N, F), y (N, T) of symbols
    0 … K−1, y_lengths (N,) → (Σ T_i, K), the scores of every real step, sequence after sequence.

    `dropout` falls on e_t, between the layers and on r_t. `sampling` reads symbols of its own while training.
    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> decoder = AttentionDecoder(3, 2, 5, embedding_size=4, hidden_size=4)
    >>> memory, real = torch.zeros(2, 6, 3), torch.ones(2, 6, dtype=torch.bool)
    >>> y, y_lengths = torch.tensor([[1, 2, 0], [4, 0, 0]]), torch.tensor([3, 1])
    >>> decoder(memory, real, torch.zeros(2, 2), y, y_lengths).shape
    torch.Size([4, 5])
    """

    def __init__(
        self, memory_size: int, in_features: int, num_symbols: int, embedding_size: int = 256,
        hidden_size: int = 256, cell: str = "gru", attention: str = "additive",
        attention_size: int | None = None, dropout: float = 0.0,
        sampling: ScheduledSampling | None = None,
    ):  # fmt: skip
        super().__init__()
        self.symbols = TiedSymbols(num_symbols, embedding_size)
        self.lower = recurrent(cell, embedding_size, hidden_size, batch_first=True)
        self.attention = Attention(hidden_size, memory_size, attention, attention_size)
        self.upper = recurrent(cell, hidden_size + memory_size, hidden_size, batch_first=True)
        read = hidden_size + memory_size + embedding_size
        self.readout = Dense(read, embedding_size, init="xavier_uniform")
        self.widths = {
            f"{layer} {name}": width
            for layer in LAYERS
            for name, width in zip(self.lower.state_names, self.lower.widths, strict=True)
        }
        self.start = Dense(in_features, sum(self.widths.values()), init="xavier_uniform")
        self.embedded, self.between, self.read = Dropout(dropout), Dropout(dropout), Dropout(dropout)
        self.sampling = sampling

    def forward(self, memory: Tensor, real: Tensor, v: Tensor, y: Tensor, y_lengths: Tensor) -> Tensor:
        """The scores of every real step of y, the right symbols before it being known."""
        if y.ndim != 2 or y.is_floating_point() or len(y) != len(memory):
            got = f"it got {y.dtype} {tuple(y.shape)}"
            raise UsageError(f"y are symbols (N, T) of {len(memory)} sequences; {got}")
        there = mask_of(y_lengths, y.shape[1], len(y), "right", y.device).t()
        known, state = self.remember(memory, real, v)
        if self.sampling is not None and self.training and self.sampling.truth < 1:
            return self._sampled(y, known, state)[there]
        r, _ = self._steps(before(y, self.symbols.symbols), known, state)
        return self.symbols.scores(self.read(r[there]))

    def remember(self, memory: Tensor, real: Tensor, v: Tensor) -> tuple[Tensors, Tensors]:
        """What stays as it is while one input is decoded, and the first state."""
        first = torch.tanh(self.start(v)).split(list(self.widths.values()), 1)
        state = dict(zip(self.widths, first, strict=True))
        state["attention"] = torch.zeros_like(real, dtype=memory.dtype)
        return {"memory": memory, "keys": self.attention.keys(memory), "real": real}, state

    def advance(self, said: Tensor, memory: Tensors, state: Tensors) -> tuple[Tensor, Tensors]:
        """One step behind the symbols said last (N,): the scores (N, K) of the next, and the new state."""
        r, state = self._steps(said[:, None], memory, state)
        return self.symbols.scores(self.read(r[:, 0])), state

    def _steps(self, y: Tensor, memory: Tensors, state: Tensors) -> tuple[Tensor, Tensors]:
        """R (N, T, E) behind the symbols y (N, T), and the state behind the last."""
        e = self.embedded(self.symbols.vectors(y))
        h, lower = self._run("lower", e, state)
        c, alpha = self.attention(h, memory["memory"], memory["real"], memory["keys"])
        s, upper = self._run("upper", self.between(torch.cat([h, c], 2)), state)
        r = torch.tanh(self.readout(torch.cat([s, c, e], 2)))
        return r, lower | upper | {"attention": alpha[:, -1]}

    def _run(self, name: str, x: Tensor, state: Tensors) -> tuple[Tensor, Tensors]:
        """One of the two layers, from its part of the state, and that part behind the last step."""
        layer: Any = getattr(self, name)
        names = [f"{name} {part}" for part in layer.state_names]
        first = tuple(state[part][None] for part in names)
        outputs, last = layer(x, first if len(first) > 1 else first[0])
        last = last if isinstance(last, tuple) else (last,)
        return outputs, {part: tensor[0] for part, tensor in zip(names, last, strict=True)}

    def _sampled(self, y: Tensor, memory: Tensors, state: Tensors) -> Tensor:
        """The scores (N, T, K) where the next step reads what `sampling` says: one step after the other."""
        assert self.sampling is not None
        said, found = y.new_full((len(y),), self.symbols.symbols), []
        for t in range(y.shape[1]):
            scores, state = self.advance(said, memory, state)
            found.append(scores)
            said = self.sampling(y[:, t], scores)
        return torch.stack(found, 1)


def before(y: Tensor, start: int) -> Tensor:
    """What stands before each symbol: the start, y_1, …, y_{T−1}. Shapes: (N, T) → (N, T).

    >>> before(torch.tensor([[4, 2, 1]]), 9).tolist()
    [[9, 4, 2]]
    """
    return F.pad(y[:, :-1], (1, 0), value=start)
