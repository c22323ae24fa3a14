"""From one vector to a sequence of symbols: a recurrent network that is fed what it said."""

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.gru import GRU
from gradatim.nn.sequence.padding import mask_of


class SequenceDecoder(nn.Module):
    """Recurrent decoder: a sequence of symbols from a vector (Cho et al. 2014, eq. 8–10; curriculum E4).

        h_0 = tanh(W v + b);   h_t = GRU(E y_{t−1}, h_{t−1}),  y_0 a start symbol;   s_t = V h_t + c

    While it learns, y_{t−1} is the right symbol (teacher forcing); `generate` feeds it its own answer,
    y_t = argmax_k s_tk.

    Shapes: v (N, D), y (N, T) of symbols 0 … K−1 → s (N, T, K), the scores of y. `end`, where it is given, is
    the symbol behind which `generate` says nothing but `end`.

    The paper's cell reads v at every step, too. Raises UsageError for sizes that cannot be, and other inputs.

    >>> decoder = SequenceDecoder(3, 5, hidden_size=4)
    >>> v = torch.zeros(2, 3)
    >>> decoder(v, torch.tensor([[1, 2, 0], [4, 0, 0]])).shape, decoder.generate(v, 6).shape
    (torch.Size([2, 3, 5]), torch.Size([2, 6]))
    """

    layout: ClassVar[str] = "vectors and their sequences"  # of the examples that it reads

    def __init__(
        self, in_features: int, num_symbols: int, hidden_size: int = 64, end: int | None = None,
        dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.symbols = whole("num_symbols", num_symbols, 2)
        self.end = None if end is None else whole("end", end, 0)
        self.start = Dense(in_features, hidden_size, init="xavier_uniform")
        self.embedding = Dense(self.symbols + 1, hidden_size, bias=False, init="xavier_uniform")  # and y_0
        self.recurrent = GRU(hidden_size, hidden_size, batch_first=True)
        self.dropout = Dropout(dropout)
        self.head = Dense(hidden_size, self.symbols, init="xavier_uniform")

    def forward(self, v: Tensor, y: Tensor, lengths: Tensor | None = None) -> Tensor:
        """The scores of every symbol of y, the right ones before it being known; with lengths (N,) those of
        its real steps alone, one sequence behind the other, (Σ T_i, K).
        """
        if y.ndim != 2 or y.is_floating_point() or len(y) != len(v):
            raise UsageError(f"y are symbols (N, T) of {len(v)} sequences; it got {y.dtype} {tuple(y.shape)}")
        before = F.pad(y[:, :-1], (1, 0), value=self.symbols)  # y_0, y_1, …, y_{T−1}
        h, _ = self.recurrent(self._vectors(before), self._state(v))
        if lengths is not None:
            h = h[mask_of(lengths, y.shape[1], len(y), "right", y.device).t()]
        return self.head(self.dropout(h))

    def begin(self, v: Tensor) -> Tensor:
        """h_0 (N, H)."""
        return self._state(v)[0]

    def advance(self, said: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """The scores (N, K) behind the symbols said last, (N,), and the next h (N, H)."""
        _, state = self.recurrent(self._vectors(said[:, None]), h[None])
        return self.head(state[0]), state[0]

    @torch.no_grad()
    def generate(self, v: Tensor, steps: int) -> Tensor:
        """The likeliest symbol at each of so many steps, each fed back, (N, steps)."""
        state, said = self._state(v), []
        y = torch.full((len(v), 1), self.symbols, device=v.device)
        ended = torch.zeros_like(y, dtype=torch.bool)
        for _ in range(whole("steps", steps, 1)):
            h, state = self.recurrent(self._vectors(y), state)
            y = self.head(h).argmax(2)
            if self.end is not None:
                y = y.masked_fill(ended, self.end)
                ended = ended | (y == self.end)
            said.append(y)
        return torch.cat(said, 1)

    def _state(self, v: Tensor) -> Tensor:
        """h_0 (1, N, H)."""
        return torch.tanh(self.start(v))[None]

    def _vectors(self, y: Tensor) -> Tensor:
        """E y (N, T, H)."""
        return F.embedding(y, self.embedding.weight.t())
