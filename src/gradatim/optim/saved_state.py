"""The state of a saved optimizer: whether it fits these equations and shapes, and how it lies in memory."""

from typing import Any

import torch
from torch import Tensor

from gradatim.checks import UsageError
from gradatim.optim.vector import State


def check_settings(kind: str, group: dict[str, Any], twin: dict[str, Any]) -> None:
    """Raise UsageError for a saved group whose settings make other equations than `kind`'s."""
    for name, value in twin.items():
        if _listed(group.get(name, value)) != _listed(value):
            raise UsageError(f"the saved optimizer has {name}={group[name]}; {kind} has {value}")


def check_state(kind: str, number: int, state: State, wanted: dict[str, tuple[int, ...]]) -> State:
    """What is saved of a parameter, empty where torch saved that it has made no step.

    `wanted` has the shape of each state. Raises UsageError for a state that is missing or of another shape.
    """
    if state and not set(wanted) <= set(state):
        raise UsageError(f"the saved optimizer's state is {', '.join(state)}; {kind} has {', '.join(wanted)}")
    if wanted and all(state.get(name) is None for name in wanted):
        return {}
    for name, shape in wanted.items():
        value = state[name]
        if isinstance(value, Tensor) and value.shape != shape and not (shape == () and value.numel() == 1):
            raise UsageError(
                f"the saved {name} of parameter {number} has the shape {tuple(value.shape)}; here it is "
                f"{shape}"
            )
    return state


def lay_beside(value: Any, p: Tensor) -> Tensor:
    """A state in its parameter's order of memory, as kernels need it; a plain number as a tensor."""
    if not isinstance(value, Tensor):
        return torch.tensor(float(value))
    if value.shape != p.shape or value.stride() == torch.empty_like(p, device="meta").stride():
        return value
    return torch.empty_like(p, dtype=value.dtype).copy_(value)


def _listed(value: Any) -> Any:
    """A setting as JSON gives it back."""
    return list(value) if isinstance(value, tuple) else value
