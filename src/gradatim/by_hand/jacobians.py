"""How far a gradient reaches back through time (curriculum E8)."""

import numpy as np

from gradatim.by_hand.layers.rnn import RNN


def jacobian_norms(
    U: np.ndarray, steps: int, nonlinearity: str = "identity", drive: np.ndarray | None = None
) -> np.ndarray:
    """‖∂h_T/∂h_{T−k}‖₂ for k = 0 … T, measured by backpropagation through T steps from every unit at once.

        h_t = g(U h_{t−1} + x_t):   ∂h_T/∂h_{T−k} = D_T U D_{T−1} U … D_{T−k+1} U,   D_t = diag g′(a_t)

    Without g it is U^k: a rotation by U = s·Q gives s^k exactly. ‖U‖₂ < 1 (and |g′| ≤ 1) suffices for it to
    vanish; ‖U‖₂ > 1 is needed for it to explode, and not enough (Bengio, Simard & Frasconi 1994; Pascanu,
    Mikolov & Bengio 2013).

    Shapes: U (H, H); `drive` (T, H), the x_t, or zeros → (T + 1,).

    >>> jacobian_norms(np.array([[0.5]]), 3).tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    H = len(U)
    rnn = RNN(H, H, bias=False, nonlinearity=nonlinearity)
    names = {"weight_ih_l0": np.eye(H), "weight_hh_l0": np.asarray(U, np.float64)}
    rnn.hold(names, {name: np.empty_like(value) for name, value in names.items()})
    x = np.zeros((steps, H, H))  # the same sequence H times, one for each unit whose gradient is asked
    if drive is not None:
        x += drive[:, None]
    g = np.zeros((steps, H, H))
    g[-1] = np.eye(H)
    rnn.forward(x)
    rnn.backward(g, inputs=False)
    jacobians = [*rnn.dh[::-1], rnn.initial_gradient[0]]
    return np.array([np.linalg.norm(jacobian, 2) for jacobian in jacobians])
