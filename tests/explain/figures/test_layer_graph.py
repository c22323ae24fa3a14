"""Any network drawn as a graph: what exists is drawn, and counted."""

import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from torch import nn

from gradatim.checks import UsageError
from gradatim.explain.figures.layer_graph import SHEETS, layer_graph_figure
from gradatim.explain.figures.style import use_theme
from gradatim.models.graph import graph
from gradatim.nn import LSTM, Lateral, MaskedDense


def drawn(*layers):
    picture = layer_graph_figure(graph(nn.Sequential(*layers)).layers, "a network")
    with use_theme("light") as theme:
        figure = Figure()
        picture.draw(figure, theme)
    return figure.axes[0]


def lines(axes):
    return sum(len(one.get_segments()) for one in axes.collections if isinstance(one, LineCollection))


def arrows(axes):
    return sum(isinstance(one, FancyArrowPatch) for one in axes.patches)


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_two_layers_are_a_bipartite_graph_and_only_connections_that_exist_are_drawn():
    assert lines(drawn(nn.Linear(4, 3), nn.Linear(3, 2))) == 12 + 6
    axes = drawn(MaskedDense([[1, 0], [0, 1], [1, 1]]), nn.Linear(3, 2))
    assert lines(axes) == 4 + 6
    assert "partially\nconnected\n4 weights\n3 biases" in words(axes)


def test_a_lateral_layer_has_arcs_and_no_column_and_a_recurrent_one_loops():
    axes = drawn(nn.Linear(2, 3), Lateral(3))
    assert (lines(axes), arrows(axes)) == (6, 2) and "lateral\n6 weights" in words(axes)
    axes = drawn(LSTM(2, 4), nn.Linear(4, 1))
    assert arrows(axes) == 4 + 3  # a loop a unit, an arc between neighbours
    assert drawn(Lateral(2)).axes is not None


def test_a_convolution_is_sheets_and_a_window():
    axes = drawn(nn.Conv2d(1, 6, 5), nn.Conv2d(6, 3, 3))
    assert sum(isinstance(one, Rectangle) for one in axes.patches) == 1 + SHEETS + 3 + 2  # maps, windows
    assert "hidden 1\n6 maps" in words(axes) and "convolution\n5×5\n150 weights\n6 biases" in words(axes)


def test_a_network_that_does_not_fit_is_refused():
    with pytest.raises(UsageError, match=r"^20 layers do not fit a picture"):
        drawn(*(nn.Linear(2, 2) for _ in range(20)))
