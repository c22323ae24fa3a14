"""BernoulliRBM beside scikit-learn's: the same trajectory, and scikit-learn's own tests of it."""

import importlib
import inspect
import warnings

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn import neural_network
from sklearn.datasets import load_digits

from gradatim.checks import UsageError
from gradatim.estimators import BernoulliRBM

with warnings.catch_warnings():  # of a mark that only scikit-learn knows
    warnings.simplefilter("ignore")
    test_rbm = importlib.import_module("sklearn.neural_network.tests.test_rbm")

X = load_digits(return_X_y=True)[0] / 16


def own_tests():
    """Every test of scikit-learn's file, with its parameters."""
    for name, test in inspect.getmembers(test_rbm, inspect.isfunction):
        if not name.startswith("test_"):
            continue
        marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
        if not marks:
            yield pytest.param(test, {}, id=name)
            continue
        names = [part.strip() for part in marks[0].args[0].split(",")]
        for number, values in enumerate(marks[0].args[1]):
            given = dict(zip(names, values if len(names) > 1 else (values,), strict=True))
            yield pytest.param(test, given, id=f"{name}-{number}")


@pytest.mark.parametrize(("test", "given"), list(own_tests()))
def test_scikit_learns_own_tests_pass(test, given, monkeypatch, capsys):
    monkeypatch.setattr(test_rbm, "BernoulliRBM", BernoulliRBM)
    if "capsys" in inspect.signature(test).parameters:
        given = given | {"capsys": capsys}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test(**given)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("batch", [10, 37])  # 1,797 rows: both leave a smaller batch
def test_it_walks_scikit_learn_s_trajectory(dtype, batch):
    """Three epochs, the same random_state; to 1e-9 in double precision, in single while no state flips."""
    rows = X[:400].astype(dtype)
    how = {"n_components": 12, "batch_size": batch, "n_iter": 3, "random_state": 3}
    ours, theirs = BernoulliRBM(**how).fit(rows), neural_network.BernoulliRBM(**how).fit(rows)
    tolerance = 1e-9 if dtype == np.float64 else 2e-3
    for name in ("components_", "intercept_visible_", "intercept_hidden_"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=0, atol=tolerance)
    np.testing.assert_allclose(ours.transform(rows), theirs.transform(rows), rtol=0, atol=tolerance)
    scores = ours.score_samples(rows)
    assert scores.mean() == pytest.approx(theirs.score_samples(rows).mean(), rel=0.1)  # other units flipped
    np.testing.assert_array_equal(ours.score_samples(rows[::-2]), scores[::-2])


def test_partial_fit_and_gibbs_are_scikit_learn_s():
    ours, theirs = (
        kind(n_components=9, batch_size=20, random_state=1)
        for kind in (BernoulliRBM, neural_network.BernoulliRBM)
    )  # fmt: skip
    for first in range(0, 200, 20):
        ours.partial_fit(X[first : first + 20])
        theirs.partial_fit(csr_matrix(X[first : first + 20]))
    np.testing.assert_allclose(ours.components_, theirs.components_, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(ours.gibbs(X[:30]), theirs.gibbs(X[:30]))


@pytest.mark.parametrize(
    "given", [{"n_components": 0}, {"learning_rate": 0}, {"batch_size": 0}, {"n_iter": -1}]
)
def test_a_number_out_of_its_bounds_is_refused(given):
    with pytest.raises(UsageError, match=next(iter(given))):
        BernoulliRBM(**given).fit(X)
