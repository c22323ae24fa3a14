"""From frames of sound to symbols, each frame saying one or nothing."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.data.text_units import END_NUMBER
from gradatim.functional.ctc import next_symbols, prefix_paths
from gradatim.models.listeners import Listener
from gradatim.models.spec_augment import SpecAugment
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.sequence.padding import mask_of

BLANK = END_NUMBER  # the end of an answer, which no frame says
LEAST = -100.0  # log p of what cannot be, such as more symbols than frames
Tensors = dict[str, Tensor]


class CTC(nn.Module):
    """Connectionist temporal classification of frames (Graves, Fernández, Gomez & Schmidhuber 2006).

        h = Listener(SpecAugment(x));   p_τ = softmax(W h_τ + b) over K − 1 symbols and the blank
        p(y | x) = Σ over all paths that collapse to y, Π_τ p_τ(path_τ)

    It is asked as every network of pairs is, for the next symbol's log p behind each prefix of y, which sum
    to log p(y | x): see `functional.ctc`. So its cross entropy is the paper's loss, and beam search is prefix
    search. What cannot be has a log p of −100.

    Shapes: values (N, T, M), lengths (N,); y (N, U) of symbols 0 … K−1, y_lengths (N,) → (Σ U_i, K).

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> network = CTC(6, num_symbols=5, hidden_size=4, channels=[4])
    >>> x, y = torch.zeros(2, 9, 6), torch.tensor([[2, 3, 1], [4, 1, 0]])
    >>> network(x, torch.tensor([9, 4]), y, torch.tensor([3, 2])).shape
    torch.Size([5, 5])
    """

    layout: ClassVar[str] = "pairs"  # of the examples that it reads

    def __init__(
        self, in_features: int, *, num_symbols: int, listener: str = "convolutions", hidden_size: int = 128,
        num_layers: int | None = None, cell: str = "gru", channels: Sequence[int] = (64, 64),
        dropout: float = 0.0, augment: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        if num_symbols < 3:
            raise UsageError(f"num_symbols is <unk>, the end and others, at least 3; it is {num_symbols}")
        layers = num_layers or (1 if listener == "convolutions" else 3)
        self.num_symbols = num_symbols
        self.augment = SpecAugment(augment)
        self.listener = Listener(listener, in_features, hidden_size, layers, cell, channels, dropout)
        self.dropout = Dropout(dropout)
        self.head = Dense(2 * hidden_size, num_symbols, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor, y: Tensor, y_lengths: Tensor) -> Tensor:
        """Log p of every symbol at every real step of y, the right symbols before it being known."""
        log_p = self.frames(values, lengths)
        before = y[:, :-1]
        b, n = prefix_paths(log_p, before, BLANK)
        last = torch.cat([torch.full_like(y[:, :1], BLANK), before], 1)  # no symbol is the last of none
        there = mask_of(y_lengths, y.shape[1], len(y), "right", y.device).t()
        return next_symbols(log_p, b, n, last, BLANK)[there].clamp_min(LEAST)

    def frames(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Log p_τ (N, L, K); behind the end of a recording every frame is blank."""
        h, lengths = self.listener(*self.augment(values, lengths))
        log_p = self.head(self.dropout(h)).log_softmax(2)
        behind = ~mask_of(lengths, h.shape[1], len(h), "right", h.device).t()
        silent = torch.full_like(log_p[:1, :1], -1e30)
        silent[..., BLANK] = 0.0
        return torch.where(behind[..., None], silent, log_p)

    def remember(self, values: Tensor, lengths: Tensor) -> tuple[Tensors, Tensors]:
        """The frames' log p, and the paths that have said nothing yet."""
        log_p = self.frames(values, lengths)
        b, n = prefix_paths(log_p, lengths.new_zeros(len(values), 0).to(log_p.device), BLANK)
        last = torch.full((len(values),), BLANK, device=log_p.device)
        return {"log_p": log_p}, {"b": b[:, 0], "n": n[:, 0], "last": last}

    def advance(self, said: Tensor, memory: Tensors, state: Tensors) -> tuple[Tensor, Tensors]:
        """Log p (N, K) of what follows the symbols said last (N,), K at first, and the next state."""
        if bool((said < self.num_symbols).all()):
            state = _longer(memory["log_p"], state, said)
        b, n, last = (state[name][:, None] for name in ("b", "n", "last"))
        scores = next_symbols(memory["log_p"], b, n, last, BLANK)[:, 0].clamp_min(LEAST)
        return scores, state


def _longer(log_p: Tensor, state: Tensors, said: Tensor) -> Tensors:
    """The paths of prefixes with one symbol more: the equations of `prefix_paths`, one prefix a row."""
    before_b, before_n = state["b"], state["n"].masked_fill((said == state["last"])[:, None], -1e30)
    enters = torch.logaddexp(before_b, before_n)  # (N, L + 1)
    of_said = log_p.gather(2, said[:, None, None].expand(-1, log_p.shape[1], 1))[:, :, 0]
    b = n = torch.full_like(before_b[:, 0], -1e30)
    found_b, found_n = [b], [n]
    for step in range(log_p.shape[1]):
        b, n = (
            log_p[:, step, BLANK] + torch.logaddexp(b, n),
            of_said[:, step] + torch.logaddexp(n, enters[:, step]),
        )
        found_b.append(b)
        found_n.append(n)
    return {"b": torch.stack(found_b, 1), "n": torch.stack(found_n, 1), "last": said}
