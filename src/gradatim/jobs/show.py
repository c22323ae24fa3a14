"""Show: one thing of the catalogue, explained from where it is written."""

import inspect
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError


def show(name: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every row with this name, with its text and call; for a network given arguments, its layers and
    parameters.

    >>> show("mlp", {"in_features": 2, "hidden": 3, "out_features": 1})["parameters"]
    13
    """
    rows = catalog.lookup(name)
    result: dict[str, Any] = {"entries": [_explained(row) for row in rows]}
    network = next((row for row in rows if row.kind == "network"), None)
    if arguments and network is None:
        raise UsageError(f"{name} is no network; arguments are for networks")
    if arguments and network is not None:
        result |= _layers(name, arguments)
    return result


def _explained(row: catalog.Entry) -> dict[str, Any]:
    thing = row.load()
    doc = inspect.getdoc(thing) or row.sentence
    text = doc.split("\n>>> ")[0].split("\nRaises ")[0].rstrip()
    return {**row._asdict(), "text": text, "call": _call(thing)}


def _call(thing: Any) -> str:
    """The call with its defaults: `adam(params, lr=0.001, …)`, types left out."""
    words = []
    for name, parameter in inspect.signature(thing).parameters.items():
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            words.append(name if parameter.default is parameter.empty else f"{name}={parameter.default!r}")
    return f"{thing.__name__}({', '.join(words)})"


def _layers(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    from gradatim.models.building import build
    from gradatim.models.layer_table import layer_table

    entry = {"name": name, **arguments}
    network = build(entry)
    total = sum(p.numel() for p in network.parameters())
    first = next((layer for layer in network.modules() if hasattr(layer, "in_features")), None)
    if first is None:
        return {"parameters": total, "layers": []}
    return {"parameters": total, "layers": layer_table(network, (first.in_features,))}  # type: ignore[arg-type]
