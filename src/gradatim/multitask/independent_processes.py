"""Tasks that share the parameters of their kernel and nothing else: log likelihoods add up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.functional.covariances import Covariance
from gradatim.multitask.gaussian_process import Posterior, Rows, posterior
from gradatim.multitask.process_parameters import Gradient, Parameters


@dataclass(frozen=True, eq=False)
class IndependentPosterior:
    """A posterior a task, with one θ (Minka & Picard 1997; Lawrence & Platt 2004): B is diagonal."""

    parts: list[Posterior]
    at: Parameters

    @property
    def log_likelihood(self) -> float:
        """Σ_i log p(y_i | θ)."""
        return sum(part.log_likelihood for part in self.parts)

    @property
    def jitter(self) -> float:
        """The largest that was added for a task."""
        return max(part.jitter for part in self.parts)

    def predict(self, x: np.ndarray, tasks: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Means and variances of the functions of some tasks at x (N, D), both (N, tasks)."""
        found = [self.parts[i].predict(x, [0]) for i in tasks]
        return np.hstack([mean for mean, _ in found]), np.hstack([variance for _, variance in found])

    def gradient(self) -> Gradient:
        """The sum of the tasks' by log ℓ; each its own by B_ii and σ_i²."""
        each = [part.gradient() for part in self.parts]
        return Gradient(
            np.sum([one.log_scales for one in each], axis=0),
            np.diag([one.B[0, 0] for one in each]),
            np.array([one.noise[0] for one in each]),
        )


def independent_posterior(rows: Rows, kernel: Covariance, at: Parameters) -> IndependentPosterior:
    """Condition each task's function on its own rows; A has no columns, and B = diag κ.

    Cost: Σ_i n_i³/3 products.
    """
    parts = []
    for i in range(len(at.kappa)):
        own = Parameters(at.scales, at.A[i : i + 1], at.kappa[i : i + 1], at.noise[i : i + 1])
        parts.append(posterior(rows.task(i), kernel, own))
    return IndependentPosterior(parts, at)
