"""Losses of distributions (curriculum B10): the outputs are parameters, the loss is −log p(y).

A Bernoulli's −log p(y) is the binary cross entropy and a categorical's the cross entropy, so `losses.table`
names those; a Gaussian's with fixed σ is the half squared error over σ², up to a constant.
"""

from math import log, pi
from typing import Any

import numpy as np

from gradatim.by_hand.losses.loss import Loss
from gradatim.checks import UsageError, whole


def targets(a: np.ndarray, y: Any, outputs: str, per_target: int) -> np.ndarray:
    """The targets as (N, D); UsageError unless a has `per_target` outputs for each of its numbers."""
    y = np.asarray(y, a.dtype).reshape(len(y), -1)
    if a.shape != (len(y), per_target * y.shape[1]):
        expected = (len(y), per_target * y.shape[1])
        raise UsageError(f"{outputs} take outputs of shape {expected}; they have {a.shape}")
    return y


class GaussianNLL(Loss):
    """A Gaussian with learned mean and variance: the outputs are μ and s = log σ² (Nix & Weigend 1994).

        l = ½ Σ_d [log 2π + s_d + (y_d − μ_d)² e^−s_d]
        ∂l/∂μ = (μ − y) e^−s,   ∂l/∂s = ½ − ½ (y − μ)² e^−s

    Shapes: a (N, 2D), first every μ, then every s; y (N, D), or (N,).
    """

    outputs = 2

    def spread(self, a: np.ndarray) -> np.ndarray:
        """The standard deviations σ = e^(s/2), (N, D)."""
        return np.exp(a[:, a.shape[1] // 2 :] / 2)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope of one e^−s."""
        y = targets(a, y, "a mean and a log variance for each target", 2)
        mu, s = np.split(a, 2, axis=1)
        precision = np.exp(-s)
        square = (y - mu) ** 2 * precision
        value = 0.5 * (log(2 * pi) + s + square).sum(1)
        return value, np.concatenate([(mu - y) * precision, 0.5 - 0.5 * square], 1)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l/∂(μ, s)."""
        return self.both(a, y)[1]


class LaplaceNLL(Loss):
    """A Laplace distribution with learned median and width: the outputs are μ and s = log b.

        l = Σ_d [log 2 + s_d + |y_d − μ_d| e^−s_d]
        ∂l/∂μ = sign(μ − y) e^−s, 0 at the kink;   ∂l/∂s = 1 − |y − μ| e^−s

    Shapes: a (N, 2D), first every μ, then every s; y (N, D), or (N,).
    """

    outputs = 2

    def spread(self, a: np.ndarray) -> np.ndarray:
        """The standard deviations √2 b, (N, D)."""
        return 2**0.5 * np.exp(a[:, a.shape[1] // 2 :])

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope of one e^−s."""
        y = targets(a, y, "a median and a log width for each target", 2)
        mu, s = np.split(a, 2, axis=1)
        sharpness = np.exp(-s)
        distance = np.abs(y - mu) * sharpness
        value = (log(2) + s + distance).sum(1)
        return value, np.concatenate([np.sign(mu - y) * sharpness, 1 - distance], 1)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l/∂(μ, s)."""
        return self.both(a, y)[1]


class MixtureNLL(Loss):
    """A mixture of K round Gaussians: the mixture density network (Bishop 1994, eq. 22–39).

        l = −log Σ_k π_k N(y; μ_k, σ_k² I),   π = softmax(z), s_k = log σ_k
        γ_k = π_k N_k / Σ_j π_j N_j           the posterior of component k
        ∂l/∂z_k = π_k − γ_k,   ∂l/∂μ_k = γ_k (μ_k − y)/σ_k²,   ∂l/∂s_k = γ_k (D − ‖y − μ_k‖²/σ_k²)

    Shapes: a (N, K(D + 2)): K numbers z, K numbers s, then K rows μ_k of D numbers; y (N, D), or (N,).
    """

    def __init__(self, components: int = 3):
        self.components = whole("components", components, 1)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope; sums of e^… are taken relative to their largest term."""
        K = self.components
        y = np.asarray(y, a.dtype).reshape(len(y), 1, -1)  # (N, 1, D)
        D = y.shape[2]
        if a.shape != (len(y), K * (D + 2)):
            raise UsageError(
                f"a mixture of {K} in {D} dimensions takes outputs of shape {(len(y), K * (D + 2))}; "
                f"they have {a.shape}"
            )
        z, s, mu = a[:, :K], a[:, K : 2 * K], a[:, 2 * K :].reshape(len(y), K, D)
        precision = np.exp(-2 * s)
        square = ((y - mu) ** 2).sum(2) * precision  # ‖y − μ_k‖²/σ_k², (N, K)
        log_pi = z - log_sum_exp(z)
        log_joint = log_pi - 0.5 * D * log(2 * pi) - D * s - 0.5 * square  # log π_k N_k
        log_p = log_sum_exp(log_joint)
        gamma = np.exp(log_joint - log_p)
        d_mu = (gamma * precision)[:, :, None] * (mu - y)
        slopes = [np.exp(log_pi) - gamma, gamma * (D - square), d_mu.reshape(len(y), K * D)]
        return -log_p[:, 0], np.concatenate(slopes, 1)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """∂l/∂(z, s, μ)."""
        return self.both(a, y)[1]


def log_sum_exp(z: np.ndarray) -> np.ndarray:
    """The log of Σ_k e^z_k over the last axis, which is kept."""
    m = z.max(-1, keepdims=True)
    return m + np.log(np.exp(z - m).sum(-1, keepdims=True))
