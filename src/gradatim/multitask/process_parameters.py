"""The parameters of Gaussian processes over several tasks, and how they lie in one vector."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gradatim.random import generator


class Parameters(NamedTuple):
    """θ: covariances C((x, i), (x′, j)) = B_ij k(x, x′) + σ_i² of one row and itself, B = A Aᵀ + diag κ.

    Shapes: scales ℓ (D,), A (m, R), kappa κ (m,), noise σ² (m,).
    """

    scales: np.ndarray
    A: np.ndarray
    kappa: np.ndarray
    noise: np.ndarray

    @property
    def B(self) -> np.ndarray:
        """How much the tasks have in common, (m, m)."""
        return self.A @ self.A.T + np.diag(self.kappa)

    def times(self, s: np.ndarray) -> "Parameters":
        """Those of targets that are s_i times as large, s (m,)."""
        return Parameters(self.scales, self.A * s[:, None], self.kappa * s**2, self.noise * s**2)


class Gradient(NamedTuple):
    """Derivatives of the log marginal likelihood by log ℓ (D,), B (m, m) and σ² (m,)."""

    log_scales: np.ndarray
    B: np.ndarray
    noise: np.ndarray


@dataclass(frozen=True)
class Layout:
    """θ as one vector (log ℓ, A, log κ, log σ²); one κ or one σ² of all tasks stands in it once."""

    features: int
    tasks: int
    rank: int
    one_variance: bool = False
    one_noise: bool = False

    def pack(self, at: Parameters) -> np.ndarray:
        """The vector of these parameters."""
        kappa, noise = at.kappa[: self._kappas], at.noise[: self._noises]
        return np.concatenate([np.log(at.scales), at.A.ravel(), np.log(kappa), np.log(noise)])

    def unpack(self, theta: np.ndarray) -> Parameters:
        """The parameters in a vector."""
        scales, A, kappa, noise = np.split(theta, self._ends)
        every = np.ones(self.tasks)
        return Parameters(
            np.exp(scales), A.reshape(self.tasks, self.rank), np.exp(kappa) * every, np.exp(noise) * every
        )

    def gradient(self, by: Gradient, at: Parameters) -> np.ndarray:
        """Derivatives by the vector: ∂L/∂A = 2 (∂L/∂B) A, ∂L/∂log κ_i = κ_i (∂L/∂B)_ii."""
        kappa, noise = np.diag(by.B) * at.kappa, by.noise * at.noise
        kappa = kappa.sum(keepdims=True) if self.one_variance else kappa
        noise = noise.sum(keepdims=True) if self.one_noise else noise
        return np.concatenate([by.log_scales, (2 * by.B @ at.A).ravel(), kappa, noise])

    def bounds(self, spread: np.ndarray) -> list[tuple[float, float]]:
        """Of targets of variance 1 and features of these spreads: ℓ from 1/100 to 1000 of them."""
        ell = [(np.log(0.01 * s), np.log(1000 * s)) for s in spread]
        A = [(-30.0, 30.0)] * (self.tasks * self.rank)
        kappa = [(np.log(1e-6), np.log(1e3))] * self._kappas
        return [*ell, *A, *kappa, *[(np.log(1e-6), np.log(10.0))] * self._noises]

    def start(self, spread: np.ndarray, seed: int, k: int) -> np.ndarray:
        """Where search k begins: the first in the middle, the others drawn by (seed, k)."""
        draw = generator(seed, f"gaussian process start {k}").standard_normal
        A = 0.7 * draw((self.tasks, self.rank))
        ell, kappa, noise = np.log(spread), np.full(self._kappas, 0.5), np.full(self._noises, 0.1)
        if k == 0:
            A[:, :1] = 0.7
        else:
            ell = ell + draw(self.features)
            noise = noise * np.exp(draw(self._noises))
        return np.concatenate([ell, A.ravel(), np.log(kappa), np.log(noise)])

    @property
    def _kappas(self) -> int:
        return 1 if self.one_variance else self.tasks

    @property
    def _noises(self) -> int:
        return 1 if self.one_noise else self.tasks

    @property
    def _ends(self) -> list[int]:
        A = self.features + self.tasks * self.rank
        return [self.features, A, A + self._kappas]
