"""A8: depth and width as the papers count them, connections counted one by one."""

import pytest
import torch
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.models.building import make
from gradatim.models.graph import graph
from gradatim.models.graph_by_hand import graph_by_hand
from gradatim.nn import LSTM, Lateral, LocallyConnected2d, MaskedDense


def of(name, **arguments):
    with torch.device("meta"):
        network = make({"name": name, **arguments})
    return graph(network), network


@pytest.mark.parametrize(
    ("name", "arguments", "layers"),
    [
        ("alexnet", {}, 8), ("vgg11", {}, 11), ("vgg16", {}, 16), ("vgg19", {}, 19), ("googlenet", {}, 22),
        ("resnet18", {}, 18), ("resnet50", {}, 50), ("resnet152", {}, 152), ("resnet110", {}, 110),
        ("densenet121", {}, 121), ("densenet201", {}, 201),
        ("densenet_cifar", {"depth": 40, "growth": 12}, 40),
        ("lenet5", {}, 7),  # "seven layers, not counting the input"
        ("mlp", {"in_features": 4, "hidden": [3, 2], "out_features": 1}, 3),
    ],
)  # fmt: skip
def test_the_name_of_a_network_counts_its_layers_of_weights(name, arguments, layers):
    """What a paper calls n layers is n − 1 hidden layers and the outputs."""
    found, network = of(name, **arguments)
    assert found.depth == layers - 1
    inside = sum(layer.weights + layer.biases for layer in found.layers)
    assert inside + found.elsewhere == sum(p.numel() for p in network.parameters())


def test_dense_layers_are_complete_bipartite_graphs():
    found, _ = of("mlp", in_features=4, hidden=[3, 2], out_features=1)
    assert found.width == [3, 2]
    assert [(layer.inputs, layer.units, layer.weights, layer.biases) for layer in found.layers] == [
        (4, 3, 12, 3), (3, 2, 6, 2), (2, 1, 2, 1)
    ]  # fmt: skip
    assert {layer.words for layer in found.layers} == {"complete bipartite"}


def test_every_kind_of_connection_is_counted():
    layers = [
        MaskedDense([[1, 0], [0, 1], [1, 1]]), Lateral(3), nn.Linear(3, 2),
        nn.Conv2d(3, 8, 5, bias=False), LocallyConnected2d(1, 2, 4, 3, bias=False), LSTM(3, 4),
        nn.Embedding(7, 3),
    ]  # fmt: skip
    found = [graph(nn.Sequential(layer)).layers[0] for layer in layers]
    assert [(layer.kind, layer.weights) for layer in found] == [
        ("partial", 4), ("lateral", 3 * 2), ("dense", 6), ("convolution", 8 * 3 * 25),
        ("local", 2 * 2 * 2 * 9), ("recurrent", 4 * 4 * (3 + 4)), ("embedding", 21),
    ]  # fmt: skip
    assert found[0].connections == [[1, 0], [0, 1], [1, 1]] and found[3].kernel == (5, 5)


def test_a_lateral_layer_is_no_layer_of_its_own():
    found = graph(nn.Sequential(nn.Linear(2, 3), Lateral(3), nn.Linear(3, 1)))
    assert (found.depth, found.width) == (1, [3])


def test_lenet_5_reads_60_of_96_maps():
    """Table I of LeCun et al. 1998."""
    found, _ = of("lenet5")
    c3 = found.layers[2]
    assert sum(map(sum, c3.connections)) == 60 and (c3.units, c3.inputs) == (16, 6)
    assert (c3.weights, c3.biases) == (1500, 16)


def test_stacked_recurrent_layers_count_and_a_network_without_weights_has_no_graph():
    assert graph(nn.Sequential(LSTM(3, 4, 2), nn.Linear(4, 1))).depth == 2
    assert graph(nn.Sequential(nn.ReLU())) is None


def test_a_dense_network_by_hand_has_the_same_graph():
    layers = [
        {"name": "masked_dense", "mask": [[1, 0], [0, 1], [1, 1]]}, {"name": "tanh"},
        {"name": "dense", "in_features": 3, "out_features": 2, "bias": False},
    ]  # fmt: skip
    found, _ = of("stack", layers=layers)
    assert graph_by_hand(Network(layers)) == found
    assert graph_by_hand(Network([{"name": "lstm", "input_size": 2, "hidden_size": 3}])) is None
