"""H7: joint posteriors are scikit-learn's of a hand-made joint kernel, gradients those of differences."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, Kernel, Matern

from gradatim.checks import UsageError
from gradatim.functional.covariances import covariance
from gradatim.multitask.gaussian_process import Rows, factor, posterior
from gradatim.multitask.independent_processes import independent_posterior
from gradatim.multitask.kronecker_process import kronecker_posterior
from gradatim.multitask.process_parameters import Layout, Parameters
from gradatim.multitask.process_search import likeliest, way_of

rng = np.random.default_rng(1)
SIZES, D, M = (6, 4, 3), 2, 3
XS = [rng.normal(size=(n, D)) for n in SIZES]
YS = [rng.normal(size=n) + np.sin(x[:, 0]) for n, x in zip(SIZES, XS, strict=True)]
ROWS = Rows.of(XS, YS)
SHARED_X, SHARED_Y = rng.normal(size=(5, D)), rng.normal(size=(5, M))
SHARED = Rows.of([SHARED_X] * M, list(SHARED_Y.T))
AT = Parameters(
    np.array([0.7, 1.9]), rng.normal(size=(M, 2)), np.array([0.3, 0.05, 1.2]), np.array([0.1, 0.02, 0.4])
)
APART = Parameters(AT.scales, np.empty((M, 0)), AT.kappa, AT.noise)
NEW = rng.normal(size=(4, D))
THEIRS = {"rbf": RBF(AT.scales), "matern32": Matern(AT.scales, nu=1.5), "matern52": Matern(AT.scales, nu=2.5)}


class Joint(Kernel):
    """B_ij k(x, x′), the last column of a row the number of its task."""

    def __init__(self, B, k):
        self.B, self.k = B, k

    def __call__(self, X, Y=None, eval_gradient=False):
        Y = X if Y is None else Y
        i, j = X[:, -1].astype(int), Y[:, -1].astype(int)
        return self.B[np.ix_(i, j)] * self.k(X[:, :-1], Y[:, :-1])

    def diag(self, X):
        return np.diag(self(X))

    def is_stationary(self):
        return False


def with_task(x, i):
    return np.column_stack([x, np.full(len(x), i)])


def theirs(rows, at, k):
    x = np.column_stack([rows.x, rows.tasks])
    model = GaussianProcessRegressor(Joint(at.B, k), alpha=at.noise[rows.tasks], optimizer=None)
    return model.fit(x, rows.y)


def check(found, rows, at, k):
    model = theirs(rows, at, k)
    assert found.log_likelihood == pytest.approx(model.log_marginal_likelihood_value_, abs=1e-8)
    mean, variance = found.predict(NEW, range(M))
    np.testing.assert_array_equal(found.predict(NEW, [2, 0])[0], mean[:, [2, 0]])
    for i in range(M):
        m, s = model.predict(with_task(NEW, i), return_std=True)
        np.testing.assert_allclose(mean[:, i], m, atol=1e-8)
        np.testing.assert_allclose(variance[:, i], s**2, atol=1e-8)


@pytest.mark.parametrize("name", THEIRS)
def test_own_rows_are_scikit_learns_joint_process(name):
    """Mean, variance and log marginal likelihood to 1e-8, float64."""
    check(posterior(ROWS, covariance(name), AT), ROWS, AT, THEIRS[name])


@pytest.mark.parametrize("name", THEIRS)
def test_shared_rows_in_two_small_eigensystems_are_the_same(name):
    """To 1e-8, with a noise of its own for every task."""
    check(kronecker_posterior(SHARED_X, SHARED_Y, covariance(name), AT), SHARED, AT, THEIRS[name])


def test_tasks_that_share_the_kernel_alone_add_up():
    k = covariance("rbf")
    check(independent_posterior(ROWS, k, APART), ROWS, APART, THEIRS["rbf"])
    alone = [posterior(ROWS.task(i), k, Parameters(AT.scales, np.empty((1, 0)), AT.kappa[[i]], AT.noise[[i]]))
             for i in range(M)]  # fmt: skip
    assert independent_posterior(ROWS, k, APART).log_likelihood == pytest.approx(
        sum(one.log_likelihood for one in alone), abs=1e-12
    )
    assert posterior(ROWS, k, APART).log_likelihood == pytest.approx(
        sum(one.log_likelihood for one in alone), abs=1e-10
    )


@pytest.mark.parametrize("one_variance", [False, True])
@pytest.mark.parametrize("one_noise", [False, True])
@pytest.mark.parametrize(("rows", "rank"), [(ROWS, 2), (ROWS, 0), (SHARED, 2), (SHARED, 0)])
@pytest.mark.parametrize("name", ["rbf", "matern32", "matern52", "linear"])
def test_gradients_are_those_of_differences(name, rows, rank, one_noise, one_variance):
    """By every element of θ, whichever way: central differences of 1e-5, to 1e-6."""
    layout = Layout(D, M, rank, one_variance, one_noise)
    at = AT if rank else APART
    theta = layout.pack(at)
    way, condition = way_of(rows, covariance(name), rank)
    assert way == ("kronecker" if rows is SHARED else "cholesky" if rank else "separate")
    at = layout.unpack(theta)
    found = layout.gradient(condition(at).gradient(), at)
    assert len(found) == len(theta) == len(layout.bounds(np.ones(D))) == len(layout.start(np.ones(D), 0, 1))
    for j in range(len(theta)):
        step = 1e-5 * (np.arange(len(theta)) == j)
        higher, lower = (condition(layout.unpack(t)).log_likelihood for t in (theta + step, theta - step))
        assert found[j] == pytest.approx((higher - lower) / 2e-5, abs=1e-6, rel=1e-6)


def test_parameters_survive_their_vector():
    back = Layout(D, M, 2).unpack(Layout(D, M, 2).pack(AT))
    for one, other in zip(AT, back, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-14)
    np.testing.assert_allclose(AT.times(np.array([2, 3, 4.0])).B, AT.B * np.outer([2, 3, 4], [2, 3, 4]))


def test_the_search_ends_at_a_stationary_point_and_more_starts_are_never_worse():
    """|∂ log p/∂θ| < 1e-2 for every number inside its bounds; the same seed gives the same numbers."""
    layout = Layout(D, M, 1, one_noise=True)
    _, condition = way_of(ROWS, covariance("rbf"), 1)
    once, thrice, again = (likeliest(condition, layout, np.ones(D), n, 3, 500) for n in (1, 3, 3))
    assert thrice.log_likelihood >= once.log_likelihood - 1e-9
    assert thrice.every == again.every and thrice.every[0] == once.every[0]
    assert all(np.array_equal(a, b) for a, b in zip(thrice.at, again.at, strict=True))
    theta = layout.pack(thrice.at)
    low, high = np.transpose(layout.bounds(np.ones(D)))
    inside = (theta > low + 1e-6) & (theta < high - 1e-6)
    slopes = layout.gradient(condition(thrice.at).gradient(), thrice.at)
    assert inside.sum() >= 3 and np.abs(slopes[inside]).max() < 1e-2


def test_a_point_that_stands_twice_without_noise_gets_a_jitter():
    rows = Rows.of([np.zeros((2, 1)), np.ones((1, 1))], [np.ones(2), np.ones(1)])
    at = Parameters(np.ones(1), np.ones((2, 1)), np.ones(2), np.zeros(2))
    found = posterior(rows, covariance("rbf"), at)
    assert 0 < found.jitter < 1e-5
    assert found.predict(np.zeros((1, 1)), [0])[0][0, 0] == pytest.approx(1, abs=1e-6)
    assert posterior(ROWS, covariance("rbf"), AT).jitter == 0


@pytest.mark.parametrize(("sizes", "rank"), [((20_001,), 0), ((10_001, 10_000), 1), ((20_001, 20_001), 1)])
def test_too_many_rows_are_refused_before_they_need_memory(sizes, rank):
    rows = Rows.of([np.zeros((n, 1)) for n in sizes], [np.zeros(n) for n in sizes])
    with pytest.raises(UsageError, match=r"20,001 rows, and an exact Gaussian process takes at most 20,000"):
        way_of(rows, covariance("rbf"), rank)


def test_what_is_not_positive_is_refused():
    with pytest.raises(UsageError, match=r"of 2 rows is not positive: its smallest eigenvalue is -1"):
        factor(np.array([[1.0, 2], [2, 1]]))
