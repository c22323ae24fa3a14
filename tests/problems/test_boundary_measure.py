"""D19: the boundary F against the definition written out, pixel by pixel."""

import numpy as np
import pytest

from gradatim.problems.boundary_measure import boundary_f

RNG = np.random.default_rng(0)


def boundary(mask, k):
    """The pixels of class k that have a neighbour of another class."""
    height, width = mask.shape
    return [
        (i, j)
        for i in range(height)
        for j in range(width)
        if mask[i, j] == k
        and any(
            0 <= i + di < height and 0 <= j + dj < width and mask[i + di, j + dj] != k
            for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0))
        )
    ]


def written_out(answer, y, theta):
    scores = []
    for k in sorted({*answer.ravel(), *y.ravel()}):
        said, true = boundary(answer, k), boundary(y, k)
        if not said and not true:
            continue
        if not said or not true:
            scores.append(0.0)
            continue
        near = [[np.hypot(a - c, b - d) <= theta for c, d in true] for a, b in said]
        p, r = np.any(near, 1).mean(), np.any(near, 0).mean()
        scores.append(2 * p * r / (p + r) if p + r else 0.0)
    return np.mean(scores)


@pytest.mark.parametrize("theta", [1.0, 1.5, 2.9])
@pytest.mark.parametrize("classes", [2, 3])
def test_it_is_the_definition(theta, classes):
    for _ in range(3):
        y = np.kron(RNG.integers(0, classes, (3, 4)), np.ones((4, 4), int))
        answer = np.roll(y, RNG.integers(0, 3, 2), (0, 1))
        answer[RNG.random(y.shape) < 0.02] = 0
        assert boundary_f(answer, y, theta) == pytest.approx(written_out(answer, y, theta), abs=1e-15)


def test_a_shift_within_the_tolerance_is_no_mistake():
    y = np.zeros((20, 40), int)
    y[:, 20:] = 1
    assert boundary_f(np.roll(y, 0), y) == 1
    moved = np.zeros_like(y)
    moved[:, 23:] = 1
    assert boundary_f(moved, y, 3.0) == 1
    assert boundary_f(moved, y, 1.9) == 0


def test_the_tolerance_is_a_share_of_the_diagonal():
    """0.75 % of 500, which is 3.75 pixels."""
    y = np.zeros((300, 400), int)
    y[:, 200:] = 1
    for shift, f in ((3, 1), (5, 0)):
        moved = np.zeros_like(y)
        moved[:, 200 + shift :] = 1
        assert boundary_f(moved, y) == f


def test_pictures_of_one_class_have_no_boundary():
    assert np.isnan(boundary_f(np.ones((4, 4), int), np.ones((4, 4), int)))
    assert boundary_f(np.zeros((4, 4), int), np.eye(4, dtype=int)) == 0
