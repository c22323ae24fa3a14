"""Sequences that a network says of its inputs, drawn symbol by symbol in place of searched for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradatim.checks import whole
from gradatim.data.text_units import END_NUMBER
from gradatim.decoding.beam_search import Said
from gradatim.decoding.sampling import sample

if TYPE_CHECKING:
    from torch import Tensor


class Draw(NamedTuple):
    """How symbols are drawn: the seed, and what `sampling.probabilities` makes of the scores."""

    seed: int = 0
    temperature: float = 1.0
    top_k: int | None = None


USUAL = Draw()


def sample_sequences(
    network: Any, values: "Tensor", lengths: "Tensor | None", symbols: int, most_steps: int,
    numbers: Sequence[int], best: int = 1, draw: Draw = USUAL,
) -> list[list[Said]]:  # fmt: skip
    r"""`best` sequences of each input of a batch, as they are drawn, each to its end or to `most_steps`.

        y_t ~ softmax(s_t/τ) over the k largest of s_t;   log p = Σ_t log softmax(s_t)[y_t]

    The network is asked as by `beam_search`. The numbers behind the draws are functions of (seed, the input's
    number among all, which of its sequences, t): `numbers` are those of this batch, and no sequence depends
    on which others are drawn with it. A sequence's score is its log p, at a temperature of 1 whatever τ is.

    Raises UsageError for a temperature below 0, and for a `best` or a top_k below 1.
    """
    import torch

    best, most_steps = whole("n_best", best, 1), whole("most_steps", most_steps, 1)
    drawn = [_Drawn(int(number), which) for number in numbers for which in range(best)]
    going = drawn
    with torch.no_grad():
        memory, state = (_each(one, best) for one in network.remember(values, lengths))
        said = torch.full((len(drawn),), symbols, device=values.device)
        for t in range(most_steps):
            scores, state = network.advance(said, memory, state)
            weights = state.get("attention")
            of_step = None if weights is None else weights.double().cpu().numpy()
            for row, one in enumerate(going):
                one.say(
                    scores[row].double().cpu().numpy(), t, draw, None if of_step is None else of_step[row]
                )
            kept = [row for row, one in enumerate(going) if one.symbols[-1] != END_NUMBER]
            going = [going[row] for row in kept]
            if not going:
                break
            rows = torch.tensor(kept, device=values.device)
            memory, state = ({name: x[rows] for name, x in some.items()} for some in (memory, state))
            said = torch.tensor([one.symbols[-1] for one in going], device=values.device)
    widths = [None] * len(values) if lengths is None else lengths.tolist()
    found = [one.said(widths[place // best]) for place, one in enumerate(drawn)]
    return [found[first : first + best] for first in range(0, len(found), best)]


class _Drawn:
    """One sequence of one input, as far as it is drawn."""

    def __init__(self, number: int, which: int):
        self.number, self.which = number, which
        self.symbols: list[int] = []
        self.log_p = 0.0
        self.attention: list[np.ndarray] = []

    def say(self, scores: np.ndarray, t: int, draw: Draw, attention: np.ndarray | None) -> None:
        """The next symbol."""
        at = (self.number, self.which, t)
        self.symbols.append(sample(scores, draw.seed, at, draw.temperature, draw.top_k))
        s = scores - scores.max()
        self.log_p += float(s[self.symbols[-1]] - np.log(np.exp(s).sum()))
        if attention is not None:
            self.attention.append(attention)

    def said(self, width: int | None) -> Said:
        """The sequence, its attention without the padding of its input."""
        attention = np.stack(self.attention)[:, :width] if self.attention else None
        return Said(self.symbols, self.log_p, self.log_p, attention)


def _each(tensors: dict[str, Any], best: int) -> dict[str, Any]:
    """Every row so many times."""
    return {name: one.repeat_interleave(best, 0) for name, one in tensors.items()}
