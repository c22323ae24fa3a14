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
from gradatim.explain.figures.network import Connections, network_figure
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
        begun = Network(_stack(entry), seed)
        layers = connections(begun.entries, begun.parameters)
        figure = network_figure(layers, f"{entry['name']}, its weights drawn with seed {seed}")
        return Drawing(figure, {"parameters": begun.theta.size})
    if asked.arguments or asked.options:
        raise UsageError("a run's network is complete: no option and no key=value can be given")
    run = as_run(thing)
    trained = run.trained
    if trained.network is None:
        raise UsageError(
            f"{run.path} has a network of your own class {trained.own_class}, which is not drawn"
        )
    arrays = parameters_of(trained.model)
    layers = connections(_stack(trained.network), arrays)
    inputs, outputs = _names(trained)
    figure = network_figure(layers, f"The network of {name_of(run)}", inputs, outputs)
    return Drawing(figure, {"parameters": sum(array.size for array in arrays.values())})


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


def _stack(entry: dict[str, Any]) -> list[dict[str, Any]]:
    layers = expand(entry)
    if layers is None:
        raise UsageError(f"{entry['name']} is no stack of layers, and is not drawn unit by unit")
    return layers
