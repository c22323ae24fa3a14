"""The kernel machine of examples that all lie on its margin, solved exactly (curriculum A9)."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]
EXACT = 1e-9


class KernelMachine(NamedTuple):
    """f(z) = Σ_n α_n t_n k(x_n, z) + b; the class is its sign, and 1/‖w‖ the margin in the kernel's space."""

    alpha: np.ndarray
    b: float
    margin: float


def linear(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """k(x, z) = xᵀz."""
    return x @ z.T


def polynomial(x: np.ndarray, z: np.ndarray, degree: int = 2) -> np.ndarray:
    """k(x, z) = (xᵀz + 1)^d."""
    return (x @ z.T + 1) ** degree


def rbf(x: np.ndarray, z: np.ndarray, gamma: float = 0.5) -> np.ndarray:
    """k(x, z) = exp(−γ ‖x − z‖²)."""
    return np.exp(-gamma * ((x[:, None] - z[None]) ** 2).sum(-1))


def hard_margin(gram: np.ndarray, t: np.ndarray) -> KernelMachine | None:
    """The support vector machine without slack (Cortes & Vapnik 1995), all of its examples on the margin.

        max Σ α_n − ½ Σ α_n α_m t_n t_m K_nm,  α ≥ 0,  Σ α_n t_n = 0
        solved where every α > 0:  t_n (Σ_m α_m t_m K_nm + b) = 1 for all n

    None where there is no such solution: the kernel parts the classes not, or with some α = 0.

    Shapes: gram K (N, N), t (N,) of ±1.

    >>> corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    >>> t = np.array([-1, 1, 1, -1])
    >>> hard_margin(polynomial(corners, corners), t).alpha  # 1/8 each
    array([0.125, 0.125, 0.125, 0.125])
    >>> hard_margin(linear(corners, corners), t) is None
    True
    """
    n = len(t)
    system = np.zeros((n + 1, n + 1))
    system[:n, :n] = gram * np.multiply.outer(t, t)
    system[:n, n] = system[n, :n] = t
    target = np.append(np.ones(n), 0.0)
    solution = np.linalg.lstsq(system, target, rcond=None)[0]
    alpha, b = solution[:n], float(solution[n])
    if np.abs(system @ solution - target).max() > EXACT or alpha.min() <= EXACT:
        return None
    weight = float((alpha * t) @ gram @ (alpha * t)) ** 0.5
    return KernelMachine(alpha.round(15), b + 0.0, 1 / weight)
