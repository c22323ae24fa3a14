"""The layers of a network in the order of its forward pass (curriculum B3: counting parameters)."""

from typing import Any

import torch
from torch import Tensor, nn

from gradatim.device import evaluating


def layer_table(model: Any, input_shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """Name, layer, output shape and parameters of every layer without parts, for an example of `input_shape`.

    >>> from gradatim.models.building import build
    >>> network = build({"name": "mlp", "in_features": 2, "hidden": [3], "out_features": 1})
    >>> [row["parameters"] for row in layer_table(network, (2,))]
    [0, 9, 0, 4]

    A network that reads more than such an input says with `work` what it does for one, here for one step;
    layers of it that are not called by themselves, such as a cell's weights, come last.
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
    first = next(model.parameters(), torch.zeros(()))
    try:
        with evaluating(model), torch.no_grad():
            x = torch.zeros(1, *input_shape, dtype=first.dtype, device=first.device)
            if hasattr(model, "work"):
                model.work(x, 1)
                rows += _not_called(model, {row["name"] for row in rows})
            else:
                model(x)
    finally:
        for handle in handles:
            handle.remove()
    return rows


def _not_called(model: nn.Module, called: set[str]) -> list[dict[str, Any]]:
    """Rows of the other layers without parts that have parameters."""
    return [
        {"name": name, "layer": repr(layer), "output": [], "parameters": _own_parameters(layer)}
        for name, layer in model.named_modules()
        if not any(layer.children()) and name not in called and _own_parameters(layer)
    ]


def _own_parameters(layer: nn.Module) -> int:
    return sum(p.numel() for p in layer.parameters())


def in_words(layer: nn.Module) -> str:
    """A layer in a few words, what its output's shape does not say: `Conv2d 3×3, stride 2, padding 1`.

    >>> in_words(nn.Conv2d(3, 8, 3, stride=2, padding=1))
    'Conv2d 3×3, stride 2, padding 1'
    """
    kind = type(layer).__name__
    if isinstance(layer, nn.Linear):
        return f"{kind} {layer.in_features} → {layer.out_features}"
    words = [f"{kind} {_one(layer.kernel_size, 2)}"] if hasattr(layer, "kernel_size") else [kind]
    plain = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "ceil_mode": False}
    for name, usual in plain.items():
        value = getattr(layer, name, usual)
        if hasattr(layer, "kernel_size") and _one(value) != str(usual):
            words.append("rounding up" if name == "ceil_mode" else f"{name} {_one(value)}")
    if len(words) == 1 and not hasattr(layer, "kernel_size") and not isinstance(layer, SILENT):
        said = layer.extra_repr()
        return f"{kind}({said})" if said else kind
    return ", ".join(words)


SILENT = (nn.ReLU, nn.modules.batchnorm._BatchNorm)


def _one(value: Any, axes: int = 1) -> str:
    """A number for all axes, or one for each: 3×3, and 1 where all are the same and one is enough."""
    values = list(value) if isinstance(value, tuple | list) else [value] * axes
    return str(values[0]) if axes == 1 and len(set(values)) == 1 else "×".join(map(str, values))
