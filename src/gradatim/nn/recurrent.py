"""A cell of one's own, over sequences."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from gradatim.checks import UsageError
from gradatim.nn.sequence.loop import State, name_of
from gradatim.nn.sequence.padding import mask_of
from gradatim.nn.sequence.scan import scan


class Recurrent(nn.Module):
    """Any cell over a batch of sequences, with the machinery of the built-in layers.

        s_t = cell(x_t, s_{t−1}),  the first tensor of the state is the output

    The cell is a module with `state_sizes`, the width of each tensor of its state, and
    `forward(x, *state)`, which returns the new state: its equations, for one step, on (N, ·) tensors. What
    depends on all steps at once leaves the loop by itself, a linear map of [x; h] too; the rest of the step runs
    fused where its operations allow it. After a call, `path` and `why` say what ran.

    Shapes: x (T, N, D), (N, T, D) with batch_first, or a PackedSequence; returns every output in that form, and
    the last state: its tensors (N, ·), as a tuple if there is more than one. `lengths` and `padding` as in
    `Layers`; `reverse` reads from the last step to the first.

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
        sizes = getattr(cell, "state_sizes", None)
        if not isinstance(sizes, tuple) or not sizes or not all(isinstance(s, int) and s > 0 for s in sizes):
            raise UsageError(
                f"the cell {name_of(cell)} needs state_sizes, the width of each tensor of its state, as in "
                f"(128,); it has {sizes!r}"
            )
        self.cell, self.sizes, self.batch_first, self.reverse = cell, sizes, batch_first, reverse
        self.path, self.why = "", "nothing has run yet"

    def forward(
        self, x: Tensor | PackedSequence, state: Any = None, lengths: Tensor | None = None,
        padding: str = "right",
    ) -> tuple[Any, Any]:  # fmt: skip
        """Every output, and the last state."""
        packed = x if isinstance(x, PackedSequence) else None
        if packed is not None:
            x, lengths = pad_packed_sequence(packed)
        elif self.batch_first:
            x = x.transpose(0, 1)
        mask = None if lengths is None else mask_of(lengths, len(x), x.shape[1], padding, x.device)

        def cell(inputs: Sequence[Tensor], state: State) -> State:
            return self.cell(*inputs, *state)

        cell.__name__ = name_of(self.cell)
        ran = scan(cell, [x], [], self._start(x, state), mask, self.reverse)
        self.path, self.why = ran.path, ran.why
        outputs: Any = ran.outputs
        if packed is not None:
            outputs = pack_padded_sequence(outputs, lengths, enforce_sorted=packed.sorted_indices is None)
        elif self.batch_first:
            outputs = outputs.transpose(0, 1)
        return outputs, ran.state if len(ran.state) > 1 else ran.state[0]

    def _start(self, x: Tensor, state: Any) -> State:
        wanted = [(x.shape[1], width) for width in self.sizes]
        if state is None:
            return tuple(x.new_zeros(shape) for shape in wanted)
        given = (state,) if isinstance(state, Tensor) else tuple(state)
        if [tuple(s.shape) for s in given] != wanted:
            raise UsageError(
                f"the initial state must have shapes {wanted}; it has {[tuple(s.shape) for s in given]}"
            )
        return given
