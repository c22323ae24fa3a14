"""Gaussian processes over several tasks: posterior, log marginal likelihood and its gradient, by Cholesky."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.linalg.lapack import dpotri

from gradatim.checks import UsageError
from gradatim.functional.covariances import Covariance
from gradatim.multitask.process_parameters import Gradient, Parameters

LOG_2PI = float(np.log(2 * np.pi))
EPS = float(np.finfo(float).eps)
JITTERS = (0.0, 1e-12, 1e-10, 1e-8, 1e-6)  # added to the diagonal, of its mean, until Cholesky succeeds


@dataclass(frozen=True, eq=False)
class Rows:
    """Examples of m tasks, one task behind the other; the rows of task i are starts[i] to starts[i + 1].

    Shapes: x (N, D), y (N,), starts (m + 1,).
    """

    x: np.ndarray
    y: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, Xs: Sequence[np.ndarray], ys: Sequence[np.ndarray]) -> "Rows":
        """Tasks that each have their own rows."""
        starts = np.cumsum([0, *(len(y) for y in ys)])
        return cls(np.concatenate(Xs), np.concatenate(ys).astype(float), starts)

    @property
    def tasks(self) -> np.ndarray:
        """The task of each row, (N,)."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def task(self, i: int) -> "Rows":
        """The rows of one task, as a problem of its own."""
        part = slice(self.starts[i], self.starts[i + 1])
        return Rows(self.x[part], self.y[part], self.starts[i : i + 2] - self.starts[i])


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the rows say of every task's function: α = C⁻¹ y, the factor L of C = L Lᵀ, log p(y).

    `jitter` was added to the diagonal of C, so that it has a factor; 0 nearly always.
    """

    rows: Rows
    kernel: Covariance
    at: Parameters
    K: np.ndarray
    L: np.ndarray
    alpha: np.ndarray
    jitter: float
    log_likelihood: float

    def predict(self, x: np.ndarray, tasks: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Means and variances of the functions of some tasks at x (N, D), both (N, tasks)."""
        B, of_row = self.at.B, self.rows.tasks
        k = self.kernel(x, self.rows.x, self.at.scales)  # (N, rows)
        own = self.kernel.diagonal(x, self.at.scales)
        mean, variance = np.empty((len(x), len(tasks))), np.empty((len(x), len(tasks)))
        for j, i in enumerate(tasks):
            c = k * B[i, of_row]
            mean[:, j] = c @ self.alpha
            v = solve_triangular(self.L, c.T, lower=True, check_finite=False)
            variance[:, j] = B[i, i] * own - (v**2).sum(0)
        return mean, np.maximum(variance, 0)

    def gradient(self) -> Gradient:
        """∂log p/∂θ = Σ_nm W_nm ∂C_nm/∂θ with W = ½ (α αᵀ − C⁻¹) (Rasmussen & Williams 2006, eq. 5.9)."""
        tasks, starts = self.rows.tasks, self.rows.starts[:-1]
        W = 0.5 * (np.outer(self.alpha, self.alpha) - _inverse(self.L))
        by_scales = self.kernel.pull_back(self.rows.x, self.at.scales, W * self.at.B[tasks][:, tasks])
        by_B = np.add.reduceat(np.add.reduceat(W * self.K, starts, axis=0), starts, axis=1)
        return Gradient(by_scales, by_B, np.add.reduceat(np.diag(W), starts))


def posterior(rows: Rows, kernel: Covariance, at: Parameters) -> Posterior:
    """Condition all tasks' functions on all rows (Bonilla, Chai & Williams 2007).

        C = B_ij k(x, x′) + σ_i² of each row,   α = C⁻¹ y
        log p(y) = −½ yᵀα − Σ log L_nn − (N/2) log 2π

    Cost: N³/3 products, N the rows of all tasks. Raises UsageError where C is not positive.
    """
    tasks = rows.tasks
    K = kernel(rows.x, rows.x, at.scales)
    C = K * at.B[tasks][:, tasks]
    C[np.diag_indices_from(C)] += at.noise[tasks]
    L, jitter = factor(C)
    alpha = cho_solve((L, True), rows.y, check_finite=False)
    log_p = -0.5 * rows.y @ alpha - np.log(np.diag(L)).sum() - 0.5 * len(rows.y) * LOG_2PI
    return Posterior(rows, kernel, at, K, L, alpha, jitter, float(log_p))


def factor(C: np.ndarray) -> tuple[np.ndarray, float]:
    """The Cholesky factor of C, and what was added to its diagonal to have one.

    >>> L, jitter = factor(np.ones((2, 2)))  # one point twice, without noise
    >>> jitter, bool(np.abs(L @ L.T - 1).max() < 2 * jitter)
    (1e-12, True)

    Raises UsageError with the smallest eigenvalue where no small number helps.
    """
    size = float(np.mean(np.diag(C)))
    for share in JITTERS:
        moved = C.copy()
        moved[np.diag_indices_from(C)] += share * size
        try:
            found = cholesky(moved, lower=True, overwrite_a=True, check_finite=False)
        except np.linalg.LinAlgError:
            continue
        if np.diag(found).min() ** 2 > len(C) * EPS * size:  # below it, a pivot is rounding alone
            return found, share * size
    smallest = float(np.linalg.eigvalsh(C)[0]) if np.isfinite(C).all() else float("nan")
    raise UsageError(
        f"the covariance of {len(C)} rows is not positive: its smallest eigenvalue is {smallest:.3g}, and "
        f"{JITTERS[-1]:g} of its diagonal added does not help; noise or another kernel does"
    )


def _inverse(L: np.ndarray) -> np.ndarray:
    """(L Lᵀ)⁻¹, from its lower half."""
    lower = np.tril(dpotri(L, lower=True)[0])
    return lower + np.tril(lower, -1).T
