"""A cell's step as a list of instructions: what it calls below autograd, noted on a few rows.

It is noted twice, on different numbers and another count of them, so that what depends on either is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from gradatim.nn.sequence.cell.count import DEPENDS, CannotFuse, Shape, common
from gradatim.nn.sequence.cell.in_place import functional, memory, share_memory
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
    shapes: tuple[Shape, ...]
    dtypes: tuple[torch.dtype, ...]
    captured: tuple[int, ...]  # the values that are tensors from outside, parameters for example
    instructions: tuple[Instruction, ...]
    result: tuple[int, ...]


class _Recorder(TorchDispatchMode):
    def __init__(self, known: Sequence[Tensor]) -> None:
        super().__init__()
        self.values = list(known)  # held, so that no other tensor gets the same id
        self.numbers = {id(t): i for i, t in enumerate(known)}
        self.overwritten: set[int] = set()  # by their ids
        self.outside = {memory(t) for t in known}  # not to be written into
        self.captured: list[int] = []
        self.instructions: list[Instruction] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Whether torch wraps what follows, which imports its compiler: a second, for nothing."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        name, kwargs = func._schema.name.removeprefix("aten::"), kwargs or {}
        if torch.Tag.nondeterministic_seeded in func.tags:
            raise CannotFuse(f"{name} draws anew at every step")
        self._note(args)
        changed = func._schema.is_mutable or "batch_norm" in name
        kept = self._without_writing(func, args, kwargs) if changed else (func, args)
        if kept is None:  # before it does so
            raise CannotFuse(f"{name} writes in place")
        noted = self._note(kept[1]), tuple((k, self._note(v)) for k, v in kwargs.items())
        out = func(*args, **kwargs)
        if changed:
            self._overwrite(out)
        outs = tuple(self._new(t) for t in (out if isinstance(out, tuple | list) else (out,)))
        self.instructions.append(Instruction(kept[0], *noted, outs))
        return out

    def _without_writing(self, func: Any, args: tuple, kwargs: dict) -> tuple[Any, tuple] | None:
        """What makes the same of a tensor that was made in this step, whose old numbers nobody sees again."""
        made = bool(args) and isinstance(args[0], Tensor) and memory(args[0]) not in self.outside
        found = functional(func, args) if made else None
        return found if found and _makes_such(found, args[0], kwargs) else None

    def _overwrite(self, t: Tensor) -> None:
        """Other views of these numbers no longer are what they were."""
        self.overwritten |= {
            id(v) for v in self.values if isinstance(v, Tensor) and v is not t and share_memory(v, t)
        }

    def _note(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return Ref(self.number(value))
        return tuple(self._note(v) for v in value) if isinstance(value, tuple | list) else value

    def number(self, t: Tensor) -> int:
        """The number of a tensor; one that nobody made here was captured."""
        if id(t) in self.overwritten:
            raise CannotFuse("a tensor is read after another view of its numbers was written into")
        if id(t) not in self.numbers:
            self.outside.add(memory(t))
            self.captured.append(self._new(t))
        return self.numbers[id(t)]

    def _new(self, t: Any) -> int:
        self.numbers[id(t)] = len(self.values)
        self.values.append(t)
        return len(self.values) - 1


def record(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State
) -> tuple[Program, list[Tensor], Listener]:
    """What the cell does in a step, the tensors it took from outside, and its calls of torch as it made them.

    Raises CannotFuse when it writes into what it was given or draws, before that happens, when it switches
    gradients, and when what it does depends on the numbers or their count.
    """
    widths = {t.shape[-1] for t in (*steps, *fixed, *state)}
    low, high = [n for n in range(2, 99) if n not in widths][:2]
    program, captured, listener = _recorded(cell, steps, fixed, state, low, torch.zeros_like)
    other, others, _ = _recorded(cell, steps, fixed, state, high, _waves)
    if not all(a is b or _are_equal(a, b) for a, b in zip(captured, others, strict=False)):
        raise CannotFuse(DEPENDS)  # a tensor that is made anew of the numbers, or of their count
    return common(program, other, (low, high)), captured, listener


def _recorded(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State, rows: int, numbers: Any
) -> tuple[Program, list[Tensor], Listener]:
    """A recording with so many rows of numbers."""
    widths = [t.shape[2:] for t in steps] + [t.shape[1:] for t in (*fixed, *state)]
    known = [numbers(steps[0].new_empty(rows, *width)) for width in widths]
    recorder, listener = _Recorder(known), Listener(known)
    given = len(known) - len(state)
    with torch.no_grad(), recorder, listener:
        after = new_state(cell, known[:given], tuple(known[given:]))
    listener.ends(after)
    if listener.switches:
        raise CannotFuse("it switches gradients on or off by itself")
    result = tuple(recorder.number(t) for t in after)
    tensors = [v if isinstance(v, Tensor) else torch.zeros(0) for v in recorder.values]
    program = Program(
        len(steps), len(fixed), len(state), tuple(tuple(t.shape) for t in tensors),
        tuple(t.dtype for t in tensors), tuple(recorder.captured), tuple(recorder.instructions), result,
    )  # fmt: skip
    return program, [recorder.values[i] for i in recorder.captured], listener


def _makes_such(call: tuple[Any, tuple], like: Tensor, kwargs: dict) -> bool:
    """Whether a call makes a tensor as it is written into: of its precision and shape."""
    function, args = call
    new = function(*args, **kwargs)
    return (new.dtype, new.device, new.shape) == (like.dtype, like.device, like.shape)


def _are_equal(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and torch.equal(a, b)


def _waves(like: Tensor) -> Tensor:
    """Numbers that mean nothing, other than 0."""
    return torch.arange(1, like.numel() + 1).sin().to(like).view(like.shape)
