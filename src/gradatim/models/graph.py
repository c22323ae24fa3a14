"""A network as a weighted directed graph in layers: depth, width, and how each layer is connected (A8)."""

import re
from collections.abc import Iterator
from typing import Any

from torch import nn

from gradatim.models.graph_record import Graph, GraphLayer, depth_of
from gradatim.models.mean_of_members import MeanOfMembers
from gradatim.nn.lateral import Lateral
from gradatim.nn.masked_dense import MaskedDense

SIDEWAYS = re.compile(r"(^|\.)(downsample|shortcut|aux\w*)(\.|$)")  # beside the way from input to output
BRANCH = re.compile(r"^(.*)\.branch(\d+)(\.|$)")


def graph(network: nn.Module) -> Graph | None:
    """The layers with weights of a network in the order in which it names them; None where it has none, and
    of several networks that answer together.

    Depth is the number of hidden layers, width the units of each. Of branches side by side the longest
    counts; shortcuts and auxiliary heads do not. A lateral layer connects units that are there already.

    >>> found = graph(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1)))
    >>> found.depth, found.width, found.layers[0].words
    (1, [3], 'complete bipartite')
    """
    layers = list(_layers(network))
    if not layers or isinstance(network, MeanOfMembers):
        return None
    kept = [layer for layer in layers if not SIDEWAYS.search(layer.name)]
    homes = tuple(f"{layer.name}." if layer.name else "" for layer in kept)
    outside = [p.numel() for name, p in network.named_parameters() if not name.startswith(homes)]
    return Graph(kept, sum(outside), depth_of(_longest(kept)))


def _layers(network: nn.Module) -> Iterator[GraphLayer]:
    for name, module in network.named_modules():
        own = dict(module.named_parameters(recurse=False))
        weights = sum(p.numel() for key, p in own.items() if "bias" not in key)
        biases = sum(p.numel() for key, p in own.items() if "bias" in key)
        found = _read(module)
        if found is not None:
            kind, inputs, units = found
            yield GraphLayer(name, kind, inputs, units, *_counted(module, kind, weights, biases))


def _counted(module: Any, kind: str, weights: int, biases: int) -> tuple[Any, ...]:
    """Weights that exist, biases, the kernel, the connections and the layers in one module."""
    if kind == "partial" and isinstance(module, MaskedDense):
        rows = module._connections.astype(int)
        return int(rows.sum()), biases, (), rows.tolist()
    if kind == "partial":  # a convolution that reads some maps
        maps = range(max(max(read) for read in module.reads) + 1)
        table = [[int(one in read) for one in maps] for read in module.reads]
        return weights, biases, tuple(module.weight0.shape[1:]), table
    if kind == "lateral":
        return weights - module.features, biases
    if kind == "recurrent":
        loops = getattr(module, "num_layers", 1)
        return sum(p.numel() for p in module.parameters()) - biases, biases, (), None, loops
    if kind in ("convolution", "local"):
        spatial = len(module.weight.shape) - 2 if kind == "convolution" else module.axes
        return weights, biases, tuple(module.weight.shape[-spatial:])
    return weights, biases


def _read(module: Any) -> tuple[str, int, int] | None:
    """Kind, inputs and units of a module that has weights between layers; None for any other."""
    if isinstance(module, Lateral):
        return "lateral", module.features, module.features
    if hasattr(module, "reads") and hasattr(module, "weights"):
        return "partial", max(map(max, module.reads)) + 1, len(module.reads)
    if hasattr(module, "visible_bias"):
        return "symmetric", module.visible, module.hidden
    if hasattr(module, "input_size") and hasattr(module, "hidden_size"):
        both = 2 if getattr(module, "bidirectional", False) else 1
        return "recurrent", module.input_size, both * (getattr(module, "proj_size", 0) or module.hidden_size)
    if hasattr(module, "in_features") and hasattr(module, "weight"):
        kind = "partial" if isinstance(module, MaskedDense) else "dense"
        return kind, module.in_features, module.out_features
    if hasattr(module, "in_channels") and isinstance(getattr(module, "weight", None), nn.Parameter):
        local = type(module).__name__.startswith("LocallyConnected")
        return "local" if local else "convolution", module.in_channels, module.out_channels
    if hasattr(module, "num_embeddings"):
        return "embedding", module.num_embeddings, module.embedding_dim
    if hasattr(module, "centres"):
        return "dense", module.centres.shape[1], module.centres.shape[0]
    if type(module).__name__ == "Subsampling":
        return "subsampling", len(module.weight), len(module.weight)
    return None


def _longest(layers: list[GraphLayer]) -> list[GraphLayer]:
    """The layers on the way, the longest of the branches that stand side by side."""
    groups: dict[str, dict[str, list[GraphLayer]]] = {}
    way: list[GraphLayer] = []
    for layer in layers:
        found = BRANCH.match(layer.name)
        if found is None:
            way.append(layer)
        else:
            groups.setdefault(found[1], {}).setdefault(found[2], []).append(layer)
    return way + [layer for branches in groups.values() for layer in max(branches.values(), key=len)]
