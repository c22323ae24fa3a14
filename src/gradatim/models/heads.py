"""The head of a network: what the number of outputs sizes, and nothing else."""

from typing import Any

import torch

from gradatim.checks import UsageError
from gradatim.models.building import make
from gradatim.models.description import Entry, parameters_of, row_of

COUNTS = ("num_classes", "out_features")  # arguments that say how many outputs there are
OUTPUTS = ("out_features", "out_channels")  # of a stack's last layer


def head_names(network: torch.nn.Module) -> tuple[str, ...]:
    """The names of the modules that a network calls its heads; nothing where it names none."""
    heads = getattr(network, "heads", ())
    return ("heads",) if isinstance(heads, torch.nn.Module) else tuple(heads)


def with_outputs(entry: Entry, outputs: int) -> Entry:
    """The description of the same network with another number of outputs.

    >>> with_outputs({"name": "mlp", "in_features": 4, "out_features": 3, "hidden": [5]}, 2)["out_features"]
    2

    Raises UsageError for a network whose outputs no argument counts.
    """
    if entry["name"] == "stack":
        return {**entry, "layers": _with_last(entry["layers"], outputs)}
    takes = parameters_of(row_of(entry).load())
    key = next((name for name in COUNTS if name in takes), None)
    if key is None:
        raise UsageError(f"no argument of {entry['name']} says how many outputs it has")
    return {**entry, key: outputs}


def _with_last(layers: list[Entry], outputs: int) -> list[Entry]:
    for place in reversed(range(len(layers))):
        key = next((name for name in OUTPUTS if name in layers[place]), None)
        if key is not None:
            return [*layers[:place], {**layers[place], key: outputs}, *layers[place + 1 :]]
    raise UsageError("no layer of the stack says how many outputs it has")


def head_of(entry: Entry, outputs: int) -> tuple[str, ...]:
    """The parameters and buffers of the head, by name: those that another number of outputs would resize.

    >>> head_of({"name": "mlp", "in_features": 4, "out_features": 3, "hidden": [5]}, 3)
    ('3.weight', '3.bias')
    """
    with torch.device("meta"):
        try:
            one, other = (make(with_outputs(entry, n)).state_dict() for n in (outputs, outputs + 1))
        except UsageError:
            return ()
    return tuple(name for name in one if name not in other or one[name].shape != other[name].shape)


def outputs_in(entry: Entry) -> Any:
    """How many outputs a description asks for; None where it does not say."""
    if entry["name"] == "stack":
        last = (layer[key] for layer in reversed(entry["layers"]) for key in OUTPUTS if key in layer)
        return next(last, None)
    return next((entry[name] for name in COUNTS if name in entry), None)
