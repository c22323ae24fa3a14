"""G3: domains that share no region are found and said; those that do are not."""

import warnings

import numpy as np
import pytest
from scipy.stats import norm

from gradatim.checks import Notice, notice
from gradatim.transfer import effective_sample_size, importance_weights, separability
from gradatim.transfer.overlap import RIDGE, by_least_squares, by_neighbours


def two_gaussians(shift, D=3, n=400, m=300, seed=0):
    rng = np.random.default_rng(seed)
    source, target = rng.normal(size=(n, D)), rng.normal(size=(m, D))
    target[:, 0] += shift
    return source, target


@pytest.mark.parametrize("D", [1, 5])
@pytest.mark.parametrize("shift", [0, 1, 2, 4, 6])
def test_of_two_gaussians_it_is_what_bayes_rule_reaches(D, shift):
    """Φ(δ/2) of a shift of δ deviations, to 0.04."""
    assert separability(*two_gaussians(shift, D)) == pytest.approx(norm.cdf(shift / 2), abs=0.04)


def test_one_column_of_fifty_that_moved_is_found():
    assert separability(*two_gaussians(8, 50)) > 0.99
    assert separability(*two_gaussians(1, 50)) < 0.7


def test_a_ring_around_the_target_is_found_by_neighbours():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 7, 200)
    ring = 3 * np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(scale=0.1, size=(200, 2))
    inside = rng.normal(scale=0.1, size=(200, 2))
    assert separability(ring, inside) == 1 == by_neighbours(ring, inside)
    assert by_neighbours(ring, ring.copy()) == 0  # every row has its twin in the other domain


def test_left_out_in_closed_form_is_left_out_by_hand():
    """Every row's regression fitted again without it, weights of the others as they were."""
    source, target = two_gaussians(1.5, D=2, n=30, m=18, seed=3)
    x, first = np.concatenate([source, target]), len(source)
    columns = np.concatenate([x, x**2], axis=1)
    columns = (columns - columns.mean(0)) / columns.std(0)
    phi = np.column_stack([np.ones(len(x)), columns])
    y, c = np.repeat([-1.0, 1.0], [30, 18]), np.repeat([0.5 / 30, 0.5 / 18], [30, 18])
    right = []
    for i in range(len(x)):
        rest = np.arange(len(x)) != i
        A = (phi[rest].T * c[rest]) @ phi[rest] + RIDGE * np.eye(5)
        right.append(y[i] * (phi[i] @ np.linalg.solve(A, phi[rest].T @ (c[rest] * y[rest]))) > 0)
    by_hand = (np.mean(right[:first]) + np.mean(right[first:])) / 2
    assert 0.5 < by_hand < 0.95 and by_least_squares(source, target) == pytest.approx(by_hand, abs=1e-12)


def test_columns_of_one_value_and_domains_of_one_row_do_no_harm():
    assert separability(np.zeros((5, 1)), np.ones((5, 1))) == 1
    assert separability(np.zeros((5, 2)), np.zeros((3, 2))) < 0.99
    assert np.isfinite(separability(np.zeros((1, 1)), np.ones((4, 1))))


@pytest.mark.parametrize("method", ["ulsif", "kmm", "logistic"])
def test_weights_of_domains_that_share_nothing_come_with_a_notice(method):
    """Some are even nevertheless, so that the effective sample size says nothing."""
    source, target = two_gaussians(7, D=2, n=150, m=120, seed=1)
    notice.cache_clear()  # which says a sentence once
    with pytest.warns(Notice, match="the source and the target do not overlap: .* can be told apart"):
        found = importance_weights(source, target, method)
    assert 1 <= effective_sample_size(found) <= 150
    near = two_gaussians(1, D=2, n=150, m=120)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        importance_weights(*near, method)
