"""A8: the graph in words."""

import pytest

from gradatim import show
from gradatim.explain.graph_text import depth_words


def test_a_small_network_layer_by_layer():
    text = str(show("mlp", {"in_features": 4, "hidden": [5, 3], "out_features": 1}))
    assert "graph           depth 2 (hidden layers), width 5, 3" in text
    rows = [line.split() for line in text.split("to layer")[1].splitlines()]
    assert ["1", "4", "→", "5", "complete", "bipartite", "20", "5"] in rows
    assert ["5", "3", "→", "1", "complete", "bipartite", "3", "1"] in rows


@pytest.mark.slow
def test_a_large_network_by_its_connections():
    text = str(show("resnet50"))
    assert "graph           depth 49 (hidden layers), width 64 to 2,048" in text
    rows = [line.split() for line in text.split("connected", 1)[1].splitlines()]
    assert ["local,", "weights", "shared,", "3×3", "16", "11,317,248", "0"] in rows
    assert ["complete", "bipartite", "1", "2,048,000", "1,000"] in rows
    graph = show("resnet50")["graph"]
    weights = sum(row["weights"] + row["biases"] for row in graph["layers"])
    assert weights + graph["elsewhere"] == 25_557_032


@pytest.mark.parametrize(
    ("depth", "width", "words"),
    [
        (0, [], "depth 0 (no hidden layer)"),
        (1, [3], "depth 1 (hidden layers), width 3"),
        (4, [8, 8, 8, 2], "depth 4 (hidden layers), width 8 ×3, 2"),
        (20, list(range(20, 0, -1)), "depth 20 (hidden layers), width 1 to 20"),
    ],
)
def test_depth_and_width(depth, width, words):
    assert depth_words({"depth": depth, "width": width}) == words
