"""B10, B11: numbers with intervals: two outputs each, what is said, measured and shown of them."""

import numpy as np
import pytest
from scipy.stats import laplace, norm

from gradatim.data.question import Question
from gradatim.problems.evidence import Coverage, Misses, Residuals
from gradatim.problems.intervals import LEVELS, Intervals

RNG = np.random.default_rng(0)
N = 300
MU, S = RNG.normal(0, 1, (N, 2)), RNG.normal(0, 0.5, (N, 2))
A = np.concatenate([MU, S], 1)  # every μ, then every log σ²
SHIFT, SCALE = np.array([10.0, -3.0]), np.array([2.0, 50.0])
Y = (MU + np.exp(S / 2) * RNG.normal(0, 1, (N, 2))) * SCALE + SHIFT
GAUSS = Intervals(("a", "b"), "gaussian_nll", tuple(SHIFT), tuple(SCALE))
LAPLACE = Intervals(("a", "b"), "laplace_nll", tuple(SHIFT), tuple(SCALE))


def test_the_head_has_two_outputs_for_each():
    assert GAUSS.head().outputs == 4
    posed = Intervals.pose(Question("regression", ("a", "b")), Y, "gaussian_nll")
    np.testing.assert_allclose((posed.shift, posed.scale), (Y.mean(0), Y.std(0)), rtol=1e-12)


def test_predictions_are_the_middles_in_the_targets_own_units():
    np.testing.assert_allclose(GAUSS.predictions(A), MU * SCALE + SHIFT, rtol=1e-12)


@pytest.mark.parametrize(("problem", "law", "power"), [(GAUSS, norm, 0.5), (LAPLACE, laplace, 1.0)])
def test_columns_are_each_number_between_the_ends_of_its_interval(problem, law, power):
    found = problem.columns(A)
    assert list(found) == ["prediction a", "low a", "high a", "prediction b", "low b", "high b"]
    for t, name in enumerate("ab"):
        of = law(MU[:, t], np.exp(power * S[:, t]))
        for part, share in (("low", 0.05), ("high", 0.95)):
            np.testing.assert_allclose(
                found[f"{part} {name}"], of.ppf(share) * SCALE[t] + SHIFT[t], rtol=1e-9
            )
    one = Intervals(("a",), "gaussian_nll", (0.0,), (1.0,))
    assert list(one.columns(A[:, ::2])) == ["prediction", "low", "high"]
    assert list(Intervals((), "gaussian_nll").columns(A))[:3] == ["prediction y1", "low y1", "high y1"]


def test_measures_are_those_of_numbers_and_the_share_in_the_intervals():
    found = GAUSS.measures(A, Y)
    assert list(found) == ["rmse", "mae", "r2", "interval_coverage", "loss"]
    low, high = GAUSS.ends(A)
    assert found["interval_coverage"] == ((low <= Y) & (high >= Y)).mean()
    assert found["interval_coverage"] == pytest.approx(0.9, abs=0.03)
    z = (Y - SHIFT) / SCALE
    nll = -norm.logpdf(z, MU, np.exp(S / 2)).sum(1)
    assert found["loss"] == pytest.approx(nll.mean(), rel=1e-12)


def test_evidence_is_what_the_intervals_of_each_level_hold():
    residuals, coverage, misses = GAUSS.evidence(A, Y)
    assert [type(one) for one in (residuals, coverage, misses)] == [Residuals, Coverage, Misses]
    sigma = np.exp(S / 2)
    for level, share, widths in zip(coverage.nominal, coverage.shares, coverage.widths, strict=True):
        low, high = norm.interval(level, MU, sigma)
        z = (Y - SHIFT) / SCALE
        assert share == pytest.approx(((low <= z) & (z <= high)).mean(), abs=1e-12)
        np.testing.assert_allclose(widths, ((high - low) * SCALE).mean(0), rtol=1e-9)
    assert tuple(coverage.nominal) == LEVELS and coverage.names == ("a", "b")
    assert coverage.by_validation is None
    settled = GAUSS.settle(A, Y, None)
    assert settled.evidence(A, Y)[1].by_validation == settled.coverage(A, Y)
    assert settled.evidence(A, Y)[1].shares == coverage.shares


def test_intervals_always_are_settled_and_few_examples_leave_them_to_the_distribution():
    assert GAUSS.settles(None)
    few = GAUSS.settle(A[:99], Y[:99], None)
    assert few.interval["examples"] == 0
    np.testing.assert_allclose(few.ends(A), GAUSS.ends(A), rtol=1e-12)
    assert few.evidence(A, Y)[1].by_validation is None
    assert GAUSS.settle(A[:100], Y[:100], None).interval["examples"] == 100
