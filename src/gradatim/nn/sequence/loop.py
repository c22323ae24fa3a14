"""The readable path: the cell, called once a step."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from gradatim.checks import UsageError

State = tuple[Tensor, ...]
Cell = Callable[[Sequence[Tensor], State], State | Tensor]


def loop(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State,
    mask: Tensor | None = None, reverse: bool = False,
) -> tuple[Tensor, State]:  # fmt: skip
    """Every output h_1 … h_T, and the last state: the definition that the fused path is tested against.

        s_t = cell((x_t, …, fixed), s_{t−1})        the first of the state's tensors is the output

    Where the mask is false the state stays as it was and the output is 0.

    Shapes: steps each (T, N, ·), fixed and state each (N, ·), mask (T, N); returns (T, N, H) and state.
    """
    count = len(steps[0])
    outputs: list[Tensor] = [state[0]] * count
    rows = [each.unbind(0) for each in steps]
    for t in range(count - 1, -1, -1) if reverse else range(count):
        new = new_state(cell, [*(row[t] for row in rows), *fixed], state)
        if mask is not None:
            here = mask[t, :, None]
            new = tuple(torch.where(here, s, before) for s, before in zip(new, state, strict=True))
        state = new
        outputs[t] = state[0] if mask is None else state[0].where(here, 0)
    if not outputs:
        return state[0].new_empty(0, *state[0].shape), state
    return torch.stack(outputs), state


def new_state(cell: Cell, inputs: Sequence[Tensor], state: State) -> State:
    """What the cell makes of one step, as a tuple.

    Raises UsageError when the cell returns another number of tensors than its state has, or other shapes.
    """
    new = cell(inputs, state)
    new = (new,) if isinstance(new, Tensor) else tuple(new)
    rows = len(state[0])
    wanted = [_shape(s, rows) for s in state]
    given = [_shape(s, rows) for s in new]
    if given != wanted:
        raise UsageError(
            f"the cell {name_of(cell)} must return a new state of shapes {_listed(wanted)}, like the state "
            f"it was given; it returned {_listed(given)}"
        )
    return new


def name_of(cell: object) -> str:
    """What to call a cell in a sentence."""
    return getattr(cell, "__name__", type(cell).__name__)


def _shape(s: object, rows: int) -> str:
    """A shape whose first axis is called N where it is the batch."""
    if not isinstance(s, Tensor):
        return type(s).__name__
    axes = ["N" if i == 0 and n == rows else str(n) for i, n in enumerate(s.shape)]
    return f"({', '.join(axes)})"


def _listed(shapes: Sequence[str]) -> str:
    return ", ".join(shapes) or "nothing"
