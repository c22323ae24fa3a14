"""Where definitions coincide the numbers are scikit-learn's; elsewhere the quality is as good."""

import numpy as np
import pytest
from sklearn import datasets, neural_network
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gradatim import estimators

rng = np.random.default_rng(0)
X = rng.standard_normal((200, 6))
LABELS = {
    "binary": (X[:, 0] + X[:, 1] ** 2 > 0.8).astype(int),
    "multiclass": (X[:, :3] + 0.3 * rng.standard_normal((200, 3))).argmax(1),
    "multilabel": (X[:, :3] > 0.2).astype(int),
}
NUMBERS = X[:, 0] * X[:, 1] + np.sin(X[:, 2])


def pair(kind, y, w=None, epochs=5, **options):
    """scikit-learn's and ours from the same weights, both trained without shuffling."""
    options = {"hidden_layer_sizes": (7, 5), "shuffle": False, "tol": 0.0, "random_state": 3, **options}
    made = [
        getattr(home, kind)(warm_start=True, max_iter=1, **options) for home in (neural_network, estimators)
    ]
    for one in made:
        one.fit(X, y, w)
    theirs, ours = made
    ours.coefs_ = [value.copy() for value in theirs.coefs_]
    ours.intercepts_ = [value.copy() for value in theirs.intercepts_]
    for one in made:
        one.set_params(max_iter=epochs).fit(X, y, w)
    return theirs, ours


def assert_alike(theirs, ours, rtol, losses=True, weights=True):
    if losses:
        np.testing.assert_allclose(ours.loss_curve_[1:], theirs.loss_curve_[1:], rtol=rtol)
    if not weights:
        return
    for one, other in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True):
        np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol)


SGD = {"solver": "sgd", "learning_rate_init": 0.05}
SOLVERS = {
    "adam": (
        {"epsilon": 1e-15},
        1e-9,
    ),  # scikit-learn's ε stands elsewhere in the equation: without it, equal
    "adam as it is": ({}, 1e-5),
    "nesterov": (SGD, 1e-10),
    "momentum": ({**SGD, "nesterovs_momentum": False}, 1e-10),
    "plain": ({**SGD, "momentum": 0}, 1e-10),
}


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("labels", LABELS)
def test_the_losses_of_a_classifier(solver, labels):
    """Five epochs of four batches: losses and weights to 1e-9 or 1e-10; adam as it is, losses to 1e-5."""
    options, rtol = SOLVERS[solver]
    both = pair("MLPClassifier", LABELS[labels], batch_size=50, alpha=0.0, **options)
    assert_alike(*both, rtol, weights=rtol < 1e-6)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_the_losses_of_a_regressor(activation):
    options = {"batch_size": 40, "alpha": 0.0, "activation": activation, **SGD}
    assert_alike(*pair("MLPRegressor", NUMBERS, **options), 1e-10)


def test_alpha_is_scikit_learns_penalty():
    """Batches of one size, so that λ = α/50 at every step; scikit-learn's recorded loss holds the penalty."""
    options = {"batch_size": 50, "alpha": 2.0, **SGD}
    theirs, ours = pair("MLPRegressor", NUMBERS, **options)
    assert_alike(theirs, ours, 1e-10, losses=False)
    without = pair("MLPRegressor", NUMBERS, **{**options, "alpha": 0.0})[1]
    assert abs(ours.coefs_[0] - without.coefs_[0]).max() > 1e-3


def test_several_outputs():
    """The gradients are scikit-learn's; its recorded loss is a mean over outputs, ours the sum."""
    y = np.column_stack([NUMBERS, X[:, 3], -NUMBERS])
    theirs, ours = pair("MLPRegressor", y, batch_size=50, alpha=0.0, **SGD)
    assert_alike(theirs, ours, 1e-10, losses=False)
    np.testing.assert_allclose(ours.loss_curve_[1:], 3 * np.array(theirs.loss_curve_[1:]), rtol=1e-10)


def test_weights_divide_by_their_sum():
    w = rng.random(200)
    assert_alike(
        *pair("MLPClassifier", LABELS["binary"], w, batch_size=200, alpha=0.5, **SGD), 1e-9, losses=False
    )


@pytest.mark.parametrize("learning_rate", ["invscaling", "adaptive"])
def test_the_learning_rates_that_move(learning_rate):
    """Both lower η between epochs, in the same epochs, with Nesterov's momentum."""
    options = {"learning_rate": learning_rate, "batch_size": 50, "alpha": 0.0, "epochs": 60, **SGD}
    options |= {"tol": 0.01, "n_iter_no_change": 2}
    theirs, ours = pair("MLPRegressor", NUMBERS, **options)
    assert ours.n_iter_ == theirs.n_iter_
    assert_alike(theirs, ours, 1e-9)


def test_stopping_counts_as_scikit_learn_does():
    options = {"batch_size": 50, "alpha": 0.0, "epochs": 300, "tol": 1e-3, "n_iter_no_change": 4, **SGD}
    theirs, ours = pair("MLPRegressor", NUMBERS, **options)
    assert ours.n_iter_ == theirs.n_iter_ < 300
    assert ours.best_loss_ == pytest.approx(theirs.best_loss_, rel=1e-9)


@pytest.mark.parametrize("labels", ["binary", "multiclass"])
def test_lbfgs_finds_the_minimum(labels):
    """Without hidden units the problem is convex: the coefficients agree to 1e-4."""
    options = {"hidden_layer_sizes": (), "solver": "lbfgs", "alpha": 1.0, "max_iter": 500, "tol": 1e-8}
    theirs = neural_network.MLPClassifier(random_state=0, **options).fit(X, LABELS[labels])
    ours = estimators.MLPClassifier(random_state=0, **options).fit(X, LABELS[labels])
    np.testing.assert_allclose(ours.coefs_[0], theirs.coefs_[0], atol=1e-4)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-4)


def mean_score(home, kind, x, y, **options):
    scores = []
    for seed in range(3):
        a, b, c, d = train_test_split(x, y, random_state=seed, test_size=0.3)
        made = make_pipeline(StandardScaler(), getattr(home, kind)(random_state=seed, **options))
        scores.append(made.fit(a, c).score(b, d))
    return np.mean(scores)


@pytest.mark.parametrize(
    ("load", "kind", "options"),
    [
        ("iris", "MLPClassifier", {"max_iter": 300}),
        ("breast_cancer", "MLPClassifier", {"max_iter": 100}),
        ("digits", "MLPClassifier", {"hidden_layer_sizes": (64,), "max_iter": 40}),
        ("diabetes", "MLPRegressor", {"max_iter": 300, "learning_rate_init": 0.005}),
        ("diabetes", "MLPRegressor", {"solver": "lbfgs", "alpha": 100.0, "hidden_layer_sizes": (10,)}),
    ],
)
def test_quality(load, kind, options):
    """The mean over three splits, within 0.02 of scikit-learn's or above."""
    x, y = getattr(datasets, f"load_{load}")(return_X_y=True)
    theirs, ours = (mean_score(home, kind, x, y, **options) for home in (neural_network, estimators))
    assert ours > theirs - 0.02
    assert ours > (0.35 if load == "diabetes" else 0.92)
