"""Tasks that all have the same X, and a target in every row: two small eigensystems for one large factor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.functional.covariances import Covariance
from gradatim.multitask.gaussian_process import LOG_2PI
from gradatim.multitask.process_parameters import Gradient, Parameters


@dataclass(frozen=True, eq=False)
class KroneckerPosterior:
    """The posterior of y = vec Y, C = B ⊗ K + diag σ² ⊗ I, exact (Stegle et al. 2011; Rakitsch et al. 2013).

    With S = diag σ², S^−½ B S^−½ = U diag λ Uᵀ and K = V diag μ Vᵀ, all of C⁻¹ is
    (S^−½ U ⊗ V) diag 1/(λ_b μ_k + 1) (Uᵀ S^−½ ⊗ Vᵀ). `E` holds 1/(λ_b μ_k + 1), (n, m).
    """

    x: np.ndarray
    kernel: Covariance
    at: Parameters
    K: np.ndarray
    mu: np.ndarray
    V: np.ndarray
    lam: np.ndarray
    U: np.ndarray
    E: np.ndarray
    alpha: np.ndarray  # C⁻¹ y as a matrix (n, m)
    log_likelihood: float
    jitter: float = 0.0

    def predict(self, x: np.ndarray, tasks: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Means and variances of the functions of some tasks at x (N, D), both (N, tasks)."""
        B, noise = self.at.B, self.at.noise
        k = self.kernel(x, self.x, self.at.scales)
        known = (k @ self.V) ** 2 @ self.E @ (self.lam[:, None] ** 2 * self.U.T**2)  # of S^−½ f
        variance = self.kernel.diagonal(x, self.at.scales)[:, None] * np.diag(B) - noise * known
        return (k @ self.alpha @ B)[:, tasks], np.maximum(variance, 0)[:, tasks]

    def gradient(self) -> Gradient:
        """∂log p/∂θ = ½ (αᵀ (∂C/∂θ) α − tr C⁻¹ ∂C/∂θ), each trace of a Kronecker product in parts."""
        a, B, noise, V = self.alpha, self.at.B, self.at.noise, self.V
        on_K = 0.5 * (a @ B @ a.T - (V * (self.E @ self.lam)) @ V.T)
        root = noise**-0.5
        on_B = (self.U * (self.mu @ self.E)) @ self.U.T * np.outer(root, root)
        by_noise = 0.5 * ((a**2).sum(0) - self.U**2 @ self.E.sum(0) / noise)
        by_scales = self.kernel.pull_back(self.x, self.at.scales, on_K)
        return Gradient(by_scales, 0.5 * (a.T @ self.K @ a - on_B), by_noise)


def kronecker_posterior(
    x: np.ndarray, Y: np.ndarray, kernel: Covariance, at: Parameters
) -> KroneckerPosterior:
    """Condition all tasks' functions on x (n, D) and Y (n, m), for n³ + m³ products instead of (n m)³/3.

    Every noise must be above 0; a noise a task is as exact as one of all.
    """
    root = at.noise**-0.5
    K = kernel(x, x, at.scales)
    mu, V = np.linalg.eigh(K)
    lam, U = np.linalg.eigh(at.B * np.outer(root, root))
    mu, lam = np.maximum(mu, 0), np.maximum(lam, 0)  # below 0 by rounding alone
    E = 1 / (np.outer(mu, lam) + 1)
    rotated = V.T @ (Y * root) @ U
    alpha = V @ (rotated * E) @ U.T * root
    n, m = Y.shape
    log_p = -0.5 * ((rotated**2 * E).sum() - np.log(E).sum() + n * np.log(at.noise).sum() + n * m * LOG_2PI)
    return KroneckerPosterior(x, kernel, at, K, mu, V, lam, U, E, alpha, float(log_p))
