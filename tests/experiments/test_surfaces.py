"""Surfaces in the plane: gradients by finite differences, paths by closed forms, lines of one height."""

import numpy as np
import pytest

from gradatim import catalog
from gradatim.experiments.surfaces import contours, panel_of_paths, path, quadratic, saddle, two_minima
from gradatim.explain.charts.chart import Contour, Curve

SURFACES = {
    "bowl": quadratic((1.0, 30.0), (1.0, 0.2)),
    "saddle": saddle((1.0, 0.0)),
    "two minima": two_minima((1.5, 0.5)),
}
POINTS = np.random.default_rng(0).uniform(-1.5, 1.5, (20, 2))


@pytest.mark.parametrize("name", SURFACES)
def test_gradients_by_central_differences(name):
    surface, h = SURFACES[name], 1e-5
    steps = h * np.eye(2)
    slopes = [(surface.value(POINTS + step) - surface.value(POINTS - step)) / (2 * h) for step in steps]
    np.testing.assert_allclose(surface.gradient(POINTS), np.stack(slopes, 1), atol=1e-8)


def test_descent_on_a_bowl_is_a_power():
    """θ_t = (1 − ηλ)^t θ₀ along each curvature λ."""
    bowl = SURFACES["bowl"]
    t = np.arange(51)[:, None]
    expected = (1 - 0.02 * np.array([1.0, 30.0])) ** t * bowl.start
    np.testing.assert_allclose(path(bowl, "sgd", 0.02, 50), expected, atol=1e-12)


def test_momentum_on_a_bowl_is_a_recurrence():
    """θ_{t+1} = (1 + ρ − ηλ) θ_t − ρ θ_{t−1} (Polyak 1964)."""
    points = path(SURFACES["bowl"], "momentum", 0.02, 50)
    forward = (1.9 - 0.02 * np.array([1.0, 30.0])) * points[1:-1] - 0.9 * points[:-2]
    np.testing.assert_allclose(points[2:], forward, atol=1e-12)


def test_starts_side_by_side_are_starts_alone():
    starts = POINTS[:4]
    together = path(SURFACES["two minima"], "momentum", 0.05, 30, start=starts)
    for k, start in enumerate(starts):
        alone = path(SURFACES["two minima"], "momentum", 0.05, 30, start=start)
        np.testing.assert_allclose(together[:, k], alone, atol=1e-12)


@pytest.mark.parametrize("name", catalog.names("optimizer"))
def test_every_optimizer_goes_down_or_stays_where_it_left(name):
    bowl = SURFACES["bowl"]
    assert bowl.value(path(bowl, name, 0.001, 30)[-1]) < bowl.value(np.array(bowl.start))
    assert np.isfinite(path(bowl, name, 1e4, 30)).all()


def test_rates_and_noise_by_step():
    bowl = SURFACES["bowl"]
    still = path(bowl, "sgd", 0.01, 5, rates=lambda step: 1.0 if step < 2 else 0.0)
    assert (still[2:] == still[2]).all() and (still[1] != still[2]).all()
    first = path(bowl, "sgd", 0.01, 1, noise=lambda step: np.array([1.0, -2.0]))[1]
    np.testing.assert_allclose(first, path(bowl, "sgd", 0.01, 1)[1] - 0.01 * np.array([1.0, -2.0]))


def test_lines_of_one_height():
    x = np.linspace(-2, 2, 201)
    lines = contours(x, x, x**2 + x[:, None] ** 2, levels=3)
    assert lines
    for line in lines:
        assert np.ptp(np.hypot(line.x, line.y)) < 1e-3


def test_a_path_ends_where_it_leaves_the_panel():
    paths = {"inside": [[1.0, 0.2], [0.5, 0.1]], "outside": [[1.0, 0.2], [9.0, 0.1], [0.0, 0.0]]}
    panel = panel_of_paths(SURFACES["bowl"], paths, "words")
    inside, outside = panel.curves()
    assert len(inside.x) == 2 and outside.x.tolist() == [1.0, 1.2]
    assert isinstance(outside, Curve) and any(isinstance(mark, Contour) for mark in panel.marks)
