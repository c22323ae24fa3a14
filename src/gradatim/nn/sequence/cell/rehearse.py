"""A cell that was recorded before, recognised by the calls of torch it makes, without computing them again.

At a rehearsal the cell's own Python runs as it stands, so whatever it reads takes effect: a number, a mode, a
list, another function. Only what torch would compute is skipped. Each call is looked up by its function and
arguments, and what it returned when it was recorded, a tensor of a few meaningless rows, is handed back. The
same calls in the same order are the same step. An unknown one ends the rehearsal: the cell is recorded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode, _get_current_function_mode_stack
from torch.utils._device import DeviceContext

from gradatim.nn.sequence.loop import Cell, State

MOST, LARGEST = 64, 2**26  # different steps of one cell that are remembered; bytes of what one was given
T = Tensor
ASKED = ("shape", "dtype", "device", "ndim", "layout", "requires_grad")
ABOUT = {  # what is asked about a tensor and not computed from its numbers
    *(vars(torch._C.TensorBase)[name].__get__ for name in ASKED),
    T.size, T.dim, T.numel, T.stride, T.is_contiguous, T.is_floating_point, T.__len__,
    torch.numel, torch.is_floating_point,
}  # fmt: skip
PLAIN = {
    int, bool, str, complex, type(None), type(...),
    torch.dtype, torch.device, torch.layout, torch.memory_format,
}  # fmt: skip


class Unknown(Exception):
    """A call that was not made when the cell was recorded, or one that cannot be compared."""


class Heard(NamedTuple):
    """What a call gave, the numbers of its tensors, and the calls that followed."""

    result: Any
    numbers: dict[int, int]  # id → number; `result` holds the tensors, so the ids stay theirs
    then: "dict[Any, Heard | End]"


class End(NamedTuple):
    """What the step became, and which of the tensors from outside it takes, in order."""

    plan: Any
    places: list[int]


class _Calls(TorchFunctionMode):
    """Values are numbered as they appear: those given, those from outside, those made."""

    def __init__(self, known: Sequence[Tensor]):
        super().__init__()
        self.numbers = {id(t): i for i, t in enumerate(known)}
        self.outside: list[Tensor] = []

    def note(self, value: Any) -> Any:
        """A value so that equal ones mean the same: a tensor's number, or a constant with its type."""
        if isinstance(value, Tensor):
            number = self.numbers.get(id(value))
            return self._captured(value) if number is None else number
        kind = type(value)
        if kind is tuple or kind is list or kind is torch.Size:
            return kind, *map(self.note, value)
        if kind is slice:
            return slice, *map(self.note, (value.start, value.stop, value.step))
        if kind is float:
            return float, value.hex()
        if kind not in PLAIN:
            raise Unknown
        return kind, value

    def key(self, function: Any, args: tuple, kwargs: Any) -> tuple:
        """A call, to be looked up."""
        known, note = self.numbers.get, self.note  # the ids of what is known belong to living tensors
        noted = [note(a) if (number := known(id(a))) is None else number for a in args]
        named = tuple((k, note(v)) for k, v in kwargs.items()) if kwargs else ()
        return function, named, *noted

    def _captured(self, t: Tensor) -> Any:
        self.numbers[id(t)] = len(self.numbers)
        self.outside.append(t)
        return Tensor, type(t), t.shape, t.stride(), t.dtype, t.device


class Listener(_Calls):
    """Notes the calls while a cell is recorded.

    `whole` is False if they do not tell everything; `switches` says that one turned gradients on or off.
    """

    def __init__(self, known: Sequence[Tensor]):
        super().__init__(known)
        self.known, self.calls, self.whole = known, [], True  # type: ignore[var-annotated]
        self.switches, self.size = False, 0
        self.result: Any = None

    def __torch_function__(self, function: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        if function in ABOUT:
            return function(*args, **(kwargs or {}))
        key: Any = None
        try:
            key = self.key(function, args, kwargs)
        except Unknown:
            self.whole = False
        out = function(*args, **(kwargs or {}))
        made = tuple(out) if isinstance(out, tuple | list) else (out,)
        self.switches |= function is torch._C._set_grad_enabled
        self.whole &= all(isinstance(t, Tensor) for t in made)
        self.size += sum(t.nbytes for t in made if isinstance(t, Tensor))
        kept = list(made) if type(out) is list else out
        self.calls.append(
            (key, kept, {id(t): self.numbers.setdefault(id(t), len(self.numbers)) for t in made})
        )
        return out

    def ends(self, state: State) -> None:
        """The cell is done and returned this."""
        self.result = tuple(map(self.note, state))


class _Rehearsal(_Calls):
    def __init__(self, known: Sequence[Tensor], calls: dict):
        super().__init__(known)
        self.calls, self.lost = calls, False

    def __torch_function__(self, function: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        if function in ABOUT:
            return function(*args, **(kwargs or {}))
        found = None if self.lost else self.calls.get(self.key(function, args, kwargs))
        if found is None:
            self.lost = True
            raise Unknown
        self.numbers.update(found.numbers)
        self.calls = found.then
        return list(found.result) if type(found.result) is list else found.result


@dataclass
class Memory:
    """The steps that one module's cell was seen to do. Copies of the module begin with an empty one."""

    starts: dict[Any, tuple[Sequence[Tensor], dict]] = field(default_factory=dict)
    count: int = 0

    def again(self, about: Any, cell: Cell, state: int) -> tuple[Any, list[Tensor]] | None:
        """The plan and the tensors from outside, if the cell does what it did before; `about` its inputs."""
        if about not in self.starts or is_observed():
            return None
        known, calls = self.starts[about]
        rehearsal, given = _Rehearsal(known, calls), len(known) - state
        try:
            with torch.no_grad(), rehearsal:
                after = cell(known[:given], tuple(known[given:]))
            after = (after,) if isinstance(after, Tensor) else after
            end = None if rehearsal.lost else rehearsal.calls.get(tuple(map(rehearsal.note, after)))
        except Exception:  # the recording or the loop will meet it again, and report it
            return None
        return end and (end.plan, [rehearsal.outside[i] for i in end.places])

    def keep(self, about: Any, heard: Listener, captured: Sequence[Tensor], plan: Any) -> bool:
        """Remember a recorded step, if the calls tell all of it."""
        places = {id(t): i for i, t in enumerate(heard.outside)}
        hidden = places.keys() != {id(t) for t in captured}  # something was computed unheard
        if not heard.whole or hidden or heard.size > LARGEST or is_observed():
            return False
        if self.count >= MOST:
            self.starts, self.count = {}, 0
        _, calls = self.starts.setdefault(about, (heard.known, {}))
        for key, out, numbers in heard.calls:
            calls = calls.setdefault(key, Heard(out, numbers, {})).then
        calls[heard.result] = End(plan, [places[id(t)] for t in captured])
        self.count += 1
        return True

    def __deepcopy__(self, memo: Any) -> "Memory":
        return Memory()

    def __reduce__(self) -> tuple[Callable[[], Any], tuple]:
        return Memory, ()


def is_observed() -> bool:
    """Whether another mode of torch than a default device is at work, which would want to see the calls."""
    others = any(not isinstance(mode, DeviceContext) for mode in _modes())
    return others or bool(torch._C._len_torch_dispatch_stack())


def default_device() -> torch.device | None:
    """Where a mode of torch puts new tensors, if one does."""
    return next((mode.device for mode in _modes() if isinstance(mode, DeviceContext)), None)


def _modes() -> Sequence[Any]:
    """The modes that hear torch's calls."""
    return _get_current_function_mode_stack() if torch._C._len_torch_function_stack() else ()
