"""Weights as pictures: every number stands at its unit's and its pixel's place."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from gradatim.explain.figures.filters import largest, map_figure, montage, tiles_figure
from gradatim.explain.figures.style import THEMES, use_theme, write_figure

DRAWS = np.random.default_rng(0)


def drawn(picture, theme="light"):
    with use_theme(theme) as colours:
        figure = Figure()
        picture.draw(figure, colours)
    return figure.axes[0].images[0]


def test_tiles_stand_in_rows_with_gaps_between_them():
    tiles = DRAWS.standard_normal((7, 3, 4))
    page = montage(tiles)
    columns = (page.shape[1] + 1) // 5
    for i, tile in enumerate(tiles):
        top, left = i // columns * 4, i % columns * 5
        np.testing.assert_array_equal(page[top : top + 3, left : left + 4], tile)
    assert np.isfinite(page).sum() == tiles.size


def test_the_units_with_the_largest_weights_are_shown_in_their_order():
    weights = DRAWS.standard_normal((100, 2, 3, 3))
    norms = np.linalg.norm(weights.reshape(100, -1), axis=1)
    assert largest(weights, 10).tolist() == sorted(np.argsort(norms)[-10:].tolist())


@pytest.mark.parametrize("theme", THEMES)
def test_zero_is_the_paper_and_colours_are_symmetric(theme):
    image = drawn(tiles_figure(np.array([[[-2.0, 0.0, 1.0]]]), "W", ""), theme)
    assert (image.norm.vmin, image.norm.vmax) == (-2, 2)
    paper = [int(THEMES[theme].paper[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    np.testing.assert_allclose(image.cmap(0.5)[:3], paper, atol=0.01)


def test_three_channels_are_colours_around_grey():
    tile = np.zeros((1, 1, 2, 3))
    tile[0, 0, 0] = [1, 0, -1]
    page = np.asarray(drawn(tiles_figure(tile, "W", "")).get_array())
    assert page[0, 0].tolist() == [1.0, 0.5, 0.0] and page[0, -1].tolist() == [0.5, 0.5, 0.5]


def test_a_map_names_the_inputs(tmp_path):
    weights = DRAWS.standard_normal((4, 2))
    np.testing.assert_array_equal(
        drawn(map_figure(weights, ["age", "town=Rome"], "W", "")).get_array(), weights
    )
    text = write_figure(map_figure(weights, ["age", "town=Rome"], "W", "all"), tmp_path / "m.svg").read_text()
    assert ">town=Rome</text>" in text and ">unit</text>" in text
