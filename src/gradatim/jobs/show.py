"""Show: one thing of the catalogue, explained from where it is written; a run; a module."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim import catalog, files
from gradatim.catalog.commands import commands_for, with_imports
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import Parameter, source_of
from gradatim.checks import UsageError
from gradatim.explain.costs_text import costs
from gradatim.explain.entry_text import entry_text
from gradatim.explain.graph_text import graph_text
from gradatim.models.costs import costs as costs_of_network
from gradatim.models.costs import with_input_size
from gradatim.models.description import parameters_of
from gradatim.planning.starting_weights import begin_with, weights_source

if TYPE_CHECKING:
    from gradatim.runs.folder import Folder
    from gradatim.runs.trained import Trained


class Shown(dict):
    """What `show` found; printed it is the text that the command line prints."""

    def __str__(self) -> str:
        return shown_text(self)

    __repr__ = __str__


def show(
    thing: Any, arguments: dict[str, Any] | None = None, input_size: Any = None, batch_size: int = 1,
    optimizer: str = "adam", weights: str | Path | None = None, pretrained: bool = False,
    example: Any = None,
) -> Shown:  # fmt: skip
    """A thing of the catalogue by name, a run, or a torch module of your own: a dictionary that prints as
    text.

    Of a name: every row with it, with its text and call; for a network its layers and what they cost, where
    its arguments have defaults or are given; and whether weights fit it. Of a run, or its folder: its summary
    and layers. Of a module: its layers, shapes, parameters, multiply-adds and memory for an `input_size`, the
    shape of one example, or an `example`, a batch of tensors as the module is called with it.

    >>> show("mlp", {"in_features": 2, "hidden": 3, "out_features": 1})["parameters"]
    13

    Raises UsageError for an unknown name, and for a module that cannot read such an input.
    """
    if not isinstance(thing, str | Path) and callable(getattr(thing, "named_modules", None)):
        if arguments or weights or pretrained:
            raise UsageError("arguments and weights are for networks of the catalogue; a module has its own")
        return Shown(_module(thing, input_size, example, batch_size, optimizer))
    if example is not None:
        raise UsageError("an example is for a torch module")
    if (folder := _run_folder(thing)) is not None:
        if arguments or input_size is not None or weights is not None or pretrained:
            raise UsageError(f"{folder} is a run; arguments are for networks")
        from gradatim.jobs.summary import summarise
        from gradatim.runs.trained import load_trained

        trained = load_trained(folder)
        return Shown({"run": {**summarise(folder, trained), **_graph_of_run(trained)}})
    return Shown(_named(str(thing), arguments, input_size, batch_size, optimizer, weights, pretrained))


def _module(module: Any, input_size: Any, example: Any, batch_size: int, optimizer: str) -> dict[str, Any]:
    from gradatim.models.module_costs import module_costs

    found = module_costs(module, input_size, example, batch_size, optimizer)
    return {**found, **_graph(module)}


def _run_folder(thing: Any) -> "Folder | None":
    """The folder of a run, by itself, its path, or its name where the catalogue has none like it."""
    if isinstance(thing, str) and thing in {row.name for row in catalog.entries()}:
        return None
    from gradatim.runs.folder import RUNS, find

    if not isinstance(thing, str | Path):
        return find(thing)
    there = any(map(files.is_folder, (thing, RUNS / thing)))
    return find(thing) if there else None


def _named(
    name: str, arguments: dict[str, Any] | None, input_size: Any, batch_size: int, optimizer: str,
    weights: str | Path | None, pretrained: bool,
) -> dict[str, Any]:  # fmt: skip
    """What there is of a name of the catalogue."""
    rows, begin = catalog.lookup(name), weights_source(weights, pretrained)
    result: dict[str, Any] = {"entries": [explained(row) for row in rows]}
    network = next((row for row in rows if row.kind == "network"), None)
    if rows[0].kind == "page":
        result["page"] = rows[0].load()()
    if network is None:
        if arguments or input_size is not None or begin is not None:
            raise UsageError(f"{name} is no network; arguments are for networks")
        return result
    if begin is not None:
        result["weights"] = _fit(name, arguments or {}, input_size, begin)
    takes = parameters_of(network.load())
    if arguments or all(parameter.default is not parameter.empty for parameter in takes.values()):
        result |= costs_of_network(name, arguments or {}, input_size, batch_size, optimizer) or {}
        result |= _graph_of(name, with_input_size(name, arguments or {}, input_size))
    elif input_size is not None:
        raise UsageError(f"{name} needs arguments before it has layers: see gradatim show {name}")
    return result


def shown_text(found: dict[str, Any], width: int | None = None) -> str:
    """What `show` found, as text for a terminal of so many columns."""
    if "page" in found:
        from gradatim.explain.pages.text import page_text

        return page_text(found["page"], width)
    if "run" in found:
        from gradatim.explain.run_summary import summary_text

        return summary_text(found["run"], layers=True)
    if "module" not in found:
        return entry_text(found, width)
    return "\n\n".join([costs(found, width), *([graph_text(found["graph"])] if "graph" in found else [])])


def as_json(found: dict[str, Any]) -> dict[str, Any]:
    """What `show` found, as JSON holds it."""
    return {**found, "page": found["page"].as_json()} if "page" in found else found


def page_to(path: Path, found: dict[str, Any], theme: str) -> None:
    """Write a page that `show` found, as an .html file."""
    from gradatim.jobs.trace import write_page

    if "page" not in found:
        raise UsageError(f"--out is for pages ({', '.join(catalog.names('page'))}); --svg draws a network")
    write_page(found["page"], path, theme)


def draw_to(path: Path, found: dict[str, Any]) -> None:
    """Write the picture of a network that `show` found, as an SVG file."""
    from gradatim.explain.architecture import draw

    if "entries" not in found:
        raise UsageError("a network of the catalogue is drawn: gradatim plot network RUN draws a run's")
    row = next((row for row in found["entries"] if row["kind"] == "network"), None)
    if row is None or not found.get("layers"):
        raise UsageError(
            f"{found['entries'][0]['name']} has no layers to draw: name a network, with arguments"
        )
    if path.suffix.lower() != ".svg":
        raise UsageError(f"a network is drawn into an .svg file, not into {path}")
    paper = f"{row['paper']} ({row['year']})" if row["paper"] else ""
    files.write(path, draw(row["name"], found, paper))


def _graph_of(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The graph of a network of the catalogue, which takes no memory for its weights."""
    import torch

    from gradatim.models.building import make

    with torch.device("meta"):
        return _graph(make({"name": name, **arguments}))


def _graph_of_run(trained: "Trained") -> dict[str, Any]:
    """The graph of a run's network; one of dense layers by hand is read without torch."""
    from gradatim.by_hand.network import Network
    from gradatim.models.graph_by_hand import graph_by_hand

    found = graph_by_hand(trained.model) if isinstance(trained.model, Network) else None
    return _graph(trained.module()) if found is None else {"graph": found.as_dict()}


def _graph(module: Any) -> dict[str, Any]:
    """Depth, width and connections of a module; nothing where it has no layer that is known."""
    from gradatim.models.graph import graph

    found = graph(module)
    return {} if found is None else {"graph": found.as_dict()}


def _fit(name: str, arguments: dict[str, Any], input_size: Any, weights: str | Path) -> str:
    """Where weights that fit came from, and what of the network they leave as drawn; GradatimError if not."""
    from gradatim.models.building import build

    entry = {"name": name, **with_input_size(name, arguments, input_size)}
    return begin_with(build(entry), entry, weights)


def explained(row: catalog.Entry) -> dict[str, Any]:
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
