"""Where a unit is saturated: closed forms."""

import numpy as np

from gradatim.experiments.claims.saturation import FLAT, flat_region, slopes, unit_of


def test_the_region_of_each_unit():
    sigmoid = np.log((1 + np.sqrt(1 - 4 * FLAT)) / (1 - np.sqrt(1 - 4 * FLAT)))  # σ(1 − σ) = 0.01
    tanh = np.arctanh(np.sqrt(1 - FLAT))  # 1 − tanh² = 0.01
    for name, edge in (("sigmoid", sigmoid), ("tanh", tanh)):
        words = f"{np.floor(100 * edge) / 100:.2f}"
        assert flat_region(name) == f"z < −{words}, z > {words}"
    assert flat_region("elu") == f"z < −{-np.log(FLAT) - 0.005:.2f}"
    assert flat_region("relu") == "z ≤ 0"


def test_the_slope_is_the_activations_derivative():
    z = np.array([[-3.0], [-0.5], [0.7], [4.0]])
    s = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(slopes(unit_of("sigmoid", 1.0), z), s * (1 - s), atol=1e-15)
    np.testing.assert_allclose(slopes(unit_of("tanh", 2.0), z), 1 - np.tanh(2 * z) ** 2, atol=1e-15)
