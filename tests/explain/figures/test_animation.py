"""A boundary that moves: its frames, where its line lies, and how large the file is."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gradatim.explain.figures.animation import LEFT, PAUSE, SIDE_X, Animation, Frame
from gradatim.explain.figures.boundary import Points, plane

SVG = "{http://www.w3.org/2000/svg}"
X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.5]])


def at(place):
    """Class 1 to the right of a place."""

    def probabilities(x):
        p = 1 / (1 + np.exp(-9 * (x[:, 0] - place)))
        return np.stack([1 - p, p], 1)

    return probabilities


def film(theme="light"):
    frames = [
        Frame(n, plane(at(place), X, 40), 1.0 - place / 2, 0.5) for n, place in enumerate((0.5, 1.0, 1.5))
    ]
    points = Points(X, np.array([0, 1, 1]), np.zeros(3, bool))
    return Animation(frames, points, ("x1", "x2"), ("no", "yes"), "Three frames").svg(theme)


def test_a_frame_for_each_epoch_follows_the_other_and_the_last_stays():
    root = ElementTree.fromstring(film())
    groups = [one for one in root.iter(f"{SVG}g") if one.get("class", "").startswith("f")]
    assert [one.get("class") for one in groups] == ["f", "f", "f last"]
    delays = [float(re.search(r"delay:([\d.]+)s", one.get("style"))[1]) for one in groups]
    length = float(re.search(r"one ([\d.]+)s", film())[1])
    assert np.allclose(np.diff(delays), length / (3 + PAUSE), atol=0.01)
    assert "prefers-reduced-motion" in film()  # then the last frame stands still
    words = [one.text for one in root.iter(f"{SVG}text")]
    assert {"epoch 0, loss 0.750, accuracy 50.0%", "epoch 2, loss 0.250, accuracy 50.0%"} <= set(words)
    assert {"no", "yes", "x1", "x2"} <= set(words)


def test_the_line_of_a_frame_is_where_no_class_is_ahead():
    root = ElementTree.fromstring(film())
    groups = [one for one in root.iter(f"{SVG}g")]
    for group, place in zip(groups, (0.5, 1.0, 1.5), strict=True):
        line = next(one for one in group.iter(f"{SVG}path"))
        x = [float(pair.split()[0]) for pair in re.findall(r"[\d.]+ [\d.]+", line.get("d"))]
        expected = LEFT + SIDE_X * (place + 0.16) / 2.32  # the plane goes from −0.16 to 2.16
        assert np.allclose(x, expected, atol=2)


@pytest.mark.parametrize(("theme", "paper"), [("light", "#ffffff"), ("dark", "#14171a")])
def test_light_and_dark_without_a_script(theme, paper):
    drawn = film(theme)
    assert f'height="100%" style="fill: {paper}"' in drawn and "<script" not in drawn and len(drawn) < 100_000
