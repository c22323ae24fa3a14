"""H7: the estimator finds a planted relation, is scikit-learn's process, and refuses what cannot be."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.metrics import r2_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from gradatim.checks import UsageError
from gradatim.estimators import MultiTaskGaussianProcess

PLACES = np.linspace(0, 10, 101)[:, None]


@parametrize_with_checks([
    MultiTaskGaussianProcess(n_restarts=0, max_iter=30),
    MultiTaskGaussianProcess("matern52", sharing="kernel", noise="shared", n_restarts=0, max_iter=30),
])  # fmt: skip
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def planted(seed, of_first=30, of_second=5, correlation=0.95):
    """Two functions of one process, one seen at many places and one at few; and both everywhere."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(RBF(1.5)(PLACES) + 1e-9 * np.eye(101))
    first, other = (root @ rng.normal(size=(101, 2))).T
    second = 20 + 3 * (correlation * first + (1 - correlation**2) ** 0.5 * other)
    seen = [np.sort(rng.choice(101, n, replace=False)) for n in (of_first, of_second)]
    ys = [f[at] + s * rng.normal(size=len(at))
          for f, at, s in zip((first, second), seen, (0.1, 0.3), strict=True)]  # fmt: skip
    return [PLACES[at] for at in seen], ys, np.column_stack([first, second])


def rmse(a, b):
    return float(np.sqrt(np.mean((a - b) ** 2)))


@pytest.fixture(scope="module")
def fits():
    """For five seeds: processes of both tasks, of the second alone, of one kernel; and the truth."""
    found = []
    for seed in range(5):
        Xs, ys, truth = planted(seed)
        both = MultiTaskGaussianProcess().fit(Xs, ys)
        alone = MultiTaskGaussianProcess().fit(Xs[1], ys[1])
        kernel = MultiTaskGaussianProcess(sharing="kernel").fit(Xs, ys)
        found.append((both, alone, kernel, truth, Xs, ys))
    return found


def test_few_targets_are_worth_more_beside_many_of_a_related_task(fits):
    """RMSE of the second task (correlation 0.95, 5 targets) on five seeds: below that alone on each, and on
    geometric mean below half of it; of one kernel for both it is in between.
    """
    errors = np.array([
        [rmse(found, truth[:, 1])
         for found in (both.predict(PLACES)[:, 1], kernel.predict(PLACES)[:, 1], alone.predict(PLACES))]
        for both, alone, kernel, truth, _, _ in fits
    ])  # fmt: skip
    joint, shared, alone = np.exp(np.log(errors).mean(0))
    assert joint < 0.5 * alone and (errors[:, 0] < errors[:, 2]).all() and joint < shared < alone


def test_predictions_likelihood_and_units_are_scikit_learns(fits):
    """A joint kernel by hand from what was learned: 1e-8, of targets on a scale of their own."""
    both, *_, Xs, ys = fits[0]
    B, x = both.coregionalization_, np.concatenate(Xs)
    tasks = np.repeat([0, 1], [30, 5])
    k = RBF(both.length_scales_)
    C = k(x) * B[np.ix_(tasks, tasks)] + np.diag(both.noise_variance_[tasks])
    y = np.concatenate([y - y.mean() for y in ys])
    log_p = -0.5 * y @ np.linalg.solve(C, y) - 0.5 * np.linalg.slogdet(C)[1] - 17.5 * np.log(2 * np.pi)
    assert both.log_marginal_likelihood_ == pytest.approx(log_p, abs=1e-8)
    mean, std = both.predict(PLACES, return_std=True)
    for i in range(2):
        c = k(PLACES, x) * B[i, tasks]
        np.testing.assert_allclose(mean[:, i], ys[i].mean() + c @ np.linalg.solve(C, y), atol=1e-8)
        variance = B[i, i] - (c * np.linalg.solve(C, c.T).T).sum(1)
        np.testing.assert_allclose(std[:, i] ** 2, variance, atol=1e-8)
    assert both.solver_ == "cholesky" and both.jitter_ == 0 and both.correlations_[0, 1] > 0.8


def test_lists_and_columns_are_the_same_tasks(fits):
    """The same rows as two lists and as two columns with NaN: the same numbers, and one list a task back."""
    both, *_, Xs, ys = fits[0]
    mean, std = both.predict(PLACES, return_std=True)
    means, stds = both.predict([PLACES[:3], PLACES[50:]], return_std=True)
    np.testing.assert_allclose(means[0], mean[:3, 0], atol=1e-12)
    np.testing.assert_allclose(stds[1], std[50:, 1], atol=1e-12)
    X, y = np.concatenate(Xs), np.full((35, 2), np.nan)
    y[:30, 0], y[30:, 1] = ys
    again = MultiTaskGaussianProcess().fit(X, y)
    np.testing.assert_array_equal(again.predict(PLACES), mean)
    each = [r2_score(y, m) for y, m in zip(ys, both.predict(Xs), strict=True)]
    assert both.score(Xs, ys) == again.score(X, y) == pytest.approx(np.mean(each))


def test_one_task_is_as_likely_as_scikit_learns_own_search_makes_it():
    """log p(y) at the end of both searches of the same model, to 1e-3."""
    Xs, ys, _ = planted(0)
    kernel = ConstantKernel() * RBF() + WhiteKernel()
    theirs = GaussianProcessRegressor(kernel, n_restarts_optimizer=3, random_state=0)
    theirs.fit(Xs[0], ys[0])
    ours = MultiTaskGaussianProcess(normalize_y=False).fit(Xs[0], ys[0])
    assert ours.coregionalization_.shape == (1, 1) and ours.solver_ == "separate"
    assert ours.log_marginal_likelihood_ == pytest.approx(theirs.log_marginal_likelihood_value_, abs=1e-3)
    np.testing.assert_allclose(ours.predict(PLACES), theirs.predict(PLACES), atol=0.02)


def test_shared_rows_are_learned_by_small_eigensystems():
    """They predict nearly what Cholesky of all rows does, which one missing target asks for."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(15, 2))
    y = np.column_stack([X[:, 0], X[:, 0] + X[:, 1], -X[:, 1]]) + 0.1 * rng.normal(size=(15, 3))
    whole = MultiTaskGaussianProcess(rank=2, n_restarts=0, max_iter=50).fit(X, y)
    assert whole.solver_ == "kronecker" and whole.coregionalization_.shape == (3, 3)
    y[0, 0] = np.nan
    parts = MultiTaskGaussianProcess(rank=2, n_restarts=0, max_iter=50).fit(X, y)
    assert parts.solver_ == "cholesky"
    assert np.abs(whole.predict(X) - parts.predict(X)).max() < 0.2


def test_a_shared_kernel_is_one_variance_and_one_scale():
    Xs, ys, _ = planted(1, 12, 12)
    found = MultiTaskGaussianProcess(sharing="kernel", noise="shared", normalize_y=False).fit(Xs, ys)
    B, noise = found.coregionalization_, found.noise_variance_
    assert B[0, 1] == 0 and B[0, 0] == pytest.approx(B[1, 1]) and noise[0] == pytest.approx(noise[1])
    kernel = ConstantKernel(B[0, 0]) * RBF(found.length_scales_)
    each = [
        GaussianProcessRegressor(kernel, alpha=noise[0], optimizer=None)
        .fit(X, y)
        .log_marginal_likelihood_value_
        for X, y in zip(Xs, ys, strict=True)
    ]
    assert found.log_marginal_likelihood_ == pytest.approx(sum(each), abs=1e-8)


def test_rows_that_stand_twice_and_targets_that_never_change_are_learned():
    X, y = np.zeros((6, 1)), np.column_stack([np.arange(6.0), np.full(6, 0.1)])
    found = MultiTaskGaussianProcess(n_restarts=0).fit(X, y)
    np.testing.assert_allclose(found.predict(X[:1]), [[2.5, 0.1]], atol=1e-6)
    assert np.isfinite(found.log_marginal_likelihood_)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kernel": "cubic"}, "unknown kernel 'cubic'"), ({"sharing": "all"}, "sharing must be"),
        ({"rank": 3}, "rank must be at most the number of tasks, 2; it is 3"), ({"rank": -1}, "rank must be"),
        ({"noise": "none"}, "noise must be"), ({"n_restarts": -1}, "n_restarts must"),
        ({"max_iter": 0}, "max_iter"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_are_refused(asked, said):
    with pytest.raises(UsageError, match=said):
        MultiTaskGaussianProcess(**asked).fit(np.zeros((3, 1)), np.zeros((3, 2)))


ROWS, TARGETS = np.zeros((3, 2)), np.zeros(3)


@pytest.mark.parametrize(
    ("X", "y", "said"),
    [
        ([ROWS, ROWS], [TARGETS], "list of 2 tasks, so y must be a list of as many; it is 1"),
        ([ROWS, ROWS[:0]], [TARGETS, TARGETS[:0]], "task 1 has no rows: leave it out"),
        ([ROWS, ROWS], [TARGETS, TARGETS[:2]], r"task 1 has 3 rows, but targets of shape \(2,\)"),
        ([ROWS, ROWS[:, :1]], [TARGETS, TARGETS], "task 1: X has 1 features"),
        ([ROWS, ROWS + np.nan], [TARGETS, TARGETS], "task 1: Input X contains NaN"),
        ([ROWS, ROWS], [TARGETS, TARGETS + np.nan], "task 1: Input y contains NaN"),
        (ROWS, np.full((3, 2), [0, np.nan]), "task 1, column 1 of y, has no target"),
        (ROWS, np.zeros((3, 2, 1)), r"Found array with dim 3|y must be \(n,\) or \(n, tasks\)"),
        (ROWS, TARGETS + np.nan, "Input y contains NaN"),
    ],
)
def test_tasks_that_cannot_be_are_refused(X, y, said):
    with pytest.raises(ValueError, match=said):
        MultiTaskGaussianProcess().fit(X, y)


def test_other_tasks_than_were_learned_are_refused(fits):
    both = fits[0][0]
    with pytest.raises(UsageError, match="a list of 3 tasks, but 2 were learned"):
        both.predict([PLACES] * 3)
    with pytest.raises(UsageError, match="y has 1 tasks, but 2 were learned"):
        both.score(PLACES, np.zeros(101))
