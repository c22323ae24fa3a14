"""Whether mirror images are of the same class, by the pictures themselves."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from corner_pictures import pictures
from gradatim.data.dataset import Dataset
from gradatim.planning.mirror_images import _nearest, are_mirrored


def test_left_and_right_are_told_apart_where_classes_are():
    x, y = pictures(80)
    flips, why = are_mirrored(Dataset(x, y, tuple(range(4))))
    assert not flips and why.startswith("the nearest mean picture is right of 100% of them and of 0% of")
    x, y = pictures(80, kinds=2)  # above and below
    both = np.where(np.arange(80)[:, None, None, None] % 4 < 2, x, x[..., ::-1])
    assert are_mirrored(Dataset(both, y, (0, 1)))[0]


def test_pictures_without_classes_are_taken_to_be_mirrored():
    x, _ = pictures(8)
    assert are_mirrored(Dataset(x, np.linspace(0, 1, 8)))[0]


def bars(n, other_side):
    """A bar whose class is how tall it is, not at the right; behind the middle it can be the other's."""
    draws = np.random.default_rng(0)
    x, y = draws.integers(0, 20, (n, 1, 12, 12)).astype(np.uint8), np.arange(n) % 2
    columns = draws.integers(0, 8, n)
    for row, (tall, column) in enumerate(zip(y, columns, strict=True)):
        if other_side and column > 5:
            tall = 1 - tall
        x[row, 0, : 6 + 5 * tall, column] += 200
    return Dataset(x, y, (0, 1))


def test_what_points_to_one_side_is_mirrored_where_nothing_else_looks_like_its_mirror_image():
    flips, why = are_mirrored(bars(1000, other_side=False))
    assert flips and why.startswith("a mirror image is the nearest to ")
    flips, why = are_mirrored(bars(1000, other_side=True))
    assert not flips and why.startswith("the nearest mean picture is right of ")


def test_the_nearest_pictures_are_scikit_learn_s():
    draws = np.random.default_rng(1)
    x, y = draws.normal(size=(150, 1, 3, 4)).astype(np.float32), draws.integers(0, 3, 150)
    right, taken = [], 0
    for row in range(150):
        others = np.delete(np.arange(150), row)
        found = []
        for some in (x, x[..., ::-1]):
            near = NearestNeighbors(n_neighbors=1).fit(some[others].reshape(149, -1))
            far, which = near.kneighbors(x[row].reshape(1, -1))
            found.append((far.item(), y[others[which.item()]] == y[row]))
        if found[1][0] < found[0][0]:
            taken += 1
            right.append([one for _, one in found])
    assert 40 < taken < 110
    assert _nearest(x, y) == (taken, tuple(np.mean(right, 0)))
