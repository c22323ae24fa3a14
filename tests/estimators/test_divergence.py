"""A fit whose loss runs away warns, and says in which epoch."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from gradatim.estimators.mlp_classifier import MLPClassifier
from gradatim.estimators.mlp_regressor import MLPRegressor
from gradatim.estimators.progress import divergence

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 4)), np.arange(60) % 3


def fitted(model, y):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        model.fit(X, y)
    return [str(w.message) for w in found if w.category is ConvergenceWarning]


@pytest.mark.parametrize("max_iter", [5, 50])
@pytest.mark.parametrize(
    ("made_by", "settings", "y"),
    [
        (MLPClassifier, {"solver": "sgd", "learning_rate_init": 1e6}, Y),
        (MLPClassifier, {"solver": "adam", "learning_rate_init": 10.0}, Y),
        (MLPRegressor, {"solver": "sgd", "learning_rate_init": 10.0, "loss": "absolute_error"}, X[:, 0]),
    ],
)
def test_a_diverging_fit_warns_once_and_names_the_epochs(made_by, settings, y, max_iter):
    model = made_by((8,), max_iter=max_iter, random_state=0, **settings)
    found = fitted(model, y)
    low, n = min(model.loss_curve_), model.n_iter_
    epoch = model.loss_curve_.index(low) + 1
    assert found == [
        f"Stochastic Optimizer: the loss diverged: {low:.4g} in epoch {epoch}, {model.loss_:.4g} in epoch "
        f"{n}; choose a smaller learning_rate_init."
    ]


def test_a_fit_that_only_gets_no_better_does_not():
    model = MLPClassifier((8,), solver="sgd", learning_rate_init=1e-9, max_iter=50, random_state=0)
    assert fitted(model, Y) == [] and model.n_iter_ < 50


def test_early_stopping_keeps_the_best_and_says_nothing():
    model = MLPClassifier((8,), learning_rate_init=10.0, early_stopping=True, max_iter=50, random_state=0)
    assert fitted(model, Y) == []


def test_losses_below_zero():
    assert divergence([-1.0, -2.0, -0.5]) == "" and divergence([-1.0, -2.0, 0.5]) != ""
    assert divergence([0.5]) == ""
