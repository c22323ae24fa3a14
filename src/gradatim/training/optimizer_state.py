"""The state of a torch optimizer as a checkpoint holds it: tensors by name, and numbers for JSON."""

from typing import Any

import torch
from torch import Tensor

from gradatim.checks import GradatimError
from gradatim.optim.saved_state import lay_beside
from gradatim.record_checks import ANY, NUMBER, RECORD, TEXT, TRUTH, DictOf, Entries, Form, ListOf

Tensors = dict[str, Tensor]
NUMBERS = Entries({"optimizer": TEXT, "state": DictOf(RECORD), "groups": ListOf(Entries({"params": ANY}))})


def tensors_of_optimizer(optimizer: torch.optim.Optimizer, name: str = "optimizer") -> Tensors:
    """Copies of its tensors, "NAME.PARAMETER'S NUMBER.KEY"."""
    return {
        f"{name}.{number}.{key}": value.detach().clone()
        for number, state in optimizer.state_dict()["state"].items()
        for key, value in state.items()
        if isinstance(value, Tensor)
    }


def numbers_of_optimizer(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Its class, its settings and its plain numbers."""
    state = optimizer.state_dict()
    plain = {
        str(number): {key: value for key, value in entry.items() if not isinstance(value, Tensor)}
        for number, entry in state["state"].items()
    }
    groups = [
        {key: float(value) if isinstance(value, Tensor) else value for key, value in group.items()}
        for group in state["param_groups"]
    ]
    return {"optimizer": type(optimizer).__name__, "state": plain, "groups": groups}


def check_optimizer(optimizer: torch.optim.Optimizer, numbers: dict[str, Any]) -> None:
    """Raise GradatimError where the numbers are another optimizer's."""
    NUMBERS.check(numbers, "engine")
    kind = type(optimizer).__name__
    if numbers["optimizer"] != kind:
        raise GradatimError(f"the checkpoint's optimizer is {numbers['optimizer']}, this one is {kind}")


def _form_like(value: Any) -> Form:
    """What a setting must be that is this value now."""
    if isinstance(value, bool):
        return TRUTH
    if isinstance(value, int | float | Tensor):
        return NUMBER
    if isinstance(value, list | tuple):
        return ListOf(NUMBER, at_least=len(value), at_most=len(value))
    return TEXT if isinstance(value, str) else ANY


def _check_groups(optimizer: torch.optim.Optimizer, groups: list[dict[str, Any]]) -> None:
    """GradatimError naming a setting that is nothing like the optimizer's own."""
    for number, (group, own) in enumerate(zip(groups, optimizer.param_groups, strict=False)):
        for key, value in own.items():
            if key != "params" and key in group:
                _form_like(value).check(group[key], f"engine.groups[{number}].{key}")


def restore_optimizer(
    optimizer: torch.optim.Optimizer, tensors: Tensors, numbers: dict[str, Any], name: str = "optimizer"
) -> None:
    """Take back what the other two gave, which stays as it is; GradatimError for another optimizer's."""
    check_optimizer(optimizer, numbers)
    state: dict[int, dict[str, Any]] = {int(number): dict(e) for number, e in numbers["state"].items()}
    for place, tensor in tensors.items():
        if place.startswith(f"{name}."):
            number, _, key = place.removeprefix(f"{name}.").partition(".")
            state.setdefault(int(number), {})[key] = tensor.clone()  # torch keeps what it is given
    _check_groups(optimizer, numbers["groups"])
    owns: list[dict[str, Any]] = [*optimizer.param_groups, *[{}] * len(numbers["groups"])]
    groups = [
        {key: tuple(value) if isinstance(own.get(key), tuple) else value for key, value in group.items()}
        for group, own in zip(numbers["groups"], owns, strict=False)
    ]
    try:
        optimizer.load_state_dict({"state": state, "param_groups": groups})
    except (ValueError, KeyError) as error:
        raise GradatimError(f"the checkpoint's optimizer does not fit this network: {error}") from error
    for p, entry in optimizer.state.items():  # torch's kernels, too, take both to lie alike
        entry.update({key: lay_beside(value, p) for key, value in entry.items() if isinstance(value, Tensor)})
