"""Attention as a picture: what is written and framed where, and sentences that cannot be drawn."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gradatim.checks import UsageError
from gradatim.explain.figures.attention import attention_figure
from gradatim.explain.figures.style import use_theme, write_figure

WEIGHTS = np.array([[0.7, 0.28, 0.02], [0.1, 0.2, 0.7]])


def drawn(weights, source, said):
    figure = Figure()
    with use_theme("light") as theme:
        attention_figure(weights, source, said, "A title").draw(figure, theme)
    return figure.axes[0]


def test_numbers_and_frames_stand_where_the_weights_are():
    axes = drawn(WEIGHTS, ["das", "Haus", "<end>"], ["house", "<end>"])
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written == {(0, 0): ".70", (1, 0): ".28", (0, 1): ".10", (1, 1): ".20", (2, 1): ".70"}
    frames = [patch.get_xy() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert frames == [(-0.5, -0.5), (1.5, 0.5)]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["das", "Haus", "<end>"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["house", "<end>"]
    np.testing.assert_array_equal(axes.images[0].get_array(), WEIGHTS)


def test_where_there_is_no_room_no_number_is_written():
    assert not drawn(np.full((2, 40), 0.5), ["a"] * 40, ["b", "c"]).texts


def test_it_is_written_and_says_in_words_what_it_shows(tmp_path):
    picture = attention_figure(
        WEIGHTS, ["a", "b", "c"], ["d", "e"], "A title that is much longer than the words"
    )
    assert picture.words.endswith("before 'd' most at 'a', 0.70; before 'e' most at 'c', 0.70")
    assert picture.size[0] > 4
    path = write_figure(picture, tmp_path / "attention.svg", "dark")
    assert "most at" in path.read_text()


@pytest.mark.parametrize(
    ("weights", "source", "said", "sentence"),
    [
        (WEIGHTS, ["a"], ["d", "e"], r"the weights of 2 words over 1 are \(2, 1\); these are \(2, 3\)"),
        (np.zeros((0, 1)), ["a"], [], "attention is drawn for sentences of 1 to 60 words"),
        (np.zeros((1, 61)), ["a"] * 61, ["b"], "attention is drawn for sentences of 1 to 60 words"),
    ],
)
def test_sentences_that_cannot_be_drawn_are_refused(weights, source, said, sentence):
    with pytest.raises(UsageError, match=sentence):
        attention_figure(weights, source, said, "")
