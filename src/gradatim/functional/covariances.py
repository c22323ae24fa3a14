"""Covariance functions of Gaussian processes, one length scale a feature, and their derivatives by hand.

The variance of each is 1 where two rows are equal (but of the linear one); whoever uses them scales it.
"""

from abc import ABC, abstractmethod

import numpy as np

from gradatim.checks import known


class Covariance(ABC):
    """k(x, x′) with length scales ℓ. Abstract.

    Shapes: x (N, D), z (M, D), scales ℓ (D,).
    """

    @abstractmethod
    def __call__(self, x: np.ndarray, z: np.ndarray, scales: np.ndarray) -> np.ndarray:
        """The covariance of every pair of rows, (N, M)."""

    @abstractmethod
    def diagonal(self, x: np.ndarray, scales: np.ndarray) -> np.ndarray:
        """The variance of every row, (N,)."""

    @abstractmethod
    def pull_back(self, x: np.ndarray, scales: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Σ_ij w_ij ∂k(x_i, x_j)/∂log ℓ_d of symmetric weights (N, N), (D,)."""


class Stationary(Covariance):
    """k is a function of s = Σ_d (x_d − x′_d)²/ℓ_d², the squared scaled distance. Abstract."""

    @abstractmethod
    def of_squares(self, s: np.ndarray) -> np.ndarray:
        """k(s)."""

    @abstractmethod
    def slope(self, s: np.ndarray) -> np.ndarray:
        """∂k/∂s."""

    def __call__(self, x: np.ndarray, z: np.ndarray, scales: np.ndarray) -> np.ndarray:
        """The covariance of every pair of rows."""
        return self.of_squares(scaled_squares(x, z, scales))

    def diagonal(self, x: np.ndarray, scales: np.ndarray) -> np.ndarray:
        """1 everywhere."""
        return np.ones(len(x))

    def pull_back(self, x: np.ndarray, scales: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """∂s/∂log ℓ_d = −2 (x_d − x′_d)²/ℓ_d²; Σ_ij v_ij (a_i − a_j)² = 2 (Σ_i a_i² Σ_j v_ij − aᵀv a)."""
        v = weights * self.slope(scaled_squares(x, x, scales))
        a = (x - x.mean(0)) / scales
        return -4 * (v.sum(1) @ a**2 - np.einsum("nd,nd->d", a, v @ a))


class RBF(Stationary):
    """k = exp(−s/2): functions without a kink in any derivative."""

    def of_squares(self, s: np.ndarray) -> np.ndarray:
        """e^(−s/2)."""
        return np.exp(-0.5 * s)

    def slope(self, s: np.ndarray) -> np.ndarray:
        """−½ e^(−s/2)."""
        return -0.5 * np.exp(-0.5 * s)


class Matern32(Stationary):
    """k = (1 + √3 r) e^(−√3 r), r = √s: functions that can be derived once."""

    def of_squares(self, s: np.ndarray) -> np.ndarray:
        """(1 + √3 r) e^(−√3 r)."""
        r = np.sqrt(3 * s)
        return (1 + r) * np.exp(-r)

    def slope(self, s: np.ndarray) -> np.ndarray:
        """−(3/2) e^(−√3 r), for s = 0 too."""
        return -1.5 * np.exp(-np.sqrt(3 * s))


class Matern52(Stationary):
    """k = (1 + √5 r + 5s/3) e^(−√5 r), r = √s: functions that can be derived twice."""

    def of_squares(self, s: np.ndarray) -> np.ndarray:
        """(1 + √5 r + 5s/3) e^(−√5 r)."""
        r = np.sqrt(5 * s)
        return (1 + r + r**2 / 3) * np.exp(-r)

    def slope(self, s: np.ndarray) -> np.ndarray:
        """−(5/6)(1 + √5 r) e^(−√5 r)."""
        r = np.sqrt(5 * s)
        return -(5 / 6) * (1 + r) * np.exp(-r)


class Linear(Covariance):
    """k = Σ_d x_d x′_d/ℓ_d²: straight lines through 0, the weight of feature d of variance 1/ℓ_d²."""

    def __call__(self, x: np.ndarray, z: np.ndarray, scales: np.ndarray) -> np.ndarray:
        """The covariance of every pair of rows."""
        return (x / scales**2) @ z.T

    def diagonal(self, x: np.ndarray, scales: np.ndarray) -> np.ndarray:
        """Σ_d x_d²/ℓ_d²."""
        return ((x / scales) ** 2).sum(1)

    def pull_back(self, x: np.ndarray, scales: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """∂k/∂log ℓ_d = −2 x_d x′_d/ℓ_d²."""
        a = x / scales
        return -2 * np.einsum("nd,nd->d", a, weights @ a)


COVARIANCES: dict[str, Covariance] = {
    "rbf": RBF(),
    "matern32": Matern32(),
    "matern52": Matern52(),
    "linear": Linear(),
}


def covariance(name: str) -> Covariance:
    """The covariance function of a name (Rasmussen & Williams 2006, chapter 4).

    >>> x = np.array([[0.0], [1.0]])
    >>> covariance("rbf")(x, x, np.ones(1)).round(4)
    array([[1.    , 0.6065],
           [0.6065, 1.    ]])

    Raises UsageError for an unknown one.
    """
    return COVARIANCES[known("kernel", name, COVARIANCES)]


def scaled_squares(x: np.ndarray, z: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Σ_d (x_d − z_d)²/ℓ_d² of every pair of rows, (N, M), never below 0."""
    from scipy.spatial.distance import cdist

    return cdist(x / scales, z / scales, "sqeuclidean")
