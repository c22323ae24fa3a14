"""The layers of a network in the order of its forward pass (curriculum B3: counting parameters)."""

from typing import Any

import torch
from torch import Tensor, nn


def layer_table(model: nn.Module, input_shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """Name, layer, output shape and parameters of every layer without parts, for an example of `input_shape`.

    >>> from gradatim.models.building import build
    >>> network = build({"name": "mlp", "in_features": 2, "hidden": [3], "out_features": 1})
    >>> [row["parameters"] for row in layer_table(network, (2,))]
    [0, 9, 0, 4]
    """
    rows: list[dict[str, Any]] = []

    def watch(name: str, layer: nn.Module) -> Any:
        def note(_layer: nn.Module, _inputs: Any, output: Any) -> None:
            shape = list(output.shape[1:]) if isinstance(output, Tensor) else []
            rows.append(
                {"name": name, "layer": repr(layer), "output": shape, "parameters": _own_parameters(layer)}
            )

        return layer.register_forward_hook(note)

    handles = [watch(name, layer) for name, layer in model.named_modules() if not any(layer.children())]
    training = [(module, module.training) for module in model.modules()]
    first = next(model.parameters(), torch.zeros(()))
    try:
        model.eval()
        with torch.no_grad():
            model(torch.zeros(1, *input_shape, dtype=first.dtype, device=first.device))
    finally:
        for handle in handles:
            handle.remove()
        for module, was in training:
            module.training = was
    return rows


def _own_parameters(layer: nn.Module) -> int:
    return sum(p.numel() for p in layer.parameters())
