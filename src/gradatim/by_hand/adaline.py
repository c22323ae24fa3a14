"""ADALINE's learning rule (curriculum A3)."""

import numpy as np


def learn(w: np.ndarray, b: np.ndarray, x: np.ndarray, t: np.ndarray, lr: float) -> float:
    """One pass of the Widrow–Hoff delta rule, example after example; returns the mean squared error on it.

        s_k = w_kᵀx + b_k,   ε_k = t_k − s_k
        w_k ← w_k + α ε_k x/(‖x‖² + 1),   b_k ← b_k + α ε_k/(‖x‖² + 1)

    A step down the gradient of ½ ε² whose length is such that it takes the share α off the example's error,
    whatever the scale of x, so it is stable for 0 < α < 2 (Widrow & Hoff 1960; Widrow & Lehr 1990, α-LMS;
    the 1 is the bias's input). The error is measured on the linear output s, before the threshold: right
    answers keep moving the weights, which is what sets it apart from the perceptron.

    Shapes: w (K, D) and b (K,), changed in place; x (N, D), t (N, K), usually of −1 and 1.

    >>> w, b = np.zeros((1, 1)), np.zeros(1)
    >>> learn(w, b, np.array([[1.0]]), np.array([[1.0]]), lr=0.5)  # s = 0, then half of the error is gone
    1.0
    >>> w, b
    (array([[0.25]]), array([0.25]))
    """
    total = 0.0
    for x_n, t_n in zip(x, t, strict=True):
        e = t_n - (w @ x_n + b)
        total += float(e @ e)
        e *= lr / (float(x_n @ x_n) + 1)
        w += np.multiply.outer(e, x_n)
        b += e
    return total / max(t.size, 1)
