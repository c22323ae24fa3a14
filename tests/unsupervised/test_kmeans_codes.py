"""Codes of k-means against their formulas written as loops, and centres against scikit-learn's."""

import numpy as np
import pytest
from sklearn.cluster import KMeans, MiniBatchKMeans

from gradatim.checks import UsageError
from gradatim.data.digits import digits
from gradatim.unsupervised import kmeans_centres, kmeans_hard, kmeans_triangle

RNG = np.random.default_rng(0)
X, CENTRES = RNG.normal(size=(20, 5)), RNG.normal(size=(7, 5))


def test_codes_are_the_formulas():
    """Float64, to 1e-14."""
    hard, triangle = np.zeros((20, 7)), np.zeros((20, 7))
    for n in range(20):
        z = [sum((a - b) ** 2 for a, b in zip(X[n], c, strict=True)) ** 0.5 for c in CENTRES]
        hard[n, min(range(7), key=z.__getitem__)] = 1
        for k in range(7):
            triangle[n, k] = max(0, sum(z) / 7 - z[k])
    np.testing.assert_array_equal(kmeans_hard(X, CENTRES), hard)
    np.testing.assert_allclose(kmeans_triangle(X, CENTRES), triangle, rtol=0, atol=1e-14)
    twins = np.array([[0.0], [2.0], [2.0]])
    assert kmeans_hard(np.array([[2.0], [1.0]]), twins).tolist() == [[0, 1, 0], [1, 0, 0]]


def test_the_centres_are_scikit_learn_s_and_the_hard_code_its_labels():
    rows = digits().x.reshape(-1, 64)[:300].astype(float)
    theirs = MiniBatchKMeans(12, n_init=3, random_state=5).fit(rows)
    ours = kmeans_centres(rows, 12, seed=5)
    np.testing.assert_array_equal(ours, theirs.cluster_centers_)
    np.testing.assert_array_equal(kmeans_hard(rows, ours).argmax(1), theirs.predict(rows))
    best = KMeans(12, n_init=10, random_state=0).fit(rows).inertia_
    assert ((rows - kmeans_hard(rows, ours) @ ours) ** 2).sum() < 1.15 * best


def test_about_half_of_the_triangle_code_is_0():
    """As the paper says: a sparse code without an optimisation."""
    found = kmeans_triangle(RNG.normal(size=(500, 20)), RNG.normal(size=(40, 20)))
    assert 0.4 < (found == 0).mean() < 0.6 and found.min() == 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(UsageError, match=r"rows of shape \(20, 4\) do not fit centres of shape \(7, 5\)"):
        kmeans_triangle(X[:, :4], CENTRES)
    with pytest.raises(UsageError, match="30 centres need as many rows at least; there are 20"):
        kmeans_centres(X, 30)
    with pytest.raises(UsageError, match="centres must be"):
        kmeans_centres(X, 0)
