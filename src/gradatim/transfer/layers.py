"""The layers of a network, from its input to its head, as fine-tuning counts them."""

from dataclasses import dataclass
from typing import Any

from torch import nn

from gradatim.checks import UsageError, did_you_mean, whole
from gradatim.models.heads import head_names


@dataclass(frozen=True)
class WeightLayer:
    """A layer with weights, and what normalises it: its name, its parameters by name, its norms."""

    name: str
    parameters: tuple[str, ...]
    norms: tuple[nn.Module, ...] = ()


def layers_of(network: nn.Module) -> list[WeightLayer]:
    """The layers that have weights, from the input to the head, in the order in which the network holds them.

    A module with a parameter of two axes or more is a layer; scales, slopes and biases behind it, as of a
    batch norm, are its own. The layers that the network calls its heads are one, the last.

    >>> from gradatim.models.building import build
    >>> [layer.name for layer in layers_of(build({"name": "small_cnn", "stages": 1}))]
    ['features.0.conv', 'features.1.conv', 'fc']
    """
    heads = head_names(network)
    found: list[dict[str, Any]] = []
    head: dict[str, Any] = {"name": ", ".join(heads), "parameters": [], "norms": []}
    for name, module in network.named_modules():
        own = {f"{name}.{key}" if name else key: p for key, p in module.named_parameters(recurse=False)}
        in_head = any(name == one or name.startswith(f"{one}.") for one in heads)
        if in_head:
            head["parameters"] += own
        elif any(p.ndim > 1 for p in own.values()) or (own and not found):
            found.append({"name": name or type(network).__name__, "parameters": [*own], "norms": []})
        elif own:
            found[-1]["parameters"] += own
        if hasattr(module, "running_mean") and (in_head or found):
            (head if in_head else found[-1])["norms"].append(module)
    layers = found + ([head] if head["parameters"] else [])
    return [WeightLayer(one["name"], tuple(one["parameters"]), tuple(one["norms"])) for one in layers]


def frozen_layers(network: nn.Module, freeze: str | int) -> int:
    """How many layers are frozen: the first N, or all up to the one of this name, or those in the part of it.

    Raises UsageError for a layer that there is not, naming all, and where none would be left to learn.
    """
    layers = layers_of(network)
    names = [layer.name for layer in layers]
    counted = isinstance(freeze, int) or freeze.strip().isdigit()
    if counted:
        count = whole("freeze", int(freeze), 0)
    else:
        inside = [k for k, name in enumerate(names, 1) if name == freeze or name.startswith(f"{freeze}.")]
        if not inside:
            known = ", ".join(f"{k} {name}" for k, name in enumerate(names, 1))
            raise UsageError(
                f"there is no layer {freeze!r} to freeze up to: {did_you_mean(str(freeze), names)}; "
                f"the layers with weights are {known}"
            )
        count = inside[-1]
    if count >= len(layers):
        raise UsageError(
            f"freezing {count} of {len(layers)} layers leaves none to learn: freeze at most {len(layers) - 1}"
            f", up to {names[-2]}"
            if len(layers) > 1
            else "the network has one layer, so none can be frozen"
        )
    return count
