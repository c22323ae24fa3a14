"""Elementwise activations (curriculum B2): each its value and its derivative.

Conventions at kinks are those of `functional.activations`, whose torch definitions these are twins of.
"""

from math import pi, sqrt

import numpy as np

from gradatim.by_hand.layers.elementwise import Elementwise
from gradatim.checks import one_of, real

# Keeps e^−z finite: the largest whole exponent of each precision
LARGEST = {np.dtype(np.float32): 88.0, np.dtype(np.float64): 709.0}
SELU_SCALE = 1.0507009873554804934193349852946  # λ
SELU_ALPHA = 1.6732632423543772848170429916717  # α
LINEAR_FROM = 20.0  # softplus
FLAT_FROM = {"mish": 40.0, "gelu": 10.0}  # where their second factor is 1, or 0, in either precision
GELU_CUBIC = 0.044715


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


class CELU(Elementwise):
    """g(z) = z for z > 0, otherwise α(e^(z/α) − 1); g′ = 1 or e^(z/α), at 0 1: no kink."""

    def __init__(self, alpha: float = 1.0):
        super().__init__()
        self.alpha = real("alpha", alpha, above=0)

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """The number, or α(e^(z/α) − 1)."""
        np.minimum(z, 0, out=h)
        h /= self.alpha
        np.expm1(h, out=h)
        h *= self.alpha
        np.copyto(h, z, where=z > 0)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """e^(min(z, 0)/α)."""
        np.minimum(z, 0, out=d)
        d /= self.alpha
        np.exp(d, out=d)


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


class Softsign(Elementwise):
    """g(z) = z/(1 + |z|); g′ = 1/(1 + |z|)²."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """z/(1 + |z|)."""
        np.abs(z, out=h)
        h += 1
        np.divide(z, h, out=h)

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """1/(1 + |z|)²."""
        np.abs(z, out=d)
        d += 1
        np.reciprocal(d, out=d)
        d *= d


class GELU(Elementwise):
    """g(z) = z Φ(z), Φ the normal distribution function; g′ = Φ(z) + z φ(z).

    Φ is SciPy's, which comes with scikit-learn: NumPy has no error function. With `approximate="tanh"` it is
    ½(1 + tanh u) = σ(2u), u = √(2/π)(z + 0.044715 z³), and φ its derivative 2u′ σ(2u)(1 − σ(2u)).
    """

    def __init__(self, approximate: str = "none"):
        super().__init__()
        self.approximate = one_of("approximate", approximate, ("none", "tanh"))

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """g(z) = z Φ(z)."""
        h[...] = self._distribution(z)
        h *= z

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """Φ(z) + z φ(z), φ(z) = e^(−z²/2)/√(2π) or as approximated."""
        if self.approximate == "tanh":
            distribution, near = self._distribution(z), self._near(z)
            np.multiply(near, near, out=d)
            d *= 3 * GELU_CUBIC
            d += 1
            d *= 2 * sqrt(2 / pi)  # 2u′
            d *= distribution * (1 - distribution)
            d *= near
            d += distribution
            return
        np.multiply(z, z, out=d)
        d *= -0.5
        np.exp(d, out=d)
        d *= z
        d /= sqrt(2 * pi)
        d += self._distribution(z)

    def _distribution(self, z: np.ndarray) -> np.ndarray:
        """Φ(z), or σ(2u)."""
        if self.approximate == "tanh":
            z = self._near(z)
            u = sqrt(2 / pi) * (z + GELU_CUBIC * z**3)
            return sigma(2 * u, np.empty_like(u))
        from scipy.special import ndtr

        return ndtr(z)

    def _near(self, z: np.ndarray) -> np.ndarray:
        """Beyond ±10 σ(2u) is 0 or 1, and z³ might not be finite."""
        return np.clip(z, -FLAT_FROM["gelu"], FLAT_FROM["gelu"])


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


class Mish(Elementwise):
    """g(z) = z t, t = tanh(log(1 + e^z)); g′ = t + z σ(z)(1 − t²).

    With w = e^z and n = w(w + 2) no difference of near numbers is left: t = n/(n + 2), σ(z) = w/(1 + w),
    1 − t² = 4(n + 1)/(n + 2)².
    """

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """g(z) = z t."""
        _, n = self._powers(z)
        np.divide(n, n + 2, out=h)
        h *= z

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """The sum t + z σ(z)(1 − t²)."""
        w, n = self._powers(z)
        np.divide(4 * (n + 1) / (n + 2), n + 2, out=d)
        d *= w / (1 + w)
        d *= z
        d += n / (n + 2)

    def _powers(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The powers w and n; above z = 40 t is 1 in either precision."""
        w = np.exp(np.minimum(z, FLAT_FROM["mish"]))
        return w, w * (w + 2)
