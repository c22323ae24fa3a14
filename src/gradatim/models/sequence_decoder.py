"""From one vector to a sequence of symbols: a recurrent network that is fed what it said."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.models.cells import recurrent
from gradatim.nn.dense import Dense

Tensors = dict[str, Tensor]


class SequenceDecoder(nn.Module):
    """Recurrent decoder: a sequence of symbols from a vector (Cho et al. 2014, eq. 8–10; curriculum E4).

        h_0 = tanh(W v + b);   h_t = cell(E y_{t−1}, h_{t−1}),  y_0 a start symbol;   s_t = V h_t + c

    While it learns, y_{t−1} is the right symbol (teacher forcing); `generate` feeds it its own answer,
    y_t = argmax_k s_tk.

    Shapes: v (N, D), y (N, T) of symbols 0 … K−1 → s (N, T, K), the scores of y. `end`, where it is given, is
    the symbol behind which `generate` says nothing but `end`.

    `cell` is a name of `models.cells`; all of its state at the start comes from v. `first` and `advance` take
    one step after the other. The paper's cell reads v at every step, too. Raises UsageError for sizes that
    cannot be, and other inputs.

    >>> decoder = SequenceDecoder(3, 5, hidden_size=4)
    >>> v = torch.zeros(2, 3)
    >>> decoder(v, torch.tensor([[1, 2, 0], [4, 0, 0]])).shape, decoder.generate(v, 6).shape
    (torch.Size([2, 3, 5]), torch.Size([2, 6]))
    """

    layout: ClassVar[str] = "vectors and their sequences"  # of the examples that it reads

    def __init__(
        self, in_features: int, num_symbols: int, hidden_size: int = 64, end: int | None = None,
        cell: str = "gru",
    ):  # fmt: skip
        super().__init__()
        self.symbols = whole("num_symbols", num_symbols, 2)
        self.end = None if end is None else whole("end", end, 0)
        self.embedding = Dense(self.symbols + 1, hidden_size, bias=False, init="xavier_uniform")  # and y_0
        self.recurrent = recurrent(cell, hidden_size, hidden_size, batch_first=True)
        self.start = Dense(in_features, sum(self.recurrent.widths), init="xavier_uniform")
        self.head = Dense(hidden_size, self.symbols, init="xavier_uniform")

    def forward(self, v: Tensor, y: Tensor) -> Tensor:
        """The scores of every symbol of y, the right ones before it being known."""
        if y.ndim != 2 or y.is_floating_point() or len(y) != len(v):
            raise UsageError(f"y are symbols (N, T) of {len(v)} sequences; it got {y.dtype} {tuple(y.shape)}")
        before = F.pad(y[:, :-1], (1, 0), value=self.symbols)  # y_0, y_1, …, y_{T−1}
        return self._steps(before, self.first(v))[0]

    def first(self, v: Tensor) -> Tensors:
        """The state before the first step, each of its tensors (N, H) by its name."""
        parts = torch.tanh(self.start(v)).split(list(self.recurrent.widths), 1)
        return dict(zip(self.recurrent.state_names, parts, strict=True))

    def advance(self, said: Tensor, state: Tensors) -> tuple[Tensor, Tensors]:
        """One step behind the symbols said last (N,), K at first: the next one's scores, and the state."""
        scores, state = self._steps(said[:, None], state)
        return scores[:, 0], state

    @torch.no_grad()
    def generate(self, v: Tensor, steps: int) -> Tensor:
        """The likeliest symbol at each of so many steps, each fed back, (N, steps)."""
        state, said = self.first(v), []
        y = torch.full((len(v),), self.symbols, device=v.device)
        ended = torch.zeros_like(y, dtype=torch.bool)
        for _ in range(whole("steps", steps, 1)):
            scores, state = self.advance(y, state)
            y = scores.argmax(1)
            if self.end is not None:
                y = y.masked_fill(ended, self.end)
                ended = ended | (y == self.end)
            said.append(y)
        return torch.stack(said, 1)

    def _steps(self, y: Tensor, state: Tensors) -> tuple[Tensor, Tensors]:
        """The scores (N, T, K) behind the symbols y (N, T), and the state behind the last."""
        layer: Any = self.recurrent
        parts = tuple(state[name][None] for name in layer.state_names)
        vectors = F.embedding(y, self.embedding.weight.t())
        h, last = layer(vectors, parts if len(parts) > 1 else parts[0])
        last = last if isinstance(last, tuple) else (last,)
        return self.head(h), {n: one[0] for n, one in zip(layer.state_names, last, strict=True)}
