"""A network with its weights: a run's, or as a description begins."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.dense import Dense
from gradatim.by_hand.layers.dropout import Dropout
from gradatim.by_hand.layers.elementwise import Elementwise
from gradatim.by_hand.layers.flatten import Flatten
from gradatim.by_hand.layers.masked_dense import MaskedDense
from gradatim.by_hand.layers.mean_of_members import MeanOfMembers
from gradatim.by_hand.layers.prelu import PReLU
from gradatim.by_hand.layers.softmax import Softmax
from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import TWINS, layers_of
from gradatim.checks import UsageError
from gradatim.explain.figures.layer_graph import layer_graph_figure
from gradatim.explain.figures.network import Connections, network_figure
from gradatim.explain.graph_text import depth_words
from gradatim.files import read_json
from gradatim.jobs.plots.request import Drawing, PlotRequest, as_run, name_of
from gradatim.jobs.plots.runs import parameters_of
from gradatim.models.description import expand, network_of
from gradatim.runs.trained import Trained

NAMES: dict[Any, str] = {layer: name for name, layer in TWINS.items()}


def network(asked: PlotRequest) -> Drawing:
    """A run's network; or one of a description's file, or of a name and its arguments, as it begins."""
    thing = asked.one("name a run, a description's .json file, or a network such as mlp with its arguments")
    named = isinstance(thing, str) and thing in catalog.names("network")
    if isinstance(thing, dict) or named or str(thing).endswith(".json"):
        entry = _entry(thing, asked.arguments)
        seed = asked.options.get("seed") or 0
        stack = expand(entry)
        if stack is None or not drawn_by_units(stack):
            return as_graph(_meta(entry), entry["name"])
        begun = Network(stack, seed)
        layers = connections(begun.entries, begun.parameters)
        facts = _counts(layers)
        title = f"{entry['name']}, its weights drawn with seed {seed}\n{depth_words(facts)}"
        return Drawing(network_figure(layers, title), {"parameters": begun.theta.size, **facts})
    if asked.arguments or asked.options:
        raise UsageError("a run's network is complete: no option and no key=value can be given")
    run = as_run(thing)
    trained = run.trained
    stack = None if trained.network is None else expand(trained.network)
    if stack is None or not drawn_by_units(stack):
        return as_graph(trained.module(), f"The network of {name_of(run)}")
    arrays = parameters_of(trained.model)
    layers = connections(stack, arrays)
    facts = _counts(layers)
    inputs, outputs = _names(trained)
    title = f"The network of {name_of(run)}\n{depth_words(facts)}"
    figure = network_figure(layers, title, inputs, outputs)
    return Drawing(figure, {"parameters": sum(array.size for array in arrays.values()), **facts})


def as_graph(module: Any, name: str) -> Drawing:
    """A module of any kind of layers as a graph; UsageError where it has none that is known."""
    from gradatim.models.graph import graph

    found = graph(module)
    if found is None:
        raise UsageError(f"{name} has no layers of weights that could be drawn as one graph")
    facts = found.as_dict()
    parameters = sum(parameter.numel() for parameter in module.parameters())
    title = f"{name}\n{depth_words(facts)}"
    return Drawing(layer_graph_figure(found.layers, title), {"parameters": parameters, **facts})


def drawn_by_units(stack: list[dict[str, Any]]) -> bool:
    """Whether every layer is dense, or acts on each unit alone."""
    alone = (Dense, Elementwise, PReLU, Softmax, Flatten, Dropout, MeanOfMembers)
    return all(isinstance(layer, alone) for _, layer in layers_of(stack)) if _have_twins(stack) else False


def _have_twins(stack: list[dict[str, Any]]) -> bool:
    """Whether each layer of a stack is known by hand, as far as names say."""
    return all(layer.get("name") in {*TWINS, "stack", "mlp"} for layer in stack)


def _counts(layers: list[Connections]) -> dict[str, Any]:
    """Depth, width, and the weights that exist between every two layers."""
    counts = [int(one.weight.size if one.exist is None else one.exist.sum()) for one in layers]
    return {
        "depth": len(layers) - 1, "width": [one.weight.shape[0] for one in layers[:-1]], "weights": counts
    }  # fmt: skip


def _meta(entry: dict[str, Any]) -> Any:
    """The network without numbers."""
    import torch

    from gradatim.models.building import make

    with torch.device("meta"):
        return make(entry)


def _names(trained: Trained) -> tuple[Sequence[str], Sequence[str]]:
    """What the inputs and the outputs are called; the figure leaves out names that are not one a unit."""
    classes = [str(name) for name in trained.problem.names]
    outputs = [f"p({classes[1]})"] if trained.problem.head().outputs == 1 and len(classes) == 2 else classes
    return trained.encoder.names(trained.features), outputs


def connections(entries: list[dict[str, Any]], arrays: dict[str, np.ndarray]) -> list[Connections]:
    """The layers of weights, and what stands behind each; UsageError for a layer that is not drawn."""
    found: list[Connections] = []
    for name, layer in layers_of(entries):
        if isinstance(layer, Dense):
            mask = layer.mask if isinstance(layer, MaskedDense) else None
            found.append(Connections(arrays[f"{name}.weight"], mask))
        elif isinstance(layer, Elementwise | PReLU | Softmax) and found:
            behind = ", ".join(filter(None, (found[-1].behind, NAMES[type(layer)])))
            found[-1] = found[-1]._replace(behind=behind)
        elif not isinstance(layer, Flatten | Dropout | Elementwise | PReLU | Softmax):
            if isinstance(layer, MeanOfMembers):
                raise UsageError(
                    f"{len(layer.named)} networks answer together here; train one to draw it: --members 1"
                )
            called = NAMES.get(type(layer), type(layer).__name__)
            drawn = "dense layers and elementwise activations are"
            raise UsageError(f"layer {name}, {called}, cannot be drawn unit by unit; {drawn}")
    if not found:
        raise UsageError("the network has no dense layer, so there is no connection to draw")
    return found


def _entry(thing: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    if isinstance(thing, str) and not thing.endswith(".json"):
        return {"name": thing, **arguments}
    if arguments:
        raise UsageError("a description is complete: key=value belongs to a network's name")
    if isinstance(thing, dict):
        return network_of(thing)
    return network_of(read_json(Path(thing), "description of a network"))
