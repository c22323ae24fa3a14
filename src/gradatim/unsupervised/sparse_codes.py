"""Sparse codes of rows by a dictionary (curriculum F12), as rows for a classifier."""

import numpy as np

from gradatim.checks import UsageError, real, whole


def sparse_dictionary(rows: np.ndarray, atoms: int, alpha: float = 1.0, seed: int = 0) -> np.ndarray:
    """Atoms (K, D) of length 1 at most, by scikit-learn's MiniBatchDictionaryLearning (Mairal et al. 2009).

        min ½ ‖X − S D‖² + α Σ |S|,   ‖D_k‖ ≤ 1

    >>> rows = np.random.default_rng(0).normal(size=(50, 3))
    >>> round(float(np.linalg.norm(sparse_dictionary(rows, 4), axis=1).max()), 6)
    1.0
    """
    from sklearn.decomposition import MiniBatchDictionaryLearning

    learner = MiniBatchDictionaryLearning(
        whole("atoms", atoms, 1), alpha=real("alpha", alpha, above=0), random_state=seed
    )
    found: np.ndarray = learner.fit(rows).components_
    return found


def sparse_code(x: np.ndarray, atoms: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """The code with the least error and few numbers other than 0, by scikit-learn's sparse_encode.

        s(x) = argmin_s ½ ‖x − Dᵀ s‖² + α Σ_k |s_k|

    Shapes: x (N, D), atoms (K, D) → (N, K). Raises UsageError where the D differ, and for α below 0.

    >>> sparse_code(np.array([[3.0, 0.5]]), np.eye(2), alpha=1.0)
    array([[2., 0.]])
    """
    from sklearn.decomposition import sparse_encode

    _check(x, atoms)
    alpha = real("alpha", alpha, at_least=0)
    found: np.ndarray = sparse_encode(
        np.asarray(x, np.float64), np.asarray(atoms, np.float64), algorithm="lasso_cd", alpha=alpha,
        max_iter=10_000,
    )  # fmt: skip
    return found


def soft_threshold_code(x: np.ndarray, atoms: np.ndarray, threshold: float = 0.25) -> np.ndarray:
    """One product in place of the optimum (Coates & Ng 2011, section 3.2.2): both signs of each atom.

        f_k(x) = max(0, D_k·x − t),   f_{K+k}(x) = max(0, −D_k·x − t)

    Shapes: x (N, D), atoms (K, D) → (N, 2K). Raises UsageError where the D differ, and for t below 0.

    >>> soft_threshold_code(np.array([[3.0, -2.0]]), np.eye(2), threshold=0.5)
    array([[2.5, 0. , 0. , 1.5]])
    """
    _check(x, atoms)
    t = real("threshold", threshold, at_least=0)
    found = x @ atoms.T
    return np.maximum(np.concatenate([found - t, -found - t], 1), 0)


def _check(x: np.ndarray, atoms: np.ndarray) -> None:
    if x.ndim != 2 or atoms.ndim != 2 or x.shape[1] != atoms.shape[1]:
        raise UsageError(f"rows of shape {x.shape} do not fit atoms of shape {atoms.shape}")
