"""Show: one thing of the catalogue, explained from where it is written."""

from pathlib import Path
from typing import Any

from gradatim import catalog
from gradatim.catalog.commands import commands_for, with_imports
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import Parameter, source_of
from gradatim.checks import UsageError
from gradatim.models.costs import costs, with_input_size
from gradatim.models.description import parameters_of
from gradatim.planning.starting_weights import begin_with, weights_source


def show(
    name: str, arguments: dict[str, Any] | None = None, input_size: Any = None, batch_size: int = 1,
    optimizer: str = "adam", weights: str | Path | None = None, pretrained: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Every row with this name, with its text and call; for a network its layers and what they cost, where
    its arguments have defaults or are given; and whether weights fit it.

    >>> show("mlp", {"in_features": 2, "hidden": 3, "out_features": 1})["parameters"]
    13
    """
    rows, begin = catalog.lookup(name), weights_source(weights, pretrained)
    result: dict[str, Any] = {"entries": [_explained(row) for row in rows]}
    network = next((row for row in rows if row.kind == "network"), None)
    if network is None:
        if arguments or input_size is not None or begin is not None:
            raise UsageError(f"{name} is no network; arguments are for networks")
        return result
    if begin is not None:
        result["weights"] = _fit(name, arguments or {}, input_size, begin)
    takes = parameters_of(network.load())
    if arguments or all(parameter.default is not parameter.empty for parameter in takes.values()):
        result |= costs(name, arguments or {}, input_size, batch_size, optimizer) or {}
    elif input_size is not None:
        raise UsageError(f"{name} needs arguments before it has layers: see gradatim show {name}")
    return result


def draw_to(path: Path, found: dict[str, Any]) -> None:
    """Write the picture of a network that `show` found, as an SVG file."""
    from gradatim import files
    from gradatim.explain.architecture import draw

    row = next((row for row in found["entries"] if row["kind"] == "network"), None)
    if row is None or not found.get("layers"):
        raise UsageError(
            f"{found['entries'][0]['name']} has no layers to draw: name a network, with arguments"
        )
    if path.suffix.lower() != ".svg":
        raise UsageError(f"a network is drawn into an .svg file, not into {path}")
    paper = f"{row['paper']} ({row['year']})" if row["paper"] else ""
    files.write(path, draw(row["name"], found, paper))


def _fit(name: str, arguments: dict[str, Any], input_size: Any, weights: str | Path) -> str:
    """Where weights that fit came from, and what of the network they leave as drawn; GradatimError if not."""
    from gradatim.models.building import build

    entry = {"name": name, **with_input_size(name, arguments, input_size)}
    return begin_with(build(entry), entry, weights)


def _explained(row: catalog.Entry) -> dict[str, Any]:
    """A row with what is written of it, read from the source: nothing is imported for it."""
    source = source_of(row.home)
    doc = parts_of(source.doc)
    parameters = [{**p._asdict(), "says": doc.says_of(p.name)} for p in source.parameters]
    return {
        **row._asdict(),
        "text": doc.text,
        "equation": doc.equation,
        "shapes": doc.shapes,
        "raises": doc.raises,
        "parameters": parameters,
        "call": _call(row.home.split(":")[1], source.parameters),
        "example": {"python": with_imports(doc.example, source), "commands": commands_for(row)},
        "file": str(source.path),
        "line": source.line,
    }


def _call(name: str, parameters: list[Parameter]) -> str:
    """The call with its defaults: `Adam(params, lr=0.001, …)`, types left out."""
    words = [p.name if p.default is None else f"{p.name}={p.default}" for p in parameters]
    return f"{name}({', '.join(words)})"
