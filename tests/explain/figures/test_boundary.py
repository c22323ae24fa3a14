"""Decision boundaries: where they lie."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from gradatim.checks import UsageError
from gradatim.explain.figures.boundary import Points, boundary_figure, plane, tints
from gradatim.explain.figures.style import THEMES, use_theme, write_figure

X = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 1.0]])
TRAIN = Points(X, np.array([0, 1, 1]), np.array([False, False, True]))


def halves(x):
    """Class 1 where x₀ + x₁ > 1.5."""
    p = 1 / (1 + np.exp(1.5 - x.sum(1)))
    return np.stack([1 - p, p], 1)


def test_the_plane_is_asked_where_the_examples_lie_and_a_little_around():
    found = plane(halves, X, fine=11)
    assert found.across[[0, -1]] == pytest.approx([-0.16, 2.16])
    assert found.up[[0, -1]] == pytest.approx([-0.16, 2.16])
    assert found.probabilities.shape == (11, 11, 2)
    place = np.array([[found.across[3], found.up[7]]])
    np.testing.assert_allclose(found.probabilities[7, 3], halves(place)[0])  # rows go up


def drawn_on_axes(picture):
    with use_theme("light") as theme:
        figure = Figure()
        picture.draw(figure, theme)
    return figure.axes[0]


def line_of(axes):
    paths = [
        path.vertices for one in axes.collections if one.get_linewidth()[0] == 1.6 for path in one.get_paths()
    ]
    return np.concatenate([vertices for vertices in paths if len(vertices)])


def places_of(axes, size):
    """Where marks of a size stand."""
    marks = [one for one in axes.collections if isinstance(one, PathCollection)]
    return np.concatenate([one.get_offsets() for one in marks if one.get_sizes()[0] == size])


def test_the_line_is_where_no_class_is_ahead():
    picture = boundary_figure(plane(halves, X), TRAIN, ("low", "high"), ("a", "b"), "Halves")
    np.testing.assert_allclose(line_of(drawn_on_axes(picture)).sum(1), 1.5, atol=1e-3)


def test_the_line_of_two_classes_goes_by_the_threshold():
    picture = boundary_figure(plane(halves, X), TRAIN, ("low", "high"), ("a", "b"), "", threshold=0.8)
    at = 1.5 + np.log(0.8 / 0.2)  # σ(s − 1.5) = 0.8
    np.testing.assert_allclose(line_of(drawn_on_axes(picture)).sum(1), at, atol=1e-2)


def test_a_tint_says_how_certain_a_class_is():
    theme = THEMES["light"]
    paper, blue = np.ones(3), np.array([0, 0x72, 0xB2]) / 255
    p = np.array([[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0.0]])
    certain, even, torn = tints(p, theme)
    np.testing.assert_allclose(certain, (paper + blue) / 2)
    np.testing.assert_allclose(even, paper)
    red = np.array([0xB3, 0x47, 0]) / 255
    np.testing.assert_allclose(torn, (1 - 0.125) * paper + 0.125 * (blue + red) / 2)


def test_mistakes_have_rings_and_test_examples_are_hollow():
    test = Points(X[:2] + 0.1, np.array([0, 1]), np.array([True, False]))
    picture = boundary_figure(plane(halves, X), TRAIN, ("low", "high"), ("a", "b"), "", test)
    axes = drawn_on_axes(picture)
    np.testing.assert_allclose(places_of(axes, 110), [X[2], X[0] + 0.1])
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert said == ["low", "high", "test example", "mistake"]


def test_points_of_zeros_and_ones_are_spread_around_them():
    x = np.array([[i % 2, i // 2 % 2] for i in range(40)], dtype=float)
    found = plane(halves, x)
    assert found.across[[0, -1]] == pytest.approx([-0.2, 1.2])
    points = Points(x, np.logical_xor(*x.T).astype(int), np.zeros(40, bool))
    axes = drawn_on_axes(boundary_figure(found, points, ("no", "yes"), ("a", "b"), ""))
    drawn = places_of(axes, 26)
    assert len(np.unique(drawn, axis=0)) == 40
    assert np.abs(drawn - drawn.round()).max() <= 0.15
    assert axes.get_xticks().tolist() == [0, 1]


def test_classes_and_features_are_named(tmp_path):
    picture = boundary_figure(plane(halves, X), TRAIN, ("low", "high"), ("a", "b"), "Halves")
    text = write_figure(picture, tmp_path / "b.svg").read_text()
    for word in ("low", "high", "a", "b", "Halves", "class"):
        assert f">{word}</text>" in text


def test_too_many_classes_are_refused():
    with pytest.raises(UsageError, match="7 classes cannot be told apart"):
        boundary_figure(plane(halves, X), TRAIN, tuple("abcdefg"), ("a", "b"), "")
