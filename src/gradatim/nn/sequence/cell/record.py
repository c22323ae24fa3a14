"""A cell's step as a list of instructions: what it calls below autograd, noted once on a few rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from gradatim.nn.sequence.cell.rehearse import Listener
from gradatim.nn.sequence.loop import Cell, State, new_state


@dataclass(frozen=True)
class Ref:
    """Value number `index` of a program."""

    index: int


class Instruction(NamedTuple):
    """outs = function(*args, **kwargs); tensors among the arguments are `Ref`s."""

    function: Any
    args: tuple
    kwargs: tuple[tuple[str, Any], ...]
    outs: tuple[int, ...]


class Program(NamedTuple):
    """A recorded step. It holds no tensor, and two equal ones compute the same."""

    steps: int  # values 0 … steps − 1 are the inputs of the step, then come the fixed ones and the state
    fixed: int
    state: int
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[torch.dtype, ...]
    captured: tuple[int, ...]  # the values that are tensors from outside, parameters for example
    instructions: tuple[Instruction, ...]
    result: tuple[int, ...]


class CannotFuse(Exception):
    """Why a cell takes the readable path."""


class _Recorder(TorchDispatchMode):
    def __init__(self, known: Sequence[Tensor]) -> None:
        super().__init__()
        self.values = list(known)  # held, so that no other tensor gets the same id
        self.numbers = {id(t): i for i, t in enumerate(known)}
        self.captured: list[int] = []
        self.instructions: list[Instruction] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Whether torch wraps what follows, which imports its compiler: a second, for nothing."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        name = func._schema.name.removeprefix("aten::")
        if func._schema.is_mutable or "batch_norm" in name:  # before it does so
            raise CannotFuse(f"{name} writes in place")
        if torch.Tag.nondeterministic_seeded in func.tags:
            raise CannotFuse(f"{name} draws anew at every step")
        noted = self._note(args), tuple((k, self._note(v)) for k, v in (kwargs or {}).items())
        out = func(*args, **(kwargs or {}))
        outs = tuple(self._new(t) for t in (out if isinstance(out, tuple | list) else (out,)))
        self.instructions.append(Instruction(func, *noted, outs))
        return out

    def _note(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return Ref(self.number(value))
        return tuple(self._note(v) for v in value) if isinstance(value, tuple | list) else value

    def number(self, t: Tensor) -> int:
        """The number of a tensor; one that nobody made here was captured."""
        if id(t) not in self.numbers:
            self.captured.append(self._new(t))
        return self.numbers[id(t)]

    def _new(self, t: Any) -> int:
        self.numbers[id(t)] = len(self.values)
        self.values.append(t)
        return len(self.values) - 1


def record(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State, again: bool = False
) -> tuple[Program, list[Tensor], Listener]:
    """What the cell does in a step, the tensors it took from outside, and its calls of torch as it made them.

    It is given a few rows of zeros, or, `again`, of other numbers and another count.

    Raises CannotFuse when it writes into a tensor or draws, before that happens, or switches gradients.
    """
    widths = {t.shape[-1] for t in (*steps, *fixed, *state)}
    rows = [n for n in range(2, 99) if n not in widths][int(again)]
    shapes_ = [t.shape[2:] for t in steps] + [t.shape[1:] for t in (*fixed, *state)]
    known = [_numbers(steps[0], (rows, *shape), again) for shape in shapes_]
    recorder, listener = _Recorder(known), Listener(known)
    given = len(known) - len(state)
    with torch.no_grad(), recorder, listener:
        after = new_state(cell, known[:given], tuple(known[given:]))
    listener.ends(after)
    if listener.switches:
        raise CannotFuse("it switches gradients on or off by itself")
    result = tuple(recorder.number(t) for t in after)
    tensors = [v if isinstance(v, Tensor) else torch.zeros(0) for v in recorder.values]
    shapes, dtypes = tuple(tuple(t.shape) for t in tensors), tuple(t.dtype for t in tensors)
    program = Program(
        len(steps), len(fixed), len(state), shapes, dtypes,
        tuple(recorder.captured), tuple(recorder.instructions), result,
    )  # fmt: skip
    return program, [recorder.values[i] for i in recorder.captured], listener


def _numbers(like: Tensor, shape: tuple[int, ...], again: bool) -> Tensor:
    """Numbers that mean nothing: 0, or a sine's."""
    zeros = like.new_zeros(shape)
    return torch.arange(1, zeros.numel() + 1).sin().to(zeros).view(shape) if again else zeros
