"""Measures are scikit-learn's, without its import."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from gradatim.problems.measures import area_under_curve, measures_of_labels, measures_of_numbers


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2).filter(
        lambda p: len({a for a, _ in p}) == 2
    )
)
def test_the_area_under_the_curve_is_scikit_learn_s(pairs):
    y, score = np.array([a for a, _ in pairs], dtype=int), np.array([b for _, b in pairs]) / 8
    assert area_under_curve(y, score) == pytest.approx(sklearn.metrics.roc_auc_score(y, score), abs=1e-12)


@pytest.mark.parametrize("shape", [(50,), (50, 3)])
def test_measures_are_scikit_learn_s(shape):
    rng = np.random.default_rng(0)
    y, p = rng.standard_normal(shape), rng.standard_normal(shape)
    found = measures_of_numbers(y, p)
    assert found["rmse"] == pytest.approx(sklearn.metrics.root_mean_squared_error(y, p), rel=1e-12)
    assert found["mae"] == pytest.approx(sklearn.metrics.mean_absolute_error(y, p), rel=1e-12)
    assert found["r2"] == pytest.approx(sklearn.metrics.r2_score(y, p), rel=1e-12)
    constant = np.ones(5)
    for other in (constant, constant + 1):
        assert measures_of_numbers(constant, other)["r2"] == sklearn.metrics.r2_score(constant, other)
    labels, said = rng.integers(0, 2, (30, 3)), rng.integers(0, 2, (30, 3))
    assert measures_of_labels(labels, said)["subset_accuracy"] == pytest.approx(
        sklearn.metrics.accuracy_score(labels, said)
    )
    assert measures_of_labels(labels, said)["hamming_loss"] == pytest.approx(
        sklearn.metrics.hamming_loss(labels, said)
    )
