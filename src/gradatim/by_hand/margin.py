"""The widest margin of examples that a hyperplane through the origin parts, and the bound that follows."""

from typing import NamedTuple

import numpy as np

NONE = 1e-9  # of the residual, below which no hyperplane parts the examples


class Margin(NamedTuple):
    """The unit vector with the widest margin γ, γ itself, and R, the longest example."""

    u: np.ndarray
    gamma: float
    radius: float

    @property
    def bound(self) -> float:
        """(R/γ)²: the perceptron makes no more mistakes (Novikoff 1962)."""
        return (self.radius / self.gamma) ** 2


def widest_margin(x: np.ndarray, signs: np.ndarray) -> Margin | None:
    """The widest margin of x (N, D) with signs ±1 (N,), the bias's input 1 behind x, or None.

        γ = max over ‖u‖ = 1 of min_n s_n uᵀ[x_n; 1],   R = max_n ‖[x_n; 1]‖

    Solved exactly as the shortest w with s_n wᵀ[x_n; 1] ≥ 1 by least squares over multipliers ≥ 0 (Lawson &
    Hanson 1974, ch. 23); u = w/‖w‖ and γ = 1/‖w‖.

    >>> found = widest_margin(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([-1, -1, -1, 1]))
    >>> round(found.gamma**-2, 6), round(found.bound, 6)  # AND: w = (2, 2), b = −3
    (17.0, 51.0)
    """
    from scipy.optimize import nnls

    z = np.column_stack([x, np.ones(len(x))]).astype(float)
    constraints = z * signs[:, None]
    system = np.vstack([constraints.T, np.ones(len(z))])
    target = np.eye(system.shape[0])[-1]
    multipliers, _ = nnls(system, target)
    residual = system @ multipliers - target
    if np.linalg.norm(residual) < NONE:
        return None
    w = -residual[:-1] / residual[-1]
    length = float(np.linalg.norm(w))
    return Margin(w / length, 1 / length, float(np.linalg.norm(z, axis=1).max()))
