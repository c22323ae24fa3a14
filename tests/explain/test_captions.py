"""Captions explained: baselines that need no network, and heat maps on the picture."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from gradatim.data.captions import captioned_pictures
from gradatim.explain.caption_baselines import BesideCaptions
from gradatim.explain.figures.picture_attention import attention_tiles, enlarge, picture_attention
from gradatim.explain.figures.style import use_theme
from gradatim.problems.caption import Caption


class Trained:
    problem = Caption(("<unk>", "<end>", "a"), "cross_entropy")


def test_baselines_are_the_commonest_caption_and_that_of_the_nearest_picture():
    x = np.random.default_rng(0).integers(0, 255, (6, 3, 8, 8), dtype=np.uint8)
    train = captioned_pictures(x[:4], [("one", "three"), "two", "three", "four"])
    near = np.clip(x[[3, 1]].astype(int) + 3, 0, 255).astype(np.uint8)
    beside = BesideCaptions(train, captioned_pictures(near, ["four", "three"]), Trained(), None, 0)
    answers = {name: fit() for name, _, fit in beside.models()}
    assert answers["commonest caption"].tolist() == ["three"] * 2
    assert answers["nearest picture"].tolist() == ["four", "two"]
    assert beside.measures(answers["nearest picture"])["exact"] == 0.5


def test_a_map_is_linear_between_the_middles_of_its_places():
    map_ = np.array([[0.0, 1.0], [2.0, 3.0]])
    found = enlarge(map_, 4, 6)
    assert found.shape == (4, 6) and found[0, 0] == 0 and found[-1, -1] == 3
    np.testing.assert_allclose(found[:, 0], [0, 0.5, 1.5, 2])
    np.testing.assert_allclose(found[0], [0, 0, 1 / 3, 2 / 3, 1, 1], atol=1e-12)
    np.testing.assert_allclose(enlarge(map_, 2, 2), map_)


def test_a_word_s_picture_is_light_where_it_is_looked_at():
    picture = np.full((3, 64, 64), 100, np.uint8)
    weights = np.zeros((2, 4, 4))
    weights[0, 0, 0], weights[1, 3, 1] = 0.5, 0.01  # each as shares of its largest
    tiles = attention_tiles(picture, weights)
    assert tiles.shape == (2, 192, 192, 3)
    darkest, lightest = 0.35 * 100 / 255, 100 / 255 + 0.25
    np.testing.assert_allclose([tiles[0, 0, 0, 0], tiles[1, -1, 72, 2]], lightest, rtol=0.01)
    np.testing.assert_allclose([tiles[0, -1, -1, 0], tiles[1, 0, 0, 1]], darkest, rtol=0.01)


@pytest.mark.parametrize("channels", [1, 3])
def test_every_word_has_its_picture(channels):
    drawn = picture_attention(
        np.zeros((channels, 8, 8), np.uint8), ["a", "red", "dog"], np.ones((3, 2, 2)), "A title"
    )
    figure = Figure()
    with use_theme("light") as theme:
        drawn.draw(figure, theme)
    names = [axes.get_title(loc="center") for axes in figure.axes if axes.images]
    assert names == ["", "a", "red", "dog"] and "a red dog" in drawn.words
