"""G3: weights against known ratios, closed forms against brute force, optimality of the programme."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.svm import OneClassSVM

from gradatim.checks import GradatimError, UsageError
from gradatim.functional.kernels import kernel_width, rbf_kernel
from gradatim.transfer import effective_sample_size, importance_weights, kernel_mean_matching, ulsif
from gradatim.transfer.density_ratio import leave_one_out
from gradatim.transfer.mean_matching import mean_matching_programme


def two_gaussians(n=1500, m=1000, seed=0):
    """Source N(0, 1), target N(0.5, 0.8²); the ratio that is known, scaled to mean 1."""
    rng = np.random.default_rng(seed)
    source, target = rng.normal(0, 1, (n, 1)), rng.normal(0.5, 0.8, (m, 1))
    x = source[:, 0]
    w = np.exp(-((x - 0.5) ** 2) / (2 * 0.64) + x**2 / 2)
    return source, target, w / w.mean()


@pytest.mark.parametrize(("method", "most"), [("logistic", 0.1), ("ulsif", 0.2), ("kmm", 0.35)])
def test_the_weights_of_two_gaussians_are_their_ratio(method, most):
    """Σ|ŵ − w|/Σw of 800 rows, mean 1 both; the weighted source has the target's mean to 0.1."""
    source, target, w = two_gaussians(800, 800)
    found = importance_weights(source, target, method)
    assert found.shape == (800,) and found.mean() == pytest.approx(1) and (found >= 0).all()
    assert np.abs(found - w).mean() < most
    assert (found * source[:, 0]).mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("n", "m"), [(30, 20), (20, 30)])
@pytest.mark.parametrize("penalty", [1e-3, 0.5])
def test_the_closed_leave_one_out_is_brute_forces(n, m, penalty):
    """Every row left out and the weights learned again, to 1e-10, float64."""
    rng = np.random.default_rng(1)
    source, target = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)) + 0.5
    a, b = rbf_kernel(source, target[:10], 0.5), rbf_kernel(target, target[:10], 0.5)
    terms = []
    for i in range(min(n, m)):
        left, other = np.delete(a, i, 0), np.delete(b, i, 0)
        H = left.T @ left / (n - 1) + penalty * np.eye(10)
        alpha = np.maximum(0, np.linalg.solve(H, other.mean(0)))
        terms.append(0.5 * (a[i] @ alpha) ** 2 - b[i] @ alpha)
    assert leave_one_out(a, b, penalty) == pytest.approx(np.mean(terms), rel=1e-10)


def test_ulsif_chooses_the_lowest_score_and_solves_its_equations():
    source, target, _ = two_gaussians(200, 150)
    found = ulsif(source, target, n_kernels=20)
    for gamma in (found.gamma / 4, found.gamma, found.gamma * 4):
        for penalty in (found.penalty / 10, found.penalty * 10):
            assert found.score <= ulsif(source, target, gamma, penalty, n_kernels=20).score
    assert ulsif(source, target, found.gamma, found.penalty, n_kernels=20).score == found.score


def programme(n=40, m=30, seed=0):
    rng = np.random.default_rng(seed)
    source, target = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)) * 0.7 + 1
    gamma = kernel_width("rbf", np.concatenate([source, target]))
    return rbf_kernel(source, source, gamma), n / m * rbf_kernel(source, target, gamma).sum(1)


@pytest.mark.parametrize(
    ("limit", "lowest", "highest"),
    [(1000.0, 6, 74), (2.0, 30, 34), (1.5, 0, 80), (3.0, 40, 40), (5.0, 50, 60)],
)
def test_kernel_mean_matching_fulfils_karush_kuhn_and_tucker(limit, lowest, highest):
    """Stationarity, bounds, signs and complementarity to 1e-7; no lower value by scipy's SLSQP."""
    K, kappa = programme()
    x, z, residual = mean_matching_programme(K, kappa, limit, lowest, highest)
    gradient = K @ x - kappa
    at_zero, at_limit = z[:40], z[40:80]
    assert np.abs(gradient - at_zero + at_limit + z[-2] - z[-1]).max() < 1e-7
    assert x.min() > -1e-7 and x.max() < limit + 1e-7
    assert lowest - 1e-6 < x.sum() < highest + 1e-6
    assert (z > 0).all() and residual < 1e-10
    assert np.abs(at_zero * x).max() < 1e-6 and np.abs(at_limit * (limit - x)).max() < 1e-5
    slsqp = minimize(
        lambda x: (0.5 * x @ K @ x - kappa @ x, K @ x - kappa), np.full(40, (lowest + highest) / 80),
        jac=True, method="SLSQP", bounds=[(0, limit)] * 40, options={"maxiter": 500, "ftol": 1e-12},
        constraints=[{"type": "ineq", "fun": lambda x: x.sum() - lowest},
                     {"type": "ineq", "fun": lambda x: highest - x.sum()}],
    )  # fmt: skip
    value = 0.5 * x @ K @ x - kappa @ x
    assert value <= slsqp.fun + 1e-6 and value == pytest.approx(slsqp.fun, abs=1e-3)


def test_with_a_certain_sum_it_is_a_one_class_machine_around_the_targets_mean():
    """Σβ = N makes the programme that of a one-class support vector machine whose kernel is centred at the
    target's mean: libsvm's β and ours, to 1e-3.
    """
    K, kappa = programme()
    n, limit = 40, 4.0
    centred = K - (kappa[:, None] + kappa) / n
    centred += 2 * kappa.max() / n  # a constant changes nothing where the sum is certain
    machine = OneClassSVM(kernel="precomputed", nu=1 / limit, tol=1e-9).fit(centred)
    theirs = np.zeros(n)
    theirs[machine.support_] = machine.dual_coef_[0] * limit
    ours = mean_matching_programme(K, kappa, limit, n, n).x
    value = lambda x: 0.5 * x @ K @ x - kappa @ x  # noqa: E731
    assert theirs.sum() == pytest.approx(n)
    assert value(ours) == pytest.approx(value(theirs), rel=1e-6)
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_effective_sample_sizes():
    assert effective_sample_size(np.ones(7)) == 7
    assert effective_sample_size([0, 0, 5e300]) == 1
    rng = np.random.default_rng(0)
    near = importance_weights(rng.normal(size=(300, 2)), rng.normal(size=(300, 2)))
    far = importance_weights(rng.normal(size=(300, 2)), rng.normal(size=(300, 2)) + 2.5, "logistic")
    assert effective_sample_size(near) > 150 and effective_sample_size(far) < 20


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: importance_weights(np.ones((3, 2)), np.ones((3, 1))), "source has 2 columns"),
        (lambda: importance_weights(np.ones((3, 2)), np.ones(3)), "target must be rows of numbers"),
        (lambda: importance_weights([[1.0], [np.nan]], [[1.0]]), "source holds nan at row 1, column 0"),
        (lambda: importance_weights([[1.0]], [[1.0]], "kliep"), "method"),
        (lambda: importance_weights([[1.0]], [[1.0], [2.0]]), "two rows or more"),
        (lambda: kernel_mean_matching(np.zeros((9000, 1)), np.zeros((3, 1))), "at most 8,000 .* here 9,000"),
        (lambda: kernel_mean_matching(np.ones((4, 1)), np.ones((4, 1)), None, 0.1, 0.2), "limit"),
        (lambda: ulsif(np.ones((4, 1)), np.ones((4, 1)), penalty=-1), "penalty must be a number above 0"),
        (lambda: ulsif(np.zeros((4, 1)), np.full((4, 1), 1e4), gamma=1.0), "do not overlap"),
        (lambda: effective_sample_size([0.0, 0.0]), "no weight is above 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(ask, sentence):
    with pytest.raises((UsageError, GradatimError), match=sentence):
        ask()
