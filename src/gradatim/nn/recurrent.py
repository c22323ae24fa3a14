"""A cell of one's own, over sequences."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from gradatim.checks import UsageError, plain_numbers
from gradatim.nn.sequence.batch import open_batch
from gradatim.nn.sequence.cell.rehearse import Memory
from gradatim.nn.sequence.loop import State, name_of
from gradatim.nn.sequence.precision import widen
from gradatim.nn.sequence.scan import scan


class Recurrent(nn.Module):
    """Any cell over a batch of sequences, with the machinery of the built-in layers.

        s_t = cell(x_t, s_{t−1}),  the first tensor of the state is the output

    The cell is a module with `state_sizes`, the width of each tensor of its state, and
    `forward(x, *state)`, which returns the new state: its equations, for one step, on (N, ·) tensors. At
    each call it runs once on a few rows, to be read, so that no change of it goes unseen; calls of torch
    that it made before are recognised, not computed. What depends on all steps at once leaves the loop by
    itself, the inputs' part of a map of [x; h] too; the rest of the step, and its derivative, become one C
    kernel, if all its operations have a fused form. After a call, `path` and `why` say what ran.

    Shapes: x (T, N, D), (N, T, D) with batch_first, (T, D) alone, or a PackedSequence; returns every output
    in that form, and the last state: its tensors (N, ·), as a tuple if there is more than one. `lengths` and
    `padding` as in `Layers`; `reverse` reads from the last step to the first.

    >>> import torch
    >>> class Echo(nn.Module):
    ...     state_sizes = (3,)
    ...     def forward(self, x, h):
    ...         return 0.5 * h + x
    >>> out, h = Recurrent(Echo())(torch.ones(4, 2, 3))
    >>> out[:, 0, 0].tolist()
    [1.0, 1.5, 1.75, 1.875]

    Raises UsageError, which names it, for a cell that returns other shapes than its state's.
    """

    def __init__(self, cell: nn.Module, batch_first: bool = False, reverse: bool = False):
        super().__init__()
        sizes = plain_numbers(getattr(cell, "state_sizes", None))
        if not isinstance(sizes, tuple) or not sizes or not all(isinstance(s, int) and s > 0 for s in sizes):
            raise UsageError(
                f"the cell {name_of(cell)} needs state_sizes, the width of each tensor of its state, as in "
                f"(128,); it has {sizes!r}"
            )
        self.cell, self.sizes, self.batch_first, self.reverse = cell, sizes, batch_first, reverse
        self.path, self.why = "", "nothing has run yet"
        self.memory = Memory()

    def forward(
        self, x: Tensor | PackedSequence, state: Any = None, lengths: Tensor | None = None,
        padding: str = "right",
    ) -> tuple[Any, Any]:  # fmt: skip
        """Every output, and the last state."""
        name = name_of(self.cell)
        x, state = widen(x, self), widen(state, self)
        batch = open_batch(x, lengths, padding, self.batch_first, None, name)
        start = batch.start(state, [(batch.x.shape[1], width) for width in self.sizes], f"of {name}")

        def cell(inputs: Sequence[Tensor], state: State) -> State:
            return self.cell(*inputs, *state)

        cell.__name__ = name
        ran = scan(cell, [batch.x], [], start, batch.mask, self.reverse, self.memory)
        self.path, self.why = ran.path, ran.why
        return batch.closed(ran.outputs), batch.last(ran.state)
