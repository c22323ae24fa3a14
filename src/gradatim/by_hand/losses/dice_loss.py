"""The soft Dice loss of masks (curriculum D19)."""

from typing import Any

import numpy as np

from gradatim.by_hand.losses.mask_scores import MaskScores, places
from gradatim.checks import real


class Dice(MaskScores):
    """Soft Dice (Milletari, Navab & Ahmadi 2016), the mean over all K classes.

        l = 1 − (1/K) Σ_k U_k/V_k,   U_k = 2 Σ_i p_ki g_ki + ε,   V_k = Σ_i p_ki² + Σ_i g_ki² + ε
        d_ki = ∂l/∂p_ki = −(2/K) (g_ki − p_ki U_k/V_k)/V_k;   ∂l/∂a_ki = p_ki (d_ki − Σ_j p_ji d_ji)

    Places that are not known are none of the i. Shapes: a (N, K, …), y (N, …) class numbers, … the places.
    Raises UsageError for an ε not above 0.
    """

    def __init__(self, epsilon: float = 1.0):
        self.epsilon = real("epsilon", epsilon, above=0)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope."""
        p, _, g, known = places(a, y)
        p *= known
        u = 2 * (p * g).sum(2, keepdims=True) + self.epsilon
        v = (p * p).sum(2, keepdims=True) + g.sum(2, keepdims=True) + self.epsilon
        d = (p * (u / v) - g) * (2 / (p.shape[1] * v))
        slope = p * (d - (p * d).sum(1, keepdims=True))
        return 1 - (u / v)[:, :, 0].mean(1), slope.reshape(a.shape)


class CrossEntropyDice(MaskScores):
    """Cross entropy and soft Dice (Isensee et al. 2021): l = (1/P) Σ_i −log p_yi + λ l_Dice, over the P known
    places.

    Shapes: a (N, K, …), y (N, …) class numbers. Raises UsageError for a negative λ or an ε not above 0.
    """

    def __init__(self, weight: float = 1.0, epsilon: float = 1.0):
        self.weight = real("weight", weight, at_least=0)
        self.epsilon = real("epsilon", epsilon, above=0)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope."""
        p, log_p, g, known = places(a, y)
        value, slope = Dice(self.epsilon).both(a, y)
        n = np.maximum(known.sum(2, keepdims=True), 1)
        entropy = -(g * log_p).sum((1, 2)) / n[:, 0, 0]
        return (
            entropy + self.weight * value,
            ((known * p - g) / n).reshape(a.shape) + self.weight * slope,
        )
