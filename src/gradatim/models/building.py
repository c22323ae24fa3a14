"""From a description to a torch module."""

from copy import deepcopy
from typing import Any

import torch
from torch import nn

from gradatim.checks import GradatimError, UsageError, in_layer, shown
from gradatim.models.description import Entry, arguments_of, expand, network_of, row_of
from gradatim.models.memory import refuse_too_large
from gradatim.models.network import Network
from gradatim.nn.activation import Activation
from gradatim.nn.initialise import initialise


def build(description: dict[str, Any], seed: int = 0, dtype: torch.dtype = torch.float32) -> nn.Module:
    """The torch module of a description, its weights drawn by (seed, parameter name) or as given inline.

    The module carries a copy of its network's entry as `description`. Raises UsageError for an unknown name
    or argument, GradatimError for inline weights that do not fit or a network that memory cannot hold.

    >>> build({"name": "mlp", "in_features": 2, "out_features": 1, "hidden": [3]}).description["name"]
    'mlp'
    """
    network = network_of(description)
    try:
        with torch.device("meta"):
            module = make(network)
        refuse_too_large(module, dtype)
        module = initialise(module.to_empty(device="cpu").to(dtype), seed)
        module.description = deepcopy(network)  # type: ignore[assignment]
    except RecursionError as error:
        raise UsageError("the description is nested too deeply") from error
    except (RuntimeError, MemoryError, OverflowError) as error:
        raise GradatimError(f"the network cannot be built: {_reason(error)}") from error
    if description.get("weights") is not None:
        _set_weights(module, description["weights"], dtype)
    return module


def make(entry: Entry) -> nn.Module:
    """The module of one entry, its parameters not yet drawn."""
    row = row_of(entry)
    if row.kind == "activation":
        arguments = arguments_of(entry, row.load())
        return Activation(row.name, **arguments)
    if row.kind == "layer":
        layer = row.load()
        return _construct(entry, layer)
    layers = expand(entry)
    if layers is None:
        return _construct(entry, row.load())
    return Layers(*(_made(number, layer) for number, layer in enumerate(layers)))


def _made(number: int, entry: Entry) -> nn.Module:
    """A layer of a stack, whose errors say which."""
    name = entry.get("name", "") if isinstance(entry, dict) else ""
    with in_layer(number, str(name)):
        return make(entry)


class Layers(nn.Sequential):
    """Layers one after the other; an error says in which, counted from 0 as in the parameters' names."""

    def forward(self, x: Any) -> Any:
        """Every layer in turn."""
        number = 0
        try:
            for number, layer in enumerate(self):  # noqa: B007  # for the error
                x = layer(x)
        except UsageError as error:
            raise UsageError(f"layer {number}: {error}") from error
        return x


def _construct(entry: Entry, made_by: Any) -> nn.Module:
    arguments = arguments_of(entry, made_by)
    named = [entry["name"]] if issubclass(made_by, Network) else []  # of its row in the family's table
    try:
        return made_by(*named, **arguments)
    except TypeError as error:
        raise UsageError(
            f"{entry['name']} cannot be made with {shown(arguments)}: {_reason(error)}"
        ) from error


def _reason(error: BaseException) -> str:
    """The first line: torch appends its stack."""
    return str(error).partition("\n")[0] or "there is too little memory"


def _set_weights(module: nn.Module, weights: object, dtype: torch.dtype) -> None:
    if not isinstance(weights, dict):
        raise UsageError(f"inline weights are lists of numbers by parameter name; these are {shown(weights)}")
    try:
        tensors = {name: torch.tensor(values, dtype=dtype) for name, values in weights.items()}
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise UsageError(f"inline weights must be lists of numbers: {_reason(error)}") from error
    load_weights(module, tensors, "the inline weights")


def load_weights(module: nn.Module, tensors: dict[str, torch.Tensor], where: str) -> None:
    """Copy tensors into a module by name; GradatimError names what is missing, extra or of another shape."""
    own = module.state_dict()
    missing = [name for name in own if name not in tensors]
    extra = [name for name in tensors if name not in own]
    if missing or extra:
        raise GradatimError(
            f"{where} do not fit this network: "
            + "; ".join(
                f"{word} {', '.join(names[:5])}{', …' if len(names) > 5 else ''}"
                for word, names in (("missing", missing), ("unknown", extra))
                if names
            )
        )
    for name, tensor in tensors.items():
        if tensor.shape != own[name].shape:
            raise GradatimError(
                f"{where} do not fit this network: {name} has shape {tuple(tensor.shape)}, "
                f"expected {tuple(own[name].shape)}"
            )
    module.load_state_dict(tensors)
