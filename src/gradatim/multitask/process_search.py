"""The parameters of Gaussian processes that make the targets likeliest."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from gradatim.checks import UsageError
from gradatim.functional.covariances import Covariance
from gradatim.multitask.gaussian_process import Rows, posterior
from gradatim.multitask.independent_processes import independent_posterior
from gradatim.multitask.kronecker_process import kronecker_posterior
from gradatim.multitask.process_parameters import Gradient, Layout, Parameters

SHARING = ("coregionalization", "kernel")
NOISES = ("task", "shared")
MOST_ROWS = 20_000  # of one factor: a matrix of 3.2 GB, of which a few are held at once


class Conditioned(Protocol):
    """What every posterior gives."""

    @property
    def at(self) -> Parameters:
        """The parameters θ that it has."""

    @property
    def log_likelihood(self) -> float:
        """How likely the targets are, log p(y | θ)."""

    @property
    def jitter(self) -> float:
        """What was added to the diagonal."""

    def predict(self, x: np.ndarray, tasks: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Means and variances of the functions of some tasks."""

    def gradient(self) -> Gradient:
        """Derivatives of the log likelihood."""


Condition = Callable[[Parameters], Conditioned]


class Found(NamedTuple):
    """The best of all searches: its parameters, log p(y), iterations, and whether it came to an end."""

    at: Parameters
    log_likelihood: float
    iterations: int
    converged: bool
    every: list[float]  # the log likelihood where each search ended


def way_of(rows: Rows, kernel: Covariance, rank: int) -> tuple[str, Condition]:
    """How these rows are conditioned on, and the function that does it.

    `kronecker` where all tasks have the same rows and there is more than one, `separate` where B is diagonal,
    `cholesky` of all rows otherwise. Raises UsageError where one covariance would have over 20,000 rows.
    """
    m, starts = len(rows.starts) - 1, rows.starts
    x = rows.x[: starts[1]]
    if m > 1 and len(rows.x) == m * len(x) and all(np.array_equal(rows.task(i).x, x) for i in range(m)):
        Y = np.ascontiguousarray(rows.y.reshape(m, -1).T)
        _check_size(len(x), "one task has")
        return "kronecker", lambda at: kronecker_posterior(x, Y, kernel, at)
    if rank == 0:
        _check_size(int(np.diff(starts).max()), "one task has")
        return "separate", lambda at: independent_posterior(rows, kernel, at)
    _check_size(len(rows.x), "all tasks together have")
    return "cholesky", lambda at: posterior(rows, kernel, at)


def _check_size(rows: int, who: str) -> None:
    if rows > MOST_ROWS:
        raise UsageError(
            f"{who} {rows:,} rows, and an exact Gaussian process takes at most {MOST_ROWS:,}: take fewer rows"
        )


def likeliest(
    condition: Condition, layout: Layout, spread: np.ndarray, starts: int, seed: int, max_iter: int
) -> Found:
    """Maximise log p(y | θ) by L-BFGS-B (Byrd et al. 1995) from several starts, functions of (seed, number).

    Parameters: `spread` (D,), of each feature; targets have a variance near 1.
    """
    from scipy.optimize import minimize

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        at = layout.unpack(theta)
        found = condition(at)
        return -found.log_likelihood, -layout.gradient(found.gradient(), at)

    bounds = layout.bounds(spread)
    ended = []
    for k in range(starts):
        ended.append(
            minimize(
                objective, layout.start(spread, seed, k), jac=True, method="L-BFGS-B", bounds=bounds,
                options={"maxiter": max_iter},
            )
        )  # fmt: skip
    best = min(ended, key=lambda one: one.fun)
    if not np.isfinite(best.fun):
        raise UsageError("no parameters make the targets likely: their log likelihood is not finite")
    every = [-float(one.fun) for one in ended]
    return Found(layout.unpack(best.x), -float(best.fun), int(best.nit), best.nit < max_iter, every)
