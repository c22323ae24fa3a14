"""Directions normalised by filters, and what is read from a surface."""

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claims.loss_surface import (
    held,
    loss_at,
    normalised_by_filters,
    random_direction,
    share_downward,
    surface,
)
from gradatim.models.mlp import mlp

NETWORK = Network(mlp(5, 3, (4,), "relu"), seed=1, dtype=np.float64)
ROWS = np.random.default_rng(0).normal(size=(30, 5)), np.arange(30) % 3


def test_every_filter_has_the_length_of_the_network_s_own():
    direction = normalised_by_filters(NETWORK, random_direction(NETWORK, 0, "one"))
    start = 0
    for value in NETWORK.parameters.values():
        part = direction[start : start + value.size].reshape(value.shape)
        start += value.size
        if value.ndim == 2:
            np.testing.assert_allclose(
                np.linalg.norm(part, axis=1), np.linalg.norm(value, axis=1), rtol=1e-12
            )
        else:
            assert not part.any()


def test_the_surface_is_the_loss_of_the_moved_network():
    theta = NETWORK.theta.copy()
    first, second = (random_direction(NETWORK, 0, name) for name in "ab")
    x, y = np.array([-1.0, 0.0, 0.5]), np.array([0.0, 2.0])
    z = surface(NETWORK, ROWS, (first, second), x, y)
    assert (NETWORK.theta == theta).all()
    moved = loss_at(NETWORK, theta + 0.5 * first + 2.0 * second, ROWS)
    NETWORK.theta[...] = theta
    assert z[1, 2] == moved and z[0, 1] == loss_at(NETWORK, theta, ROWS)


def test_curvature_that_is_known():
    x = np.linspace(-2, 2, 41)
    wave = np.cos(x) + 0 * x[:, None]  # curves downwards where cos > 0, |x| < π/2
    assert abs(share_downward(wave) - np.mean(np.abs(x[1:-1]) < np.pi / 2)) < 0.06


def test_what_a_plane_holds_of_a_path():
    path = np.array([[3.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 5.0], [0.0, 0.0, 0.0]])
    assert held(path, np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]])) == (9 + 16) / 50
