"""Residuals: every target, every example."""

import numpy as np
from matplotlib.figure import Figure

from gradatim.explain.figures.residuals import residuals_figure
from gradatim.explain.figures.style import use_theme

Y = np.arange(12.0).reshape(4, 3)


def axes_of(picture):
    with use_theme("dark") as theme:
        figure = Figure(layout="constrained")
        picture.draw(figure, theme)
    return figure


def test_dots_are_truth_prediction_and_residual():
    predicted = Y + np.array([0.5, -1.0, 0.0])
    axes = axes_of(residuals_figure(Y, predicted, ["a", "b", "c"], "Three")).axes
    assert len(axes) == 6
    for t in range(3):
        left, right = (axes[2 * t + side].collections[0].get_offsets() for side in (0, 1))
        np.testing.assert_allclose(left, np.stack([Y[:, t], predicted[:, t]], 1))
        np.testing.assert_allclose(right, np.stack([predicted[:, t], predicted[:, t] - Y[:, t]], 1))
    assert axes[2].get_xlabel() == "true b"


def test_more_targets_than_fit_are_said_to_be_left_out():
    many = np.tile(Y, (1, 2))
    figure = axes_of(residuals_figure(many, many, list("abcdef"), "Six"))
    assert len(figure.axes) == 6 and figure.get_suptitle() == "Six (the first 3 of 6 targets)"
