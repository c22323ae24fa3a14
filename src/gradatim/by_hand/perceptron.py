"""The perceptron's learning rule (curriculum A2)."""

import numpy as np


def learn(w: np.ndarray, b: np.ndarray, x: np.ndarray, t: np.ndarray, lr: float) -> int:
    """One pass of Rosenblatt's rule (1958), example after example; returns how many were wrong.

        o_k = 1 where w_kᵀx + b_k ≥ 0, otherwise 0
        w_k ← w_k + η (t_k − o_k) x,   b_k ← b_k + η (t_k − o_k)

    Only a wrong unit moves: towards x where it should have fired, away from x where it should not. If a
    boundary without mistakes exists it is found after finitely many moves (Novikoff 1962): at most (R/γ)²
    from w = 0, R the longest example and γ the widest margin, both with the bias's input 1.

    Shapes: w (K, D) and b (K,), changed in place; x (N, D), t (N, K) of 0 and 1.

    >>> w, b = np.zeros((1, 1)), np.zeros(1)
    >>> learn(w, b, np.array([[-1.0], [1.0]]), np.array([[0.0], [1.0]]), lr=1.0)
    1
    >>> w, b  # at w = 0 the unit fires, and it should not have: once away from −1
    (array([[1.]]), array([-1.]))
    """
    wrong = 0
    for x_n, t_n in zip(x, t, strict=True):
        e = t_n - (w @ x_n + b >= 0)
        if e.any():
            wrong += 1
            e *= lr
            w += np.multiply.outer(e, x_n)
            b += e
    return wrong
