"""Covariance functions are scikit-learn's kernels, and their derivatives those of finite differences."""

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import RBF, DotProduct, Matern

from gradatim.checks import UsageError
from gradatim.functional.covariances import COVARIANCES, covariance

rng = np.random.default_rng(0)
X, Z = rng.normal(size=(7, 3)), rng.normal(size=(4, 3))
SCALES = np.array([0.5, 1.3, 4.0])
THEIRS = {
    "rbf": RBF(SCALES), "matern32": Matern(SCALES, nu=1.5), "matern52": Matern(SCALES, nu=2.5),
}  # fmt: skip


@pytest.mark.parametrize("name", THEIRS)
def test_a_kernel_is_scikit_learns(name):
    """To 1e-12, float64."""
    k = covariance(name)
    np.testing.assert_allclose(k(X, Z, SCALES), THEIRS[name](X, Z), atol=1e-12)
    np.testing.assert_allclose(k.diagonal(X, SCALES), np.diag(k(X, X, SCALES)), atol=1e-12)


def test_the_linear_one_is_the_product_of_scaled_rows():
    theirs = DotProduct(sigma_0=0, sigma_0_bounds="fixed")(X / SCALES, Z / SCALES)
    np.testing.assert_allclose(covariance("linear")(X, Z, SCALES), theirs, atol=1e-12)
    np.testing.assert_allclose(covariance("linear").diagonal(X, SCALES), ((X / SCALES) ** 2).sum(1))


@pytest.mark.parametrize("name", COVARIANCES)
def test_derivatives_are_those_of_differences(name):
    """Σ_ij w_ij k_ij by log ℓ_d: central differences of 1e-5, to 1e-7, with a row that stands twice."""
    x = np.concatenate([X, X[:1]]) + 100.0 * (name != "linear")  # far from 0, where squares cancel
    w = rng.normal(size=(8, 8))
    w = w + w.T
    k, h = covariance(name), 1e-5
    found = k.pull_back(x, SCALES, w)
    for d in range(3):
        step = np.exp(h * (np.arange(3) == d))
        higher, lower = (w * k(x, x, SCALES * step)).sum(), (w * k(x, x, SCALES / step)).sum()
        assert found[d] == pytest.approx((higher - lower) / (2 * h), rel=1e-7, abs=1e-7)


def test_an_unknown_kernel_is_refused():
    with pytest.raises(UsageError, match="unknown kernel 'rfb': did you mean rbf"):
        covariance("rfb")
