"""One pass of a cell over a batch of sequences, on the path that fits."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from gradatim.nn.sequence.loop import Cell, State, loop


class Scanned(NamedTuple):
    """What a pass returns: every output, the last state, and which path ran and why."""

    outputs: Tensor
    state: State
    path: str
    why: str


def scan(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State,
    mask: Tensor | None = None, reverse: bool = False,
) -> Scanned:  # fmt: skip
    """s_t = cell((x_t, …, fixed), s_{t−1}) for every t, as `loop` defines it."""
    return Scanned(*loop(cell, steps, fixed, state, mask, reverse), "torch", "the readable path")
