"""Noise inside a recurrence, as wrappers around any cell: zoneout and variational dropout."""

from collections.abc import Sequence

from torch import Tensor, nn

from gradatim.nn.dropout import Dropout
from gradatim.nn.sequence.loop import Cell, State, new_state


class VariationalDropout(nn.Module):
    """Dropout of h_{t−1} with one mask for the whole sequence (Gal & Ghahramani 2016, sec. 4).

        products of step t read h_{t−1} ⊙ m/(1 − p),   m_i = 1 with probability 1 − p, the same at every t

    What a cell carries on without a product, as a GRU does with z ⊙ h_{t−1}, has no mask: a layer's
    `masked_step` says which is which. Shapes: the mask is (N, H).
    """

    def __init__(self, p: float):
        super().__init__()
        self.drop = Dropout(p)

    def mask(self, batch: int, width: int, like: Tensor) -> Tensor:
        """m/(1 − p)."""
        return self.drop(like.new_ones(batch, width))


class Zoneout(nn.Module):
    """Zoneout (Krueger et al. 2017, eqs. 3–6): some units keep their state for a step.

        training:    s_t = d ⊙ s_{t−1} + (1 − d) ⊙ cell(…),   d_i = 1 with probability p, drawn at each step
        evaluation:  s_t = p s_{t−1} + (1 − p) cell(…)

    `p` is one number for each of the state's tensors: (of h, of c) in an LSTM.

    Shapes: the masks are (T, N, ·).
    """

    def __init__(self, p: Sequence[float]):
        super().__init__()
        self.p = tuple(p)
        self.drops = nn.ModuleList(Dropout(each) for each in self.p)

    def masks(self, steps: int, state: State) -> list[Tensor]:
        """1 − d for every tensor whose p is above 0, in training; nothing in evaluation."""
        if not self.training:
            return []
        drawn = zip(self.drops, self.p, state, strict=True)
        return [drop(s.new_ones(steps, *s.shape)) * (1 - p) for drop, p, s in drawn if p > 0]

    def around(self, cell: Cell) -> Cell:
        """The zoned-out cell; in training its masks are the last of its inputs."""
        probabilities, training = self.p, self.training
        count = sum(p > 0 for p in probabilities) if training else 0

        def zoned(inputs: Sequence[Tensor], state: State) -> State:
            masks = iter(inputs[len(inputs) - count :])
            new = new_state(cell, inputs[: len(inputs) - count], state)
            moves = [next(masks) if training and p > 0 else 1 - p for p in probabilities]
            mixed = zip(new, state, moves, probabilities, strict=True)
            return tuple(before + m * (s - before) if p > 0 else s for s, before, m, p in mixed)

        return zoned
