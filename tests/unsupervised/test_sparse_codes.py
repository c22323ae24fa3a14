"""Sparse codes: the formula of the soft threshold, and the lasso's conditions of optimality."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.unsupervised import soft_threshold_code, sparse_code, sparse_dictionary

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 6))
ATOMS = RNG.normal(size=(9, 6))
ATOMS /= np.linalg.norm(ATOMS, axis=1, keepdims=True)


def test_the_soft_threshold_is_its_formula():
    """Float64, to 1e-15."""
    expected = np.zeros((20, 18))
    for n in range(20):
        for k in range(9):
            product = sum(a * b for a, b in zip(X[n], ATOMS[k], strict=True))
            expected[n, k], expected[n, 9 + k] = max(0, product - 0.3), max(0, -product - 0.3)
    np.testing.assert_allclose(soft_threshold_code(X, ATOMS, 0.3), expected, rtol=0, atol=1e-15)


def test_the_soft_threshold_is_the_optimum_of_orthonormal_atoms():
    """There its two halves are the positive and the negative part of the lasso's code, to 1e-6."""
    basis = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    quick = soft_threshold_code(X, basis, 0.4)
    np.testing.assert_allclose(quick[:, :6] - quick[:, 6:], sparse_code(X, basis, 0.4), rtol=0, atol=1e-6)


def test_the_sparse_code_is_the_optimum():
    """D (x − Dᵀ s) = α sign(s) where s ≠ 0, and within ±α elsewhere, to 1e-3 of α."""
    alpha = 0.2
    s = sparse_code(X, ATOMS, alpha)
    slope = (X - s @ ATOMS) @ ATOMS.T
    on = s != 0
    np.testing.assert_allclose(slope[on], alpha * np.sign(s[on]), rtol=0, atol=1e-3 * alpha)
    assert np.abs(slope[~on]).max() <= alpha * 1.001 and 0 < on.mean() < 0.8


def test_a_dictionary_finds_the_atoms_that_rows_are_made_of():
    """Rows of one of 4 orthonormal atoms each: every one is found up to its sign, to a cosine of 0.99."""
    basis = np.linalg.qr(RNG.normal(size=(8, 8)))[0][:4]
    rows = RNG.choice([-1.0, 1.0], (200, 1)) * RNG.uniform(1, 2, (200, 1)) * basis[RNG.integers(4, size=200)]
    found = sparse_dictionary(rows, 4, alpha=0.1, seed=0)
    assert np.abs(found @ basis.T).max(0).min() > 0.99
    np.testing.assert_array_equal(found, sparse_dictionary(rows, 4, alpha=0.1, seed=0))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sparse_code(X[:, :3], ATOMS), r"rows of shape \(20, 3\) do not fit atoms of shape \(9, 6\)"),
        (lambda: soft_threshold_code(X[0], ATOMS), r"rows of shape \(6,\) do not fit"),
        (lambda: soft_threshold_code(X, ATOMS, -1), "threshold must be a number at least 0; it is -1"),
        (lambda: sparse_dictionary(X, 4, alpha=0), "alpha must be a number above 0; it is 0"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(UsageError, match=said):
        call()
