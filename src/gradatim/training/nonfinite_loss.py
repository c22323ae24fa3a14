"""A loss that is not finite: where a number stopped being so."""

from math import isfinite
from typing import Any

import torch
from torch import Tensor, nn

from gradatim.checks import NonFiniteLoss
from gradatim.device import call, inputs_of


def are_finite(x: Tensor) -> bool:
    """Whether no number of a tensor is infinite or nan, found without a tensor of its size.

    >>> are_finite(torch.tensor([1.0, torch.inf])), are_finite(torch.tensor([1.0, torch.nan]))
    (False, False)
    """
    if not x.numel() or not (x.is_floating_point() or x.is_complex()):
        return True
    low, high = torch.aminmax(torch.view_as_real(x.resolve_conj()) if x.is_complex() else x.detach())
    return isfinite(low) and isfinite(high)


def bad_parameter(model: nn.Module) -> str | None:
    """The first parameter that is not finite, in words."""
    for name, parameter in model.named_parameters():
        if not are_finite(parameter):
            kind = type(model.get_submodule(name.rpartition(".")[0])).__name__
            return f"{_kind(parameter)} in {name} of layer {kind}"
    return None


def check_loss(loss: float, model: nn.Module, inputs: list[Any], lr: float) -> None:
    """Raise NonFiniteLoss for a loss that is not finite, saying where a number stopped being so."""
    if not isfinite(loss):
        raise NonFiniteLoss(f"the loss became {loss}: {why_not_finite(model, inputs, lr)}")


@torch.no_grad()
def why_not_finite(model: nn.Module, inputs: list[Any], lr: float) -> str:
    """A sentence on what was not finite first, an update, these batches or a layer, and what to do."""
    advice = f"try a learning rate below {lr:g}"
    if found := bad_parameter(model):
        return f"the update before it left {found}; {advice}"
    for part in (part for x in inputs for part in inputs_of(x)):
        if not are_finite(part):
            return f"the batch itself holds {_kind(part)}"
    return f"{_first_bad_layer(model, inputs)}; {advice}"


def _first_bad_layer(model: nn.Module, inputs: list[Any]) -> str:
    """The first layer whose output is not finite for these batches, in the order of the forward pass."""
    found: list[str] = []

    def watch(name: str, module: nn.Module):
        said = f"layer {name or 'the network'} ({type(module).__name__}) gave"

        def hook(_module, _inputs, output):
            if not found and isinstance(output, Tensor) and not are_finite(output):
                found.append(f"{said} {_kind(output)} first")

        return module.register_forward_hook(hook)

    leaves = [(name, module) for name, module in model.named_modules() if not any(module.children())]
    handles = [watch(name, module) for name, module in leaves]
    try:
        for x in inputs:
            call(model, x, "float32")
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else "every layer's output is finite; the loss of this batch is not"


def _kind(values: Tensor) -> str:
    return "nan" if torch.isnan(values).any() else "an infinite value"
