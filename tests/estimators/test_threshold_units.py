"""Rosenblatt's and Widrow and Hoff's rules, against scikit-learn, the theorem, and the equations."""

import numpy as np
import pytest
from sklearn import linear_model
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

from gradatim.checks import GradatimError, UsageError
from gradatim.estimators import Adaline, Perceptron

SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
rng = np.random.default_rng(0)
X = rng.standard_normal((80, 3))
Y = (X @ [1.0, 2.0, -1.0] + 0.5 * rng.standard_normal(80) > 0.3).astype(int)


@pytest.mark.parametrize("eta0", [1.0, 0.1])
def test_the_perceptron_is_scikit_learns_away_from_ties(eta0):
    """From weights at which no net input is 0, three passes, 1e-12."""
    start = rng.standard_normal((1, 3))
    ours = Perceptron(shuffle=False, eta0=eta0).partial_fit(X, Y, classes=[0, 1])
    theirs = linear_model.Perceptron(shuffle=False, eta0=eta0).partial_fit(X, Y, classes=[0, 1])
    for one in (ours, theirs):
        one.coef_, one.intercept_ = start.copy(), np.array([0.3])
        for _ in range(3):
            one.partial_fit(X, Y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-12)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_perceptron_converges_within_the_bound(seed):
    """Novikoff 1962: at most (R/γ)² mistakes on separable data, whatever their order."""
    draw = np.random.default_rng(seed)
    x = draw.standard_normal((60, 4))
    w = draw.standard_normal(5)
    margins = np.column_stack([x, np.ones(60)]) @ w / np.linalg.norm(w)
    x, margins = x[abs(margins) > 0.1], margins[abs(margins) > 0.1]
    fitted = Perceptron(tol=None, max_iter=10_000, random_state=seed).fit(x, margins > 0)
    mistakes = round(sum(fitted.loss_curve_) * len(x))
    R = np.sqrt((x**2).sum(1) + 1).max()
    assert fitted.score(x, margins > 0) == 1
    assert fitted.loss_curve_[-1] == 0
    assert mistakes <= (R / abs(margins).min()) ** 2


def test_on_xor_at_most_three_of_four():
    with pytest.warns(ConvergenceWarning, match="cannot be told apart by a line"):
        fitted = Perceptron(tol=None, max_iter=200).fit(SQUARE, [0, 1, 1, 0])
    assert fitted.score(SQUARE, [0, 1, 1, 0]) <= 0.75
    for y in ([0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0]):
        assert Perceptron(tol=None).fit(SQUARE, y).score(SQUARE, y) == 1


def test_adalines_step_takes_its_share_of_the_error():
    """After the step on one example its error is (1 − α) times what it was, whatever the scale."""
    for scale in (1e-3, 1.0, 1e3):
        x = scale * X[:1]
        fitted = Adaline(eta0=0.3, shuffle=False).partial_fit(X, Y, classes=[0, 1])
        before = 1 - fitted.decision_function(x)
        fitted.partial_fit(x, [1])
        np.testing.assert_allclose(1 - fitted.decision_function(x), 0.7 * before, rtol=1e-9)


def test_adaline_tends_to_the_weighted_least_squares():
    """Its fixed point: Σ ε x/(‖x‖² + 1) = 0, with a small α to 0.01."""
    with pytest.warns(ConvergenceWarning):
        fitted = Adaline(eta0=1e-3, max_iter=3000, tol=None).fit(X, Y)
    wide = np.column_stack([X, np.ones(len(X))])
    weights = 1 / (wide**2).sum(1)
    exact = np.linalg.solve((wide * weights[:, None]).T @ wide, (wide * weights[:, None]).T @ (2 * Y - 1))
    np.testing.assert_allclose([*fitted.coef_[0], *fitted.intercept_], exact, atol=0.01)


def test_three_classes_have_three_units():
    x, y = load_iris(return_X_y=True)
    for kind, least in ((Perceptron, 0.6), (Adaline, 0.75)):
        fitted = kind().fit(x - x.mean(0), y)
        assert fitted.coef_.shape == (3, 4)
        assert fitted.decision_function(x).shape == (150, 3)
        assert fitted.score(x - x.mean(0), y) > least


def test_precision_warm_start_and_messages():
    single = Perceptron(max_iter=3).fit(X.astype("float32"), Y)
    assert single.coef_.dtype == "float32"
    warm = Perceptron(max_iter=1, warm_start=True, tol=None)
    for _ in range(4):
        warm.fit(X, Y)
    assert len(warm.loss_curve_) == 4
    with pytest.raises(UsageError, match="eta0 must be a number above 0; it is 0"):
        Perceptron(eta0=0).fit(X, Y)
    with pytest.raises(GradatimError, match="the error grew without bound: eta0 must be below 2; it is 9"):
        Adaline(eta0=9).fit(X, Y)
