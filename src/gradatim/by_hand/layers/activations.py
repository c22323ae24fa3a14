"""Elementwise activations (curriculum B2): each its value and its derivative.

Conventions at kinks are those of `functional.activations`, whose torch definitions these are twins of.
"""

from math import pi, sqrt

import numpy as np

from gradatim.by_hand.layers.elementwise import Elementwise
from gradatim.checks import real

# Keeps e^−z finite: the largest whole exponent of each precision
LARGEST = {np.dtype(np.float32): 88.0, np.dtype(np.float64): 709.0}
SELU_SCALE = 1.0507009873554804934193349852946  # λ
SELU_ALPHA = 1.6732632423543772848170429916717  # α
LINEAR_FROM = 20.0  # softplus


def sigma(z: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Write σ(z) = 1/(1 + e^−z) into h, without overflow."""
    np.negative(z, out=h)
    np.minimum(h, LARGEST[h.dtype], out=h)
    np.exp(h, out=h)
    h += 1
    return np.reciprocal(h, out=h)


class Identity(Elementwise):
    """g(z) = z; g′ = 1."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """The same number."""
        h[...] = z

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """1."""
        d[...] = 1


class Step(Elementwise):
    """g(z) = 1 for z ≥ 0, otherwise 0; g′ = 0, at the kink too: what comes before it does not learn."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """1 where z ≥ 0."""
        np.greater_equal(z, 0, out=h)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """0."""
        d[...] = 0


class Sigmoid(Elementwise):
    """g(z) = 1/(1 + e^−z); g′ = g(1 − g), at most ¼."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """1/(1 + e^−z)."""
        sigma(z, h)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """g(1 − g)."""
        np.subtract(1, h, out=d)
        d *= h


class Tanh(Elementwise):
    """g(z) = (e^z − e^−z)/(e^z + e^−z); g′ = 1 − g²."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """The hyperbolic tangent."""
        np.tanh(z, out=h)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """1 − g²."""
        np.multiply(h, h, out=d)
        np.subtract(1, d, out=d)


class ReLU(Elementwise):
    """g(z) = max(0, z); g′ = 1 for z > 0, otherwise 0, at the kink too."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """max(0, z)."""
        np.maximum(z, 0, out=h)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """[z > 0]."""
        np.greater(z, 0, out=d)


class LeakyReLU(Elementwise):
    """g(z) = z for z > 0, otherwise a z; g′ = 1 or a, at the kink a."""

    def __init__(self, negative_slope: float = 0.01):
        super().__init__()
        self.a = real("negative_slope", negative_slope)

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """The number, or a times it."""
        np.multiply(z, self.a, out=h)
        np.copyto(h, z, where=z > 0)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """1 or a."""
        d[...] = self.a
        np.copyto(d, 1, where=z > 0)


class ELU(Elementwise):
    """g(z) = z for z > 0, otherwise α(e^z − 1); g′ = 1 or α e^z, at 0 α."""

    def __init__(self, alpha: float = 1.0):
        super().__init__()
        self.alpha = real("alpha", alpha)

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """The number, or α(e^z − 1)."""
        np.minimum(z, 0, out=h)
        np.expm1(h, out=h)
        h *= self.alpha
        np.copyto(h, z, where=z > 0)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """1 or α e^z."""
        np.minimum(z, 0, out=d)
        np.exp(d, out=d)
        d *= self.alpha
        np.copyto(d, 1, where=z > 0)


class SELU(ELU):
    """g(z) = λ elu(z, α) with λ = 1.0507…, α = 1.6732…; g′ at 0 is λα."""

    def __init__(self) -> None:
        super().__init__(SELU_ALPHA)

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """ELU times λ."""
        super().value(z, h)
        h *= SELU_SCALE

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """ELU's times λ."""
        super().derivative(z, h, d)
        d *= SELU_SCALE


class Softplus(Elementwise):
    """g(z) = log(1 + e^z); g′ = σ(z). Linear above z = 20, where the difference is below 2.1e-9."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """log(1 + e^z), or z."""
        np.minimum(z, LINEAR_FROM, out=h)
        np.exp(h, out=h)
        np.log1p(h, out=h)
        np.copyto(h, z, where=z > LINEAR_FROM)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """σ(z), or 1."""
        sigma(z, d)
        np.copyto(d, 1, where=z > LINEAR_FROM)


class GELU(Elementwise):
    """g(z) = z Φ(z), Φ the normal distribution function, not its tanh approximation; g′ = Φ(z) + z φ(z).

    Φ is SciPy's, which comes with scikit-learn: NumPy has no error function.
    """

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """g(z) = z Φ(z)."""
        from scipy.special import ndtr

        ndtr(z, out=h)
        h *= z

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """Φ(z) + z φ(z), φ(z) = e^(−z²/2)/√(2π)."""
        from scipy.special import ndtr

        np.multiply(z, z, out=d)
        d *= -0.5
        np.exp(d, out=d)
        d *= z
        d /= sqrt(2 * pi)
        d += ndtr(z)


class SiLU(Elementwise):
    """g(z) = z σ(z); g′ = σ(z)(1 + z(1 − σ(z))) = σ(z) + g(1 − σ(z))."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """g(z) = z σ(z)."""
        sigma(z, h)
        h *= z

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """σ(z)(1 − g) + g."""
        sigma(z, d)
        d *= 1 - h
        d += h
