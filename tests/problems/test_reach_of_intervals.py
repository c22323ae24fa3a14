"""How far intervals reach: as the distribution says, or as far as validation needs."""

import numpy as np
import pytest
from scipy.stats import laplace, norm

from gradatim.problems.intervals import Intervals


def of_loss(loss):
    return Intervals(("y",), loss, (5.0,), (2.0,))


@pytest.mark.parametrize(("loss", "law"), [("gaussian_nll", norm), ("laplace_nll", laplace)])
def test_the_reach_is_the_distribution_s_where_validation_is_small(loss, law):
    a = np.array([[0.5, 0.3], [-1.0, -2.0]])
    b = np.exp(a[:, 1] * (0.5 if loss == "gaussian_nll" else 1.0))
    problem = of_loss(loss)
    settled = problem.settle(a, np.zeros(2), None)
    assert settled.interval["examples"] == 0
    for one in (problem, settled):
        low, high = one.ends(a)
        np.testing.assert_allclose(low[:, 0], 5 + 2 * law.ppf(0.05, a[:, 0], b), rtol=1e-12)
        np.testing.assert_allclose(high[:, 0], 5 + 2 * law.ppf(0.95, a[:, 0], b), rtol=1e-12)


def test_the_reach_is_what_validation_needs_where_it_is_large():
    """Whatever the widths are wrong by, nine tenths of new answers lie inside."""
    rng = np.random.default_rng(0)
    n = 100_000
    s = rng.normal(0, 1, n)
    a = np.stack([rng.normal(0, 1, n), s], 1)
    y = 5 + 2 * (a[:, 0] + np.exp(0.5 * s) * (rng.exponential(3, n) - 1))  # skewed, and three times as wide
    half = n // 2
    problem = of_loss("gaussian_nll").settle(a[:half], y[:half], None)
    assert problem.interval["examples"] == half
    assert problem.coverage(a[half:], y[half:]) == pytest.approx(0.9, abs=0.005)
    low, high = problem.ends(a[half:])
    below, above = (y[half:] < low[:, 0]).mean(), (y[half:] > high[:, 0]).mean()
    assert below == pytest.approx(0.05, abs=0.003)
    assert above == pytest.approx(0.05, abs=0.003)
