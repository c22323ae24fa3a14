"""Penalties on weights (curriculum B12): matrices pay, biases and learned slopes do not."""

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import real


def is_weight(network: Network) -> np.ndarray:
    """1 for every element of θ that belongs to a matrix, 0 for the others: (P,) in θ's precision."""
    parts = [np.full(value.size, value.ndim >= 2) for value in network.parameters.values()]
    return np.concatenate([np.zeros(0, bool), *parts]).astype(network.dtype)


class L2:
    """Weight decay, ½ λ Σ w²; its gradient is λ w (Krogh & Hertz 1992)."""

    def __init__(self, network: Network, strength: float):
        self.network, self.strength = network, real("strength", strength, at_least=0)
        self.is_weight = is_weight(network)

    def value(self) -> float:
        """The penalty ½ λ Σ w²."""
        w = self.network.theta * self.is_weight
        return 0.5 * self.strength * float(w @ w)

    def add_gradient(self) -> None:
        """∂L/∂θ ← ∂L/∂θ + λ w."""
        self.network.gradient += self.strength * (self.network.theta * self.is_weight)


class L1:
    """The lasso's penalty, λ Σ |w|; its gradient is λ sign w, 0 at the kink (Tibshirani 1996)."""

    def __init__(self, network: Network, strength: float):
        self.network, self.strength = network, real("strength", strength, at_least=0)
        self.is_weight = is_weight(network)

    def value(self) -> float:
        """The penalty λ Σ |w|."""
        return self.strength * float(np.abs(self.network.theta * self.is_weight).sum())

    def add_gradient(self) -> None:
        """∂L/∂θ ← ∂L/∂θ + λ sign w."""
        self.network.gradient += self.strength * np.sign(self.network.theta * self.is_weight)
