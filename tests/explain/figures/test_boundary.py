"""Decision boundaries: where they lie."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from gradatim.checks import UsageError
from gradatim.explain.figures.boundary import boundary_figure, plane
from gradatim.explain.figures.style import use_theme, write_figure

X = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 1.0]])


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


def test_the_line_is_where_no_class_is_ahead():
    drawn = []
    picture = boundary_figure(plane(halves, X), X, np.array([0, 1, 1]), ("low", "high"), ("a", "b"), "Halves")
    with use_theme("light") as theme:
        figure = Figure()
        picture.draw(figure, theme)
    for collection in figure.axes[0].collections:
        for path in collection.get_paths():
            if collection.get_linewidth()[0] == 1.6 and len(path.vertices):
                drawn.append(path.vertices)
    assert drawn
    np.testing.assert_allclose(np.concatenate(drawn).sum(1), 1.5, atol=1e-3)


def test_classes_and_features_are_named(tmp_path):
    picture = boundary_figure(plane(halves, X), X, np.array([0, 1, 1]), ("low", "high"), ("a", "b"), "Halves")
    text = write_figure(picture, tmp_path / "b.svg").read_text()
    for word in ("low", "high", "a", "b", "Halves", "class"):
        assert f">{word}</text>" in text


def test_too_many_classes_are_refused():
    with pytest.raises(UsageError, match="7 classes cannot be told apart"):
        boundary_figure(plane(halves, X), X, np.zeros(3, int), tuple("abcdefg"), ("a", "b"), "")
