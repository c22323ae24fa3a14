"""Penalties on weights (curriculum B12), in operators that NumPy arrays and torch tensors share."""

from typing import Any

from gradatim.checks import real

Array = Any  # numpy.ndarray or torch.Tensor


def _sign(w: Array) -> Array:
    """−1, 0 or 1, in w's own precision."""
    return w / (abs(w) + (w == 0))


class L2:
    """Ridge penalty (Hoerl & Kennard 1970; on networks, Krogh & Hertz 1992).

        Ω = ½ λ Σ w²;   ∂Ω/∂w = λ w
        prox(w, t) = argmin_z ½‖z − w‖² + t ½ λ ‖z‖² = w/(1 + tλ)

    λ is `strength`. Raises UsageError for λ below 0.

    >>> import numpy as np
    >>> L2(0.1)(np.array([3.0, 4.0]))
    1.25
    """

    def __init__(self, strength: float):
        self.strength = real("strength", strength, at_least=0)

    def __call__(self, w: Array) -> float:
        """The penalty."""
        return 0.5 * self.strength * float((w * w).sum())

    def gradient(self, w: Array) -> Array:
        """Its derivative, λ w."""
        return self.strength * w

    def prox(self, w: Array, t: float) -> Array:
        """Every weight shortened in proportion."""
        return w / (1 + t * self.strength)


class L1:
    """Lasso penalty (Tibshirani 1996): every weight moves by tλ towards 0 and stops there.

        Ω = λ Σ |w|;   ∂Ω/∂w = λ sign w, 0 at the kink
        prox(w, t) = argmin_z ½‖z − w‖² + t λ ‖z‖₁ = sign w · max(|w| − tλ, 0)

    λ is `strength`. Raises UsageError for λ below 0.

    >>> import numpy as np
    >>> L1(0.5).prox(np.array([3.0, -0.2]), t=1.0)
    array([ 2.5, -0. ])
    """

    def __init__(self, strength: float):
        self.strength = real("strength", strength, at_least=0)

    def __call__(self, w: Array) -> float:
        """The penalty."""
        return self.strength * float(abs(w).sum())

    def gradient(self, w: Array) -> Array:
        """Its derivative, λ sign w."""
        return self.strength * _sign(w)

    def prox(self, w: Array, t: float) -> Array:
        """Soft thresholding."""
        return _sign(w) * (abs(w) - t * self.strength).clip(0)

    def dual(self, g: Array) -> tuple[float, float]:
        """The largest share s ≤ 1 of g with max |s g| ≤ λ, where the conjugate is 0; and that 0."""
        largest = float(abs(g).max()) if 0 not in g.shape else 0.0
        return (1.0 if largest <= self.strength else self.strength / largest), 0.0
