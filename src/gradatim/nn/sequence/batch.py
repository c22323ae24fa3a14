"""A batch of sequences in any of the forms a layer takes, as (T, N, D) and a mask; and back."""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from gradatim.checks import UsageError
from gradatim.nn.sequence.loop import State
from gradatim.nn.sequence.padding import mask_of


class Batch(NamedTuple):
    """x (T, N, D), which steps count (T, N), and the form it came in: packed, alone, batch_first or time."""

    x: Tensor
    mask: Tensor | None
    form: str
    lengths: Tensor | None = None
    packed: PackedSequence | None = None

    def closed(self, outputs: Tensor) -> Any:
        """Outputs (T, N, H) in the form of the input."""
        if self.packed is not None and self.lengths is not None:
            ordered = self.packed.sorted_indices is None
            return pack_padded_sequence(outputs, self.lengths, enforce_sorted=ordered)
        if self.form == "alone":
            return outputs.squeeze(1)
        return outputs.transpose(0, 1) if self.form == "batch_first" else outputs

    def start(self, state: Any, wanted: list[tuple[int, ...]], names: str) -> State:
        """The initial state, zeros if none is given. Raises UsageError for shapes other than `wanted`."""
        if state is None:
            return tuple(self.x.new_zeros(shape) for shape in wanted)
        given = (state,) if isinstance(state, Tensor) else tuple(state)
        if self.form == "alone":
            given = tuple(s.unsqueeze(-2) for s in given)
        if [tuple(s.shape) for s in given] != wanted:
            raise UsageError(
                f"the initial state {names} must have shapes {_listed(wanted)}; it has "
                f"{_listed([tuple(s.shape) for s in given])}"
            )
        return given

    def last(self, state: State) -> Any:
        """The last state: one tensor, or a tuple of several."""
        if self.form == "alone":
            state = tuple(s.squeeze(-2) for s in state)
        return state if len(state) > 1 else state[0]


def open_batch(
    x: Tensor | PackedSequence, lengths: Tensor | None, padding: str, batch_first: bool, features: int | None,
    reader: str,
) -> Batch:  # fmt: skip
    """The batch. Raises UsageError for other axes or features, and for lengths that do not fit."""
    if isinstance(x, PackedSequence):
        if lengths is not None:
            raise UsageError("a packed sequence knows its lengths; give none")
        whole, held = pad_packed_sequence(x)
        _check(whole, "(T, N, D)", features, reader)
        mask = mask_of(held, len(whole), whole.shape[1], "right", whole.device)
        return Batch(whole, mask, "packed", held, x)
    if not isinstance(x, Tensor):
        raise UsageError(f"{reader} reads a tensor or a packed sequence; it got {type(x).__name__}")
    form = "alone" if x.ndim == 2 else "batch_first" if batch_first else "time"
    _check(x, "(N, T, D)" if batch_first else "(T, N, D)", features, reader)
    x = x.unsqueeze(1) if form == "alone" else x.transpose(0, 1) if batch_first else x
    if lengths is None:
        return Batch(x, None, form)
    return Batch(x, mask_of(lengths, len(x), x.shape[1], padding, x.device), form)


def _check(x: Tensor, form: str, features: int | None, reader: str) -> None:
    if x.ndim not in (2, 3) or (features is not None and x.shape[-1] != features):
        width = "" if features is None else f" of D = {features} features"
        raise UsageError(f"{reader} reads sequences {form}{width}; it got shape {tuple(x.shape)}")


def _listed(shapes: list[Any]) -> str:
    return ", ".join(map(str, shapes))


def stack_states(states: list[State]) -> State:
    """The states of several layers as one: each tensor (layers, N, ·)."""
    if len(states) == 1:
        return tuple(s.unsqueeze(0) for s in states[0])
    return tuple(torch.stack(each) for each in zip(*states, strict=True))
