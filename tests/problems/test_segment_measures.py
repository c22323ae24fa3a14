"""D33: V_rand against counting pairs of pixels, scikit-learn's pairs, and pictures made by hand."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics.cluster import contingency_matrix, pair_confusion_matrix

from gradatim.problems.segment_measures import (
    THRESHOLDS,
    rand_by_threshold,
    rand_sums,
    segments,
    thin_borders,
)

RNG = np.random.default_rng(0)


def test_scores_are_the_definition_written_out():
    """Σ over all i and j of the p_ij counted pixel by pixel, over the foreground of the truth alone."""
    found, true = RNG.integers(0, 4, (6, 7)), RNG.integers(0, 3, (6, 7))
    pixels = [(s, t) for s, t in zip(found.ravel(), true.ravel(), strict=True) if t > 0]
    p = np.zeros((4, 3))
    for s, t in pixels:
        p[s, t] += 1 / len(pixels)
    sums = rand_sums(found, true)
    assert sums.both == pytest.approx((p**2).sum(), abs=1e-15)
    assert sums.split == pytest.approx((p**2).sum() / (p.sum(0) ** 2).sum(), abs=1e-15)
    assert sums.merge == pytest.approx((p**2).sum() / (p.sum(1) ** 2).sum(), abs=1e-15)
    assert sums.f_score == pytest.approx(2 * sums.split * sums.merge / (sums.split + sums.merge), abs=1e-15)


def test_scores_are_probabilities_of_pairs():
    """Of ordered pairs, a pixel with itself included: counted one by one, and by scikit-learn."""
    found, true = RNG.integers(0, 3, (4, 5)), RNG.integers(1, 4, (4, 5))
    s, t, n = found.ravel(), true.ravel(), found.size
    together = n + 2 * sum(s[i] == s[j] and t[i] == t[j] for i, j in combinations(range(n), 2))
    in_true = n + 2 * sum(t[i] == t[j] for i, j in combinations(range(n), 2))
    in_found = n + 2 * sum(s[i] == s[j] for i, j in combinations(range(n), 2))
    sums = rand_sums(found, true)
    assert sums.split == pytest.approx(together / in_true, abs=1e-14)
    assert sums.merge == pytest.approx(together / in_found, abs=1e-14)
    pairs = pair_confusion_matrix(t, s)  # of pairs of two different pixels
    assert sums.split == pytest.approx((pairs[1, 1] + n) / (pairs[1].sum() + n), abs=1e-14)
    assert sums.merge == pytest.approx((pairs[1, 1] + n) / (pairs[:, 1].sum() + n), abs=1e-14)


def test_a_large_picture_is_scikit_learn_s_contingency_matrix():
    found, true = RNG.integers(0, 300, (80, 90)), RNG.integers(0, 40, (80, 90))
    counted = true > 0
    p = contingency_matrix(true[counted], found[counted]) / counted.sum()
    sums = rand_sums(found, true)
    assert sums.f_score == pytest.approx(2 * (p**2).sum() / ((p.sum(0) ** 2).sum() + (p.sum(1) ** 2).sum()))


def test_segments_touch_by_their_sides_and_borders_go_to_the_nearest():
    inside = np.array([[1, 0, 1], [0, 1, 1]], dtype=bool)
    assert segments(inside).tolist() == [[1, 0, 2], [0, 2, 2]]  # the first touches by a corner alone
    numbers = np.zeros((12, 15), int)
    numbers[2:5, 1:4], numbers[9, 3:12], numbers[6, 13] = 1, 2, 3
    grown = thin_borders(numbers)
    assert grown.all() and (grown[numbers > 0] == numbers[numbers > 0]).all()
    for row, column in np.argwhere(numbers == 0):
        away = {k: np.abs(np.argwhere(numbers == k) - (row, column)).sum(1).min() for k in (1, 2, 3)}
        assert away[grown[row, column]] == min(away.values())
    nothing = np.zeros((2, 2), int)
    assert thin_borders(nothing) is nothing


def halves(gap=None):
    """Two cells side by side and the membrane between them, with a hole of one pixel in the row `gap`."""
    inside = np.ones((10, 11))
    inside[:, 5] = 0
    if gap is not None:
        inside[gap, 5] = 1
    return inside


def test_a_hole_in_a_membrane_joins_two_cells():
    truth = halves() > 0
    perfect = rand_by_threshold(halves(), truth)
    np.testing.assert_allclose(perfect, 1)
    joined = rand_by_threshold(halves(gap=3), truth)
    np.testing.assert_allclose(joined[:, 0], 1)  # nothing is split
    np.testing.assert_allclose(joined[:, 1], 0.5)  # of two pixels of the one segment half are of one cell
    np.testing.assert_allclose(joined[:, 2], 2 / 3)


def test_the_width_of_a_membrane_does_not_count():
    wide = halves()
    wide[:, 3:8] = 0
    np.testing.assert_allclose(rand_by_threshold(wide, halves() > 0), 1)


def test_a_split_cell_and_thresholds():
    """A false membrane of p(inside) = 0.45 halves the left cell wherever θ is at least that."""
    said = halves()
    said[5, :5] = 0.45
    scores = rand_by_threshold(said, halves() > 0)
    low = np.array(THRESHOLDS) < 0.45
    np.testing.assert_allclose(scores[low], 1)
    np.testing.assert_allclose(scores[~low, 1], 1)  # nothing is joined
    split = scores[~low, 0]
    assert (split > 0.6).all() and (split < 0.8).all()


def test_a_picture_without_foreground_or_without_segments():
    assert rand_sums(np.ones((2, 2), int), np.zeros((2, 2), int)).f_score == 1
    none = rand_by_threshold(np.zeros((10, 11)), halves() > 0)
    np.testing.assert_allclose(none[:, 2], 2 / 3)  # no segment is one segment
