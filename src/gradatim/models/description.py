"""The description of a network: names of the catalogue and their arguments; no torch, and no code is run.

    {"format": 1, "network": {"name": "mlp", "in_features": 64, "out_features": 10, "hidden": [64]}}

A plain stack is the network `stack` with a list of such entries. Weights may stand inline, by parameter name:
{"format": 1, "network": …, "weights": {"1.weight": [[…]], "1.bias": […]}}.
"""

import inspect
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError, did_you_mean, plain_numbers, shown, unknown_argument
from gradatim.files import check_format

Entry = dict[str, Any]
FORMAT = 1  # of a description
KINDS = ("layer", "activation", "network")


def network_of(description: object) -> Entry:
    """The network's entry in a description, which may also stand alone as {"name": …}."""
    if isinstance(description, dict) and "format" in description:
        description = check_format(description, "the description", "description", FORMAT).get("network")
    if not isinstance(description, dict) or not isinstance(description.get("name"), str):
        raise UsageError(f'a network is described as {{"name": NAME, …}}; this is {shown(description)}')
    try:
        return plain_numbers(description)
    except RecursionError:  # what is nested so deeply is refused where it is built
        return description


def describe(network: Entry) -> dict[str, Any]:
    """The description that a file holds."""
    return {"format": FORMAT, "network": network}


def row_of(entry: object) -> catalog.Entry:
    """The catalogue's row for one entry, its arguments checked by name."""
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise UsageError(f'a layer is described as {{"name": NAME, …}}; this is {shown(entry)}')
    name = entry["name"]
    rows = {row.name: row for row in catalog.entries() if row.kind in KINDS}
    if name not in rows:
        raise UsageError(f"unknown layer or network {shown(name)}: {did_you_mean(name, rows)}")
    return rows[name]


def arguments_of(entry: Entry, function: Any) -> dict[str, Any]:
    """The entry's arguments, if they are those that the function takes."""
    given = {key: value for key, value in entry.items() if key != "name"}
    takes = parameters_of(function)
    for key in given:
        if key not in takes:
            raise unknown_argument(entry["name"], key, takes)
    for key, parameter in takes.items():
        if parameter.default is parameter.empty and key not in given:
            raise UsageError(f"{entry['name']} needs the argument {key!r}")
    return given


def parameters_of(function: Any) -> dict[str, inspect.Parameter]:
    """The named parameters of a class or function, but for the input z of an activation and the name of a
    network in its family.
    """
    parameters = inspect.signature(function).parameters.items()
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {key: value for key, value in parameters if value.kind in named and key not in ("z", "name")}


def expand(network: Entry) -> list[Entry] | None:
    """The layers of a network that is a stack of them, without importing torch; None for one that is not."""
    row = row_of(network)
    if row.kind != "network":
        return [network]
    function = row.load()
    arguments = arguments_of(network, function)
    if inspect.isclass(function):
        return None
    try:
        layers = function(**arguments)
    except RecursionError as error:
        raise UsageError("the description is nested too deeply") from error
    if not isinstance(layers, list):
        raise UsageError(f"{network['name']} needs a list of layers; this is {shown(layers)}")
    return layers
