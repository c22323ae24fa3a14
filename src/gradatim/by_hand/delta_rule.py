"""The delta rule with its plain step, and the solution it goes to (curriculum A3)."""

import numpy as np


def step(w: np.ndarray, b: float, x: np.ndarray, t: float, lr: float) -> tuple[np.ndarray, float, float]:
    """One step of the delta rule on one example (Widrow & Hoff 1960, LMS): new w, new b, and the error.

        s = wᵀx + b,   ε = t − s;   w ← w + η ε x,   b ← b + η ε      down the gradient of ½ ε²

    >>> step(np.zeros(1), 0.0, np.array([2.0]), 1.0, lr=0.1)
    (array([0.2]), 0.1, 1.0)
    """
    error = t - float(w @ x + b)
    return w + lr * error * x, b + lr * error, error


def least_squares(x: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, float]:
    """The w and b with the smallest Σ_n (t_n − wᵀx_n − b)²; the shortest of them where there are several.

    >>> w, b = least_squares(np.array([[0.0], [1.0], [2.0]]), np.array([0.0, 1.0, 1.0]))
    >>> w.round(6), round(b, 6)
    (array([0.5]), 0.166667)
    """
    solution = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), t, rcond=None)[0]
    return solution[:-1], float(solution[-1])


def mean_squared_error(w: np.ndarray, b: float, x: np.ndarray, t: np.ndarray) -> float:
    """mean_n (t_n − wᵀx_n − b)²."""
    return float(np.mean((t - x @ w - b) ** 2))
