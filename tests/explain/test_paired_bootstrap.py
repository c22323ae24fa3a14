"""The interval of a difference, beside closed forms."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from gradatim.explain.paired_bootstrap import FEWEST, Interval, paired_bootstrap
from gradatim.problems.summed import Summed, mean_of, ratio_of


def test_of_a_mean_of_many_it_is_the_normal_interval():
    rng = np.random.default_rng(0)
    a, b = rng.normal(1.0, 1.0, (2, 2000))
    low, high = paired_bootstrap(mean_of(a), mean_of(b), resamples=4000)
    d = a - b
    half = 1.96 * d.std() / np.sqrt(len(d))
    np.testing.assert_allclose([low, high], [d.mean() - half, d.mean() + half], atol=0.06 * half)


def test_of_a_root_mean_square_it_is_scipys_paired_interval():
    rng = np.random.default_rng(1)
    r, s = rng.normal(0, 1, 300), rng.normal(0, 1.2, 300)

    def root(sums):
        return np.sqrt(sums[..., 0] / sums[..., 1])

    ours = paired_bootstrap(Summed(np.stack([r**2, r**0], 1), root), Summed(np.stack([s**2, s**0], 1), root))
    theirs = bootstrap(
        (r, s), lambda x, y, axis: np.sqrt((x**2).mean(axis)) - np.sqrt((y**2).mean(axis)), paired=True,
        method="percentile", n_resamples=4000, vectorized=True, rng=np.random.default_rng(2),
    ).confidence_interval  # fmt: skip
    np.testing.assert_allclose(ours, [theirs.low, theirs.high], atol=0.02)


def test_both_are_drawn_alike_so_that_a_constant_difference_has_no_width():
    values = np.random.default_rng(3).normal(size=50)
    np.testing.assert_allclose(
        paired_bootstrap(mean_of(values + 0.25), mean_of(values)), [0.25, 0.25], atol=1e-12
    )


def test_it_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(100):
        a = rng.random(200) < 0.7
        b = rng.random(200) < 0.6
        low, high = paired_bootstrap(mean_of(a), mean_of(b), resamples=200)
        held += low <= 0.1 <= high
    assert 0.89 <= held / 100 <= 1


def test_it_is_the_same_each_time_and_says_nothing_of_too_few():
    a, b = mean_of(np.arange(20.0)), ratio_of(np.ones(20), np.arange(1.0, 21))
    assert paired_bootstrap(a, b) == paired_bootstrap(a, b)
    few = mean_of(np.ones(FEWEST - 1))
    assert paired_bootstrap(few, few) is None
    assert paired_bootstrap(a, mean_of(np.ones(21))) is None


@pytest.mark.parametrize(("ends", "open_"), [((-1.0, 1.0), True), ((0.0, 1.0), True), ((0.5, 1.0), False)])
def test_an_interval_that_holds_zero_leaves_it_open(ends, open_):
    assert Interval(*ends).holds_zero is open_
