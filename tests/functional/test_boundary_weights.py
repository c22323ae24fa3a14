"""I10: U-Net's weights against equation 2 written out over pixels."""

import numpy as np
import pytest
from scipy import ndimage

from gradatim.functional.boundary_weights import boundary_weights

RNG = np.random.default_rng(0)


def written_out(y, w0, sigma, background):
    """w_c + w₀ exp(−(d₁ + d₂)²/2σ²), every distance by brute force; the cut at 5σ is stated."""
    cells = []
    for k in set(y.ravel().tolist()) - {background}:
        numbers, count = ndimage.label(y == k)
        cells += [np.argwhere(numbers == number) for number in range(1, count + 1)]
    w = np.empty(y.shape)
    classes = sorted(set(y.ravel().tolist()))
    for x in np.ndindex(*y.shape):
        w[x] = y.size / (len(classes) * (y == y[x]).sum())
        if y[x] == background and len(cells) > 1:
            d = sorted(np.hypot(*(cell - x).T).min() for cell in cells)
            if d[0] + d[1] <= 5 * sigma:
                w[x] += w0 * np.exp(-((d[0] + d[1]) ** 2) / (2 * sigma**2))
    return w


@pytest.mark.parametrize(("w0", "sigma", "background", "classes"), [
    (10.0, 5.0, 0, 2), (3.0, 0.8, 1, 2), (2.0, 1.3, 0, 3), (0.0, 2.0, 2, 3),
])  # fmt: skip
def test_weights_are_equation_2(w0, sigma, background, classes):
    for _ in range(3):
        y = np.kron(RNG.integers(0, classes, (5, 6)), np.ones((3, 3), np.uint8)).astype(np.uint8)
        found = boundary_weights(y, w0, sigma, background)
        np.testing.assert_allclose(found, written_out(y, w0, sigma, background), rtol=1e-12)


def test_a_thin_wall_weighs_more_than_a_thick_one_and_the_ground_around():
    y = np.zeros((20, 40), np.uint8)
    y[2:18, 2:10] = y[2:18, 12:20] = y[2:18, 28:38] = 1  # walls of 2 and of 8 pixels
    w = boundary_weights(y)
    assert w[10, 11] > w[10, 24] > 1 and w[10, 11] > 5
    assert (w[y == 1] == y.size / (2 * (y == 1).sum())).all()


def test_without_two_cells_only_classes_are_balanced():
    y = np.zeros((6, 6), int)
    np.testing.assert_array_equal(boundary_weights(y), 1)
    y[2, 2] = 1
    np.testing.assert_allclose(boundary_weights(y), np.where(y == 1, 18, 18 / 35))


def test_what_is_kept_is_not_handed_out():
    y = np.eye(4, dtype=int)
    boundary_weights(y)[:] = 0
    assert boundary_weights(y).min() > 0
