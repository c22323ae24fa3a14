"""Where a number stopped being finite."""

import torch
from torch import Tensor, nn


@torch.no_grad()
def first_bad_layer(model: nn.Module, inputs: list[Tensor]) -> str:
    """A sentence on the first layer whose output is not finite for these batches, in the order of the forward pass."""
    for name, parameter in model.named_parameters():
        if not torch.isfinite(parameter).all():
            kind = type(model.get_submodule(name.rpartition(".")[0])).__name__
            return f"the update before it left {_kind(parameter)} in {name} of layer {kind}"
    for x in inputs:
        if not torch.isfinite(x).all():
            return f"the batch itself holds {_kind(x)}"
    found: list[str] = []

    def watch(name: str, module: nn.Module):
        def hook(_module, _inputs, output):
            if not found and isinstance(output, Tensor) and not torch.isfinite(output).all():
                found.append(f"layer {name or 'the network'} ({type(module).__name__}) gave {_kind(output)} first")

        return module.register_forward_hook(hook)

    leaves = [(name, module) for name, module in model.named_modules() if not any(module.children())]
    handles = [watch(name, module) for name, module in leaves]
    try:
        for x in inputs:
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else "every layer's output is finite; the loss of this batch is not"


def _kind(values: Tensor) -> str:
    return "nan" if torch.isnan(values).any() else "an infinite value"
