"""Beam search: the likeliest sequences that a network says of its inputs (curriculum E12)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError, real, whole
from gradatim.data.text_units import END_NUMBER
from gradatim.decoding.coverage import coverage_penalty

if TYPE_CHECKING:
    from torch import Tensor


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
    best: int = 1, length_penalty: float = 1.0, coverage: float = 0.0, watch: Any = None,
) -> list[list[Said]]:  # fmt: skip
    r"""The `best` sequences of each input of a batch, the first the best.

        score(y) = log p(y | x) / ((5 + |y|) / 6)^α + β cp(x, y)   (Wu et al. 2016, eq. 14),
        α = `length_penalty`, β = `coverage`, and cp of `decoding.coverage`

    At every step the 2B likeliest continuations of an input's B = `beam` prefixes are looked at: of the first
    B those that end are kept as sequences, and the first B that do not end go on. An input is done when it
    has B sequences, or at `most_steps`. With a beam of 1 it is greedy search.

    The network, in evaluation mode, gives `remember(values, lengths)`, what it keeps of the inputs and its
    first state, and `advance(said, memory, state)`, the scores (N, K) of the next of K = `symbols` symbols;
    the symbol K is what stands before the first. All inputs and all their prefixes go through it together.

    `watch(prefix, symbol, log_p, ends)` is told of each step's first B continuations of the first input, and
    of those that go on: arrays of the prefixes' places, symbols and log p, and whether each ends.

    Raises UsageError for a beam that cannot be, and for a coverage penalty without attention.
    """
    import torch

    beam, best = whole("beam", beam, 1), whole("n_best", best, 1)
    beam = max(beam, best)
    penalties = Penalties(
        real("length_penalty", length_penalty, at_least=0), real("coverage", coverage, at_least=0)
    )
    with torch.no_grad():
        memory, state = network.remember(values, lengths)
        n = len(values)
        live = _Live(n, beam, symbols, memory, state)
        live.lengths = None if lengths is None else lengths.tolist()
        done: list[list[Said]] = [[] for _ in range(n)]
        for t in range(1, whole("most_steps", most_steps, 1) + 1):
            live.step(network, done, t, penalties, t == most_steps, watch)
            if not len(live.inputs):
                break
    return [sorted(some, key=lambda one: -one.score)[:best] for some in done]


class Penalties(NamedTuple):
    """What a sequence's score is besides log p: α of its length, β of what it has not attended to."""

    length: float
    coverage: float

    def score(self, log_p: float, attention: np.ndarray | None, steps: int) -> float:
        """The score of a sequence of so many steps."""
        found = log_p / ((5 + steps) / 6) ** self.length
        if not self.coverage:
            return found
        if attention is None:
            raise UsageError("a coverage penalty needs a network that attends: this one does not")
        return found + self.coverage * coverage_penalty(attention)


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
        self.lengths: list[int] | None = None  # of the inputs

    def step(
        self, network: Any, done: list[list[Said]], t: int, penalties: Penalties, last: bool, watch: Any
    ) -> None:  # fmt: skip
        """Every prefix by one symbol; what ends goes to `done`."""
        import torch

        n, beam = self.log_p.shape
        scores, self.state = network.advance(self._said(), self.memory, self.state)
        K = scores.shape[1]
        log_p = self.log_p[:, :, None] + scores.double().log_softmax(1).reshape(n, beam, K)
        top, places = log_p.reshape(n, beam * K).topk(min(2 * beam, beam * K), 1)
        prefix, symbol = places // K, places % K
        rows = prefix + torch.arange(n, device=prefix.device)[:, None] * beam
        ends = symbol == END_NUMBER
        self._remember_attention()
        self._finish(done, top, rows, ends, symbol, penalties, last)
        order = ends.long().argsort(dim=1, stable=True)[:, :beam]  # the first that do not end
        if watch is not None and 0 in self.inputs:
            _tell(watch, prefix[0], symbol[0], top[0], ends[0], order[0])
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
        self, done: Any, top: Any, rows: Any, ends: Any, symbol: Any, penalties: Penalties, last: bool
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
            attention = self._attention(row, self.inputs[place])
            of.append(Said(symbols, log_p, penalties.score(log_p, attention, len(symbols)), attention))

    def _attention(self, row: int, number: int) -> np.ndarray | None:
        """What a prefix has attended to, (T, L), without the padding of its input."""
        if self.attention is None:
            return None
        width = None if self.lengths is None else self.lengths[number]
        found: np.ndarray = self.attention[row, :, :width].double().cpu().numpy()
        return found


def _tell(watch: Any, prefix: Any, symbol: Any, log_p: Any, ends: Any, going: Any) -> None:
    """Those of the first B that end, and those that go on, in the order of their log p."""
    beam = len(going)
    chosen = np.union1d(np.flatnonzero(ends[:beam].cpu().numpy()), going.cpu().numpy())
    watch(*(one.cpu().numpy()[chosen] for one in (prefix, symbol, log_p, ends)))
