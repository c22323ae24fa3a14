"""Updates: each optimiser's equations, once, in operators that NumPy arrays and torch tensors share.

An update changes the parameter p and its state in place, given the gradient g and the number t of this step,
counted from 1. State starts at zero. This file imports neither library; both engines run this text.
"""

from typing import Any

Array = Any  # numpy.ndarray or torch.Tensor


def sgd(p: Array, g: Array, t: int, *, lr: float) -> None:
    """Gradient descent on a minibatch: Robbins & Monro 1951."""
    p -= lr * g  # θ ← θ − ηg


def momentum(p: Array, g: Array, t: int, v: Array, *, lr: float, momentum: float) -> None:
    """Momentum, the heavy ball: Polyak 1964."""
    v *= momentum
    v += g  # v ← ρv + g
    p -= lr * v  # θ ← θ − ηv


def adam(
    p: Array, g: Array, t: int, m: Array, v: Array, *, lr: float, beta1: float, beta2: float, eps: float
) -> None:
    """Adam: Kingma & Ba 2015, Algorithm 1."""
    m += (1 - beta1) * (g - m)  # m ← β₁ m + (1 − β₁) g
    v += (1 - beta2) * (g * g - v)  # v ← β₂ v + (1 − β₂) g²
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    p -= lr * m_hat / (v_hat**0.5 + eps)  # θ ← θ − η m̂/(√v̂ + ε)
