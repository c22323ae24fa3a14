"""A network drawn: widths, signs, and units left out."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from gradatim.checks import UsageError
from gradatim.explain.figures.network import MOST_UNITS, Connections, column, network_figure, width
from gradatim.explain.figures.style import use_theme, write_figure

W1 = np.array([[2.0, -1.0], [0.5, 0.0], [-2.0, 1.0]])
W2 = np.array([[1.0, -0.5, 0.25]])


def lines_of(picture):
    """(start, end) → (width, dashed), of every connection drawn."""
    with use_theme("light") as theme:
        figure = Figure()
        picture.draw(figure, theme)
    found = {}
    for collection in figure.axes[0].collections:
        if not hasattr(collection, "get_segments"):
            continue
        dashed = collection.get_linestyle()[0][1] is not None if collection.get_segments() else False
        for segment, wide in zip(collection.get_segments(), collection.get_linewidths(), strict=True):
            ends = tuple(tuple(np.round(end, 6).tolist()) for end in segment)
            found[ends] = (float(wide), dashed)
    return found


def test_every_connection_is_a_line_as_wide_as_its_weight_and_dashed_below_0():
    found = lines_of(network_figure([Connections(W1), Connections(W2)], "2–3–1"))
    columns = [column(size).heights for size in (2, 3, 1)]
    expected = {}
    for x, W in enumerate((W1, W2)):
        for j, i in np.ndindex(*W.shape):
            ends = ((float(x), round(columns[x][i], 6)), (x + 1.0, round(columns[x + 1][j], 6)))
            expected[ends] = (width(W[j, i], 2.0), bool(W[j, i] <= 0))
    assert found == expected and len(found) == 9


def test_connections_that_do_not_exist_are_not_drawn():
    mask = np.array([[1, 0], [0, 1], [1, 1]], bool)
    assert len(lines_of(network_figure([Connections(W1 * mask, mask)], ""))) == 4


@pytest.mark.parametrize("size", [1, 2, MOST_UNITS, MOST_UNITS + 1, 512])
def test_units_are_within_the_picture_and_apart(size):
    found = column(size)
    assert max(map(abs, found.heights)) <= 1
    gaps = -np.diff(found.heights)
    assert (gaps >= 1.9 / (MOST_UNITS - 1) - 1e-9).all() if size > 1 else found.heights == [0]
    assert found.units[0] == 0 and found.units[-1] == size - 1 and len(set(found.units)) == len(found.units)
    if size > MOST_UNITS:  # the dots stand where a unit is missing
        step = min(gaps)
        assert min(abs(found.dots - height) for height in found.heights) == pytest.approx(step)


def test_names_sizes_and_activations_are_written(tmp_path):
    layers = [Connections(np.ones((40, 2)), None, "tanh"), Connections(np.ones((2, 40)))]
    text = write_figure(
        network_figure(layers, "A net", ["width", "height"], ["cat", "dog"]), tmp_path / "n.svg"
    )
    words = text.read_text()
    for word in ("A net", "inputs", "hidden 1", "outputs", "40", "⋮", "tanh", "width", "dog"):
        assert f">{word}</text>" in words
    assert "as wide as ∣w∣ = 1" in words


def test_weights_of_0_are_drawn_thin_and_do_not_divide_by_0():
    found = lines_of(network_figure([Connections(np.zeros((2, 2)))], ""))
    assert {wide for wide, _ in found.values()} == {0.25}


def test_what_is_no_row_of_layers_is_refused():
    with pytest.raises(UsageError, match="a layer of 2 inputs follows one of 3 units"):
        network_figure([Connections(W1), Connections(W1)], "")
    with pytest.raises(UsageError, match="11 layers of weights do not fit"):
        network_figure([Connections(np.ones((1, 1)))] * 11, "")
