"""The graph of a network by hand whose layers are dense, without torch (curriculum A8)."""

from gradatim.by_hand.layers.dense import Dense
from gradatim.by_hand.layers.masked_dense import MaskedDense
from gradatim.by_hand.network import Network
from gradatim.models.graph_record import Graph, GraphLayer, depth_of


def graph_by_hand(network: Network) -> Graph | None:
    """The layers, their connections and depth; None where a layer with parameters is not dense.

    >>> dense = {"name": "dense", "in_features": 4, "out_features": 3}
    >>> graph_by_hand(Network([dense, {"name": "relu"}, {**dense, "in_features": 3}])).width
    [3]
    """
    layers = []
    for name, layer in network.named_layers:
        if isinstance(layer, Dense):
            weight = layer.parameters["weight"]
            units, inputs = weight.shape
            mask = layer.mask.astype(int) if isinstance(layer, MaskedDense) else None
            kind, count = ("dense", weight.size) if mask is None else ("partial", int(mask.sum()))
            biases = sum(value.size for key, value in layer.parameters.items() if key == "bias")
            rows = None if mask is None else mask.tolist()
            layers.append(GraphLayer(name, kind, inputs, units, count, biases, (), rows))
        elif layer.shapes or layer.inner:
            return None
    return Graph(layers, 0, depth_of(layers)) if layers else None
