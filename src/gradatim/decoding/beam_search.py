"""Beam search: the likeliest sequences that a network says of its inputs (curriculum E12)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.checks import real, whole

if TYPE_CHECKING:
    from torch import Tensor

END = 1  # the symbol behind which nothing is said


@dataclass(frozen=True)
class Said:
    """A sequence of symbols, the end among them where it was said; log p, what it is ranked by, and how much
    each step attended to each of the L input's steps, (T, L), of a network that attends.
    """

    symbols: list[int]
    log_p: float
    score: float
    attention: np.ndarray | None = None


def beam_search(
    network: Any, values: "Tensor", lengths: "Tensor | None", symbols: int, most_steps: int, beam: int = 5,
    best: int = 1, length_penalty: float = 1.0,
) -> list[list[Said]]:  # fmt: skip
    r"""The `best` sequences of each input of a batch, the first the best.

        score(y) = log p(y | x) / ((5 + |y|) / 6)^α,   α = `length_penalty`   (Wu et al. 2016, eq. 14)

    At every step the 2B likeliest continuations of an input's B = `beam` prefixes are looked at: of the first
    B those that end are kept as sequences, and the first B that do not end go on. An input is done when it
    has B sequences, or at `most_steps`. With a beam of 1 it is greedy search.

    The network, in evaluation mode, gives `remember(values, lengths)`, what it keeps of the inputs and its
    first state, and `advance(said, memory, state)`, the scores (N, K) of the next of K = `symbols` symbols;
    the symbol K is what stands before the first. All inputs and all their prefixes go through it together.

    Raises UsageError for a beam that cannot be.
    """
    import torch

    beam, best = whole("beam", beam, 1), whole("n_best", best, 1)
    beam = max(beam, best)
    alpha = real("length_penalty", length_penalty, at_least=0)
    with torch.no_grad():
        memory, state = network.remember(values, lengths)
        n = len(values)
        live = _Live(n, beam, symbols, memory, state)
        done: list[list[Said]] = [[] for _ in range(n)]
        for t in range(1, whole("most_steps", most_steps, 1) + 1):
            live.step(network, done, t, alpha, last=t == most_steps)
            if not len(live.inputs):
                break
    return [sorted(some, key=lambda one: -one.score)[:best] for some in done]


class _Live:
    """The prefixes that go on, B of each input that is not done."""

    def __init__(
        self, n: int, beam: int, symbols: int, memory: dict[str, Any], state: dict[str, Any]
    ):  # fmt: skip
        import torch

        first = next(iter(state.values()))
        self.beam, self.start, self.inputs = beam, symbols, np.arange(n)
        self.memory = {name: one.repeat_interleave(beam, 0) for name, one in memory.items()}
        self.state = {name: one.repeat_interleave(beam, 0) for name, one in state.items()}
        self.log_p = torch.full((n, beam), -torch.inf, dtype=torch.float64, device=first.device)
        self.log_p[:, 0] = 0.0  # all prefixes are empty: one of them is enough
        self.symbols = torch.empty(n * beam, 0, dtype=torch.long, device=first.device)
        self.attention: Any = None

    def step(self, network: Any, done: list[list[Said]], t: int, alpha: float, last: bool) -> None:
        """Every prefix by one symbol; what ends goes to `done`."""
        import torch

        n, beam = self.log_p.shape
        scores, self.state = network.advance(self._said(), self.memory, self.state)
        K = scores.shape[1]
        log_p = self.log_p[:, :, None] + scores.double().log_softmax(1).reshape(n, beam, K)
        top, places = log_p.reshape(n, beam * K).topk(min(2 * beam, beam * K), 1)
        prefix, symbol = places // K, places % K
        rows = prefix + torch.arange(n, device=prefix.device)[:, None] * beam
        ends = symbol == END
        self._remember_attention()
        self._finish(done, top, rows, ends, symbol, ((5 + t) / 6) ** alpha, last)
        order = ends.long().argsort(dim=1, stable=True)[:, :beam]  # the first that do not end
        going = np.array([len(done[i]) < beam for i in self.inputs.tolist()]) & (not last)
        kept = torch.from_numpy(np.flatnonzero(going)).to(rows.device)
        order = order[kept]
        self.log_p = top[kept].gather(1, order)
        chosen, said = rows[kept].gather(1, order).reshape(-1), symbol[kept].gather(1, order).reshape(-1)
        self.symbols = torch.cat([self.symbols[chosen], said[:, None]], 1)
        self.state = {name: one.index_select(0, chosen) for name, one in self.state.items()}
        if self.attention is not None:
            self.attention = self.attention[chosen]
        if not going.all():
            self.memory = {name: one.index_select(0, chosen) for name, one in self.memory.items()}
            self.inputs = self.inputs[going]

    def _said(self) -> Any:
        """The symbol that each prefix ends with; K, before which nothing stands, of an empty one."""
        if self.symbols.shape[1]:
            return self.symbols[:, -1]
        return self.symbols.new_full((len(self.symbols),), self.start)

    def _remember_attention(self) -> None:
        """Append this step's weights to each prefix's."""
        import torch

        weights = self.state.get("attention")
        if weights is not None:
            now = weights[:, None]
            self.attention = now if self.attention is None else torch.cat([self.attention, now], 1)

    def _finish(
        self, done: Any, top: Any, rows: Any, ends: Any, symbol: Any, norm: float, last: bool
    ) -> None:
        """Of the first B continuations those that end; all of them at the last step."""
        beam = self.log_p.shape[1]
        for place, rank in (ends[:, :beam] | last).nonzero().tolist():
            of = done[self.inputs[place]]
            log_p = float(top[place, rank])
            if log_p == -np.inf or (last and not bool(ends[place, rank]) and of):
                continue
            row = int(rows[place, rank])
            symbols = [*self.symbols[row].tolist(), int(symbol[place, rank])]
            attention = None if self.attention is None else self.attention[row].double().cpu().numpy()
            of.append(Said(symbols, log_p, log_p / norm, attention))
