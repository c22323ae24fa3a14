"""Kernel mean matching: weights under which the source's mean in a kernel's space is the target's."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from gradatim.checks import GradatimError, UsageError, real
from gradatim.functional.kernels import kernel_width, rbf_kernel

AT_MOST = 8000  # source rows, each a row and a column of the programme's matrix
STEPS, TOLERANCE = 100, 1e-10
SHORT = 0.995  # of the way to the nearest bound


class Solution(NamedTuple):
    """The minimum of a quadratic programme, its multipliers, and the largest violation of its conditions."""

    x: np.ndarray
    multipliers: np.ndarray  # of Gx ≤ h
    residual: float


def kernel_mean_matching(
    source: np.ndarray, target: np.ndarray, gamma: float | None = None, limit: float = 1000.0,
    slack: float | None = None,
) -> np.ndarray:  # fmt: skip
    """Kernel mean matching (Huang, Smola, Gretton, Borgwardt & Schölkopf 2007, eq. 12).

        min_β ‖1/N Σβ_iφ(x_i) − 1/M Σφ(x′_j)‖²   subject to   0 ≤ β_i ≤ B,  |1/N Σβ_i − 1| ≤ ε
        = min ½βᵀKβ − κᵀβ,   κ_i = N/M Σ_j k(x_i, x′_j)

    Shapes: source (N, D), target (M, D); returns β (N,).

    Parameters: `gamma` of the Gaussian kernel, by the median distance when None; `limit` is B; `slack` is ε,
    (√N − 1)/√N when None.

    Raises UsageError for more than 8,000 source rows, and numbers out of their bounds.
    """
    n = len(source)
    if n > AT_MOST:
        raise UsageError(
            f"kmm weighs at most {AT_MOST:,} source rows, here {n:,}: ulsif and logistic take more"
        )
    limit = real("limit", limit, above=0)
    slack = (sqrt(n) - 1) / sqrt(n) if slack is None else real("slack", slack, at_least=0)
    gamma = kernel_width("rbf", np.concatenate([source, target]), gamma)
    if limit <= 1 - slack:
        raise UsageError(
            f"limit must be above {1 - slack:g}, so that the weights can be of mean 1; it is {limit:g}"
        )
    K = rbf_kernel(source, source, gamma)
    kappa = n / len(target) * rbf_kernel(source, target, gamma).sum(1)
    beta = mean_matching_programme(K, kappa, limit, n * max(1 - slack, 0), n * (1 + slack)).x
    return np.clip(beta, 0, limit)


def mean_matching_programme(
    K: np.ndarray, kappa: np.ndarray, limit: float, lowest: float, highest: float
) -> Solution:
    """Min ½xᵀKx − κᵀx subject to 0 ≤ x ≤ B, lowest ≤ Σx ≤ highest, by Mehrotra's interior-point method.

        Kx − κ + Gᵀz = 0,   Gx + s = h,   s_i z_i = 0,   s, z ≥ 0;   G = [−I; I; 1ᵀ; −1ᵀ]
        a step solves (K + D + d11ᵀ)Δx = r, D of the bounds' z/s and d of the two sums': one Cholesky factor

    Newton's steps for those conditions, s_i z_i being led to 0 together (Nocedal & Wright 2006, algorithm
    16.4). K (N, N) is positive; a sum that is certain (lowest = highest) is given a width of 1e-9 of it.

    Raises GradatimError where 100 steps do not reach the optimum to 1e-10.
    """
    n = len(K)
    width = max(1e-9 * highest - (highest - lowest), 0) / 2
    h = np.concatenate([np.zeros(n), np.full(n, limit), [highest + width, width - lowest]])
    x = np.full(n, min(max((lowest + highest) / (2 * n), 0.0), limit) or limit / 2)
    x = np.clip(x, 0.05 * limit, 0.95 * limit) if limit < 2 else x
    scale = max(1.0, float(np.abs(kappa).max()))
    s = np.maximum(h - _bounds(x), 1e-2)
    z = np.full(2 * n + 2, scale)
    for _ in range(STEPS):
        dual, primal = K @ x - kappa + _back(z), _bounds(x) + s - h
        gap = float(s @ z) / len(s)
        residual = max(np.abs(dual).max() / scale, np.abs(primal).max() / max(1.0, limit), gap / scale)
        if residual < TOLERANCE:
            return Solution(x, z, residual)
        factor = _factor(K, z / s, n)

        def step(target: np.ndarray, z: np.ndarray = z, s: np.ndarray = s, factor: tuple = factor,
                 dual: np.ndarray = dual, primal: np.ndarray = primal) -> tuple:  # fmt: skip
            dx = cho_solve(factor, -dual - _back((z * primal - target) / s))
            ds = -primal - _bounds(dx)
            return dx, ds, (-target - z * ds) / s

        _, ds, dz = step(s * z)
        ahead = min(_reach(s, ds), _reach(z, dz))
        centre = (float((s + ahead * ds) @ (z + ahead * dz)) / len(s) / gap) ** 3
        dx, ds, dz = step(s * z + ds * dz - centre * gap)
        length = min(1.0, SHORT * min(_reach(s, ds), _reach(z, dz)))
        x, s, z = x + length * dx, s + length * ds, z + length * dz
    raise GradatimError(f"the weights' quadratic programme is not solved after {STEPS} steps: {residual:.1e}")


def _bounds(x: np.ndarray) -> np.ndarray:
    """Gx."""
    total = x.sum()
    return np.concatenate([-x, x, [total, -total]])


def _back(z: np.ndarray) -> np.ndarray:
    """Gᵀz."""
    n = (len(z) - 2) // 2
    return z[n : 2 * n] - z[:n] + (z[-2] - z[-1])


def _factor(K: np.ndarray, d: np.ndarray, n: int) -> tuple:
    """Cholesky's factor of K + Gᵀ diag(d) G."""
    A = K + (d[-2] + d[-1])
    A[np.diag_indices(n)] += d[:n] + d[n : 2 * n]
    return cho_factor(A, lower=True, overwrite_a=True, check_finite=False)


def _reach(v: np.ndarray, dv: np.ndarray) -> float:
    """The largest step that leaves v + step · dv at 0 or above, at most 1."""
    falls = dv < 0
    return min(1.0, float((-v[falls] / dv[falls]).min())) if falls.any() else 1.0
