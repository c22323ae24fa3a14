"""Which layers of a torch network run, in which order, and what each of them reads."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from gradatim.checks import UsageError
from gradatim.jobs.trace_torch_layers import entry_of
from gradatim.models import lenet

Entry = dict[str, Any]
SAME = ("contiguous", "to", "clone", "detach", "float", "double", "type_as")  # other memory, the same numbers
SUMS = ("add", "add_", "__add__", "__radd__", "__iadd__")
SCALED = ("mul", "__mul__", "__rmul__", "div", "__truediv__")  # by 1
JOINED = ("cat", "concat", "concatenate")
FLAT = ("flatten", "reshape", "view")
PLAIN = ("relu", "relu_", "tanh", "tanh_", "sigmoid", "sigmoid_", "gelu", "silu", "elu", "softplus")
QUIET = ("size", "dim", "numel", "stride", "is_floating_point", "__get__", "__len__", "is_contiguous")


@dataclass
class Recording:
    """Entries of a network by hand, each with what it reads; what torch calls their parameters; the state."""

    name: str  # of the network, for sentences
    entries: list[Entry] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    state: dict[str, np.ndarray] = field(default_factory=dict)
    front: list[nn.Module] = field(default_factory=list)  # that lay a small picture into a field of zeros
    ran: set[str] = field(default_factory=set)
    _place: dict[int, int] = field(default_factory=dict)  # of a tensor in [x, h_1, h_2, …]
    _kept: list[Tensor] = field(default_factory=list)  # so that no two have one id

    def start(self, x: Tensor) -> None:
        """The network's input."""
        self._give(x, 0)

    def knows(self, value: Any) -> bool:
        """Whether this is an output of a layer, or the input."""
        return isinstance(value, Tensor) and id(value) in self._place

    def add(self, entry: Entry, read: list[Tensor], out: Tensor) -> None:
        """One layer more."""
        reads = [self._place[id(one)] for one in read]
        self.entries.append({**entry, "from": ["x" if place == 0 else place - 1 for place in reads]})
        self._give(out, len(self.entries))

    def same(self, value: Tensor, out: Tensor) -> None:
        """The same numbers in another tensor."""
        self._give(out, self._place[id(value)])

    def _give(self, value: Tensor, place: int) -> None:
        self._place[id(value)] = place
        self._kept.append(value)

    def layer(self, name: str, module: nn.Module, x: Tensor, out: Any) -> None:
        """A module that has run; UsageError where it has no twin by hand."""
        if not self.knows(x):
            raise UsageError(
                f"a trace cannot follow {self.name} as far as {name}: what that reads is no output of a layer"
            )
        if isinstance(module, lenet.Field) and not self.entries:
            self.front.append(module)
            return self.same(x, out)
        entry = entry_of(module)
        if entry is None or not isinstance(out, Tensor):
            kind = type(module).__name__
            raise UsageError(f"{kind} ({name} of {self.name}) has no twin by hand, which a trace needs")
        if name in self.ran and any(True for _ in module.parameters()):
            raise UsageError(f"{name} of {self.name} runs twice: a trace has no place for shared weights")
        if "pool" in entry["name"] and x.shape == out.shape and torch.equal(x, out):
            entry = {"name": "identity"}  # of a map of one number
        at = len(self.entries)
        self.state |= {f"{at}.{key}": value.cpu().numpy() for key, value in module.state_dict().items()}
        self.names |= {f"{at}.{key}": f"{name}.{key}" for key, _ in module.named_parameters()}
        self.ran.add(name)
        return self.add(entry, [x], out)

    def call(self, function: str, args: tuple, kwargs: dict[str, Any], out: Any) -> None:
        """What happens to outputs between the layers; UsageError for what a trace does not know."""
        found = [one for one in _tensors([*args, *kwargs.values()]) if self.knows(one)]
        written = function == "__setitem__"
        if not found or function in QUIET or not (isinstance(out, Tensor) or written):
            return
        x = found[0]
        if not written and _is_same(function, args, out, x):
            self.same(x, out)
        elif function in SUMS and len(found) == 2 and kwargs.get("alpha", 1) == 1 and _alike(found, out):
            self.add({"name": "sum"}, found, out)
        elif function in JOINED and len(found) == len(_tensors(args[0])) and _axis(args, kwargs) == 1:
            self.add({"name": "concat"}, found, out)
        elif function in FLAT and out.ndim == 2 and len(out) == len(x):
            self.same(x, out) if out.shape == x.shape else self.add({"name": "flatten"}, [x], out)
        elif function in PLAIN and len(args) == 1 and not kwargs.get("approximate", 0):
            self.add({"name": function.rstrip("_")}, [x], out)
        elif function == "mean" and x.ndim > 2 and out.shape == x.shape[:2]:
            self.add({"name": "global_avg_pool"}, [x], out)
        else:
            raise UsageError(
                f"a trace cannot follow {self.name}: between its layers it computes {function}, which has no "
                "twin by hand there"
            )


def record(model: nn.Module, example: np.ndarray, name: str) -> tuple[Recording, Tensor, Tensor]:
    """What runs when a network answers an example; the tensor behind the modules in front, and the answer."""
    full_loss: Any = getattr(model, "full_loss", None)
    if full_loss is not None and getattr(full_loss(None), "penalises", True):
        raise UsageError(
            f"a trace follows the loss of the outputs, and {name} is taught with penalties beside it"
        )
    found, watching = Recording(name), _Watching()
    watching.recording = found
    hooks, first = [], next(model.parameters())
    for place, leaf in model.named_modules():
        if place and not any(True for _ in leaf.children()):
            hooks += [
                leaf.register_forward_pre_hook(watching.before),
                leaf.register_forward_hook(lambda m, given, out, place=place: watching.after(place, m, out)),
            ]
    x = torch.from_numpy(example).to(first.dtype).to(first.device)
    found.start(x)
    model.eval()
    try:
        with torch.no_grad(), watching:
            out = getattr(model, "answers", model)(x)
    finally:
        for hook in hooks:
            hook.remove()
    if not found.knows(out) or found._place[id(out)] != len(found.entries):
        raise UsageError(f"a trace cannot follow {name}: what it answers is not its last layer's output")
    for module in found.front:
        x = module(x)
    return found, x, out


class _Watching(TorchFunctionMode):
    """Hands every function between the layers to the recording; what a layer does inside is its own."""

    recording: Recording
    inside = 0
    given: Any = None

    def before(self, module: nn.Module, given: tuple) -> None:
        """A layer begins."""
        self.inside += 1
        self.given = given[0] if given else None

    def after(self, place: str, module: nn.Module, out: Any) -> None:
        """A layer has run."""
        self.inside -= 1
        self.recording.layer(place, module, self.given, out)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        if not self.inside:
            self.recording.call(func.__name__, args, kwargs or {}, out)
        return out


def _tensors(values: Any) -> list[Tensor]:
    """The tensors among arguments, those of lists too."""
    found: list[Tensor] = []
    for one in values:
        found += [one] if isinstance(one, Tensor) else _tensors(one) if isinstance(one, list | tuple) else []
    return found


def _is_same(function: str, args: tuple, out: Tensor, x: Tensor) -> bool:
    """Whether a function gives the numbers as they are: in other memory, or times 1."""
    if function in SCALED:
        return len(args) == 2 and isinstance(args[1], int | float) and args[1] == 1
    return function in SAME and out.shape == x.shape


def _alike(values: list[Tensor], out: Tensor) -> bool:
    return all(one.shape == out.shape for one in values)


def _axis(args: tuple, kwargs: dict[str, Any]) -> Any:
    return args[1] if len(args) > 1 else kwargs.get("dim", kwargs.get("axis", 0))
