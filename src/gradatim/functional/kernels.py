"""Kernels of pairs of rows, and the width that suits them."""

from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import cdist, pdist

from gradatim.checks import one_of, real

LOOKED_AT = 1000  # rows that a usual width is measured on


def linear_kernel(a: np.ndarray, b: np.ndarray, gamma: float = 1.0) -> np.ndarray:
    """k(x, x′) = xᵀx′; gamma is not looked at. Shapes: a (N, D), b (M, D); returns (N, M)."""
    return a @ b.T


def rbf_kernel(a: np.ndarray, b: np.ndarray, gamma: float = 1.0) -> np.ndarray:
    """k(x, x′) = exp(−γ‖x − x′‖²). Shapes: a (N, D), b (M, D); returns (N, M)."""
    K = -2 * (a @ b.T)
    K += np.einsum("nd,nd->n", a, a)[:, None]
    K += np.einsum("md,md->m", b, b)
    np.maximum(K, 0, out=K)
    K *= -gamma
    return np.exp(K, out=K)


def laplace_kernel(a: np.ndarray, b: np.ndarray, gamma: float = 1.0) -> np.ndarray:
    """k(x, x′) = exp(−γ‖x − x′‖). Shapes: a (N, D), b (M, D); returns (N, M)."""
    K = cdist(a, b)
    K *= -gamma
    return np.exp(K, out=K)


KERNELS: dict[str, Callable[[np.ndarray, np.ndarray, float], np.ndarray]] = {
    "linear": linear_kernel,
    "rbf": rbf_kernel,
    "laplace": laplace_kernel,
}


def kernel_width(kernel: str, x: np.ndarray, gamma: float | None = None) -> float:
    """γ as it was asked for, or else 1/median² of the distances for rbf, 1/median for laplace, 1 for linear.

    The distances are those between rows of x (N, D), at most 1,000 of them, evenly spaced. Raises UsageError
    for an unknown kernel, and for a γ that is not above 0.

    >>> kernel_width("rbf", np.array([[0.0], [2.0]]))
    0.25
    """
    one_of("kernel", kernel, KERNELS)
    if gamma is not None:
        return real("gamma", gamma, above=0)
    if kernel == "linear" or len(x) < 2:
        return 1.0
    some = x[np.linspace(0, len(x) - 1, min(len(x), LOOKED_AT)).astype(int)]
    far = pdist(some)
    middle = float(np.median(far)) or float(far.mean()) or 1.0
    return 1 / middle**2 if kernel == "rbf" else 1 / middle
