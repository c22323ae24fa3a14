"""Gradients that vanish and gradients that explode, measured and exact."""

from math import log10

import numpy as np

from gradatim.by_hand.jacobians import jacobian_norms
from gradatim.checks import UsageError, real, whole
from gradatim.explain.traces.record import Beside, Line, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number, short
from gradatim.functional.clipping import clip_norm
from gradatim.functional.initialisers import orthogonal
from gradatim.random import generator

SHEAR = np.array([[0.5, 10.0], [0.0, 0.5]])
LARGEST = 150  # power of ten whose square is still finite
SOURCE = (
    "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult (1994); "
    "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks (2013)"
)


def rnn_gradients(
    steps: int = 100, size: int = 8, small: float = 0.9, large: float = 1.1, limit: float = 1, seed: int = 0
) -> Trace:
    """How the gradient's norm changes on its way back through time, in a linear RNN and behind tanh.

        h_t = g(U h_{t−1} + x_t):   ∂h_T/∂h_0 = Π_t diag g′(a_t) U
        linear, U = s·Q with Q orthogonal:   ‖∂h_T/∂h_0‖₂ = s^T exactly

    `small` and `large` are two s, `size` the units of Q, which `seed` draws; `limit` is the norm τ at which
    the exploding gradient is clipped.

    Raises UsageError for a number that cannot be.
    """
    T, size = whole("steps", steps, 1), whole("size", size, 1)
    scales = [real("small", small, above=0), 1.0, real("large", large, above=0)]
    if T * abs(log10(max(scales))) > LARGEST:
        raise UsageError(
            f"{number(max(scales))} to the power of {T} is beyond the numbers that a computer holds"
        )
    Q = orthogonal(generator(whole("seed", seed, 0, None), "rnn-gradients"), (size, size))
    reached = [jacobian_norms(s * Q, T) for s in scales]
    shear = jacobian_norms(SHEAR, T)
    drive = generator(seed, "rnn-gradients drive").standard_normal((T, size))
    behind_tanh = [jacobian_norms(s * Q, T, "tanh", drive) for s in scales]
    lags = sorted({k for k in (0, 1, 2, 5, 10, 20, 50, T) if k <= T})
    names = [f"s = {number(s)}" for s in scales]
    exploded, clipped = _clipped(scales[-1] * Q, T, real("limit", limit, above=0))
    return Trace("Exploding and vanishing gradients", "E8", SOURCE, [
        Line("  h_t = g(a_t),  a_t = U h_{t−1} + x_t,  D_t = diag g′(a_t)"),
        Line("  ∂h_T/∂h_{T−k} = D_T U D_{T−1} U … D_{T−k+1} U"),
        Line(f"Linear, U = s·Q, Q a random orthogonal matrix of {size} units: the norm over {T} steps is s^T "
             "exactly. Measured by backpropagation:"),
        Table(f"‖∂h_T/∂h_0‖₂ over T = {T} steps", ["s", "measured", "s^T", "relative difference"], [
            [number(s), short(norm[-1]), short(s**T), short(abs(norm[-1] / s**T - 1), 1)]
            for s, norm in zip(scales, reached, strict=True)
        ]),
        Line("A largest singular value below 1 suffices to vanish. One above 1 is needed to explode, but not "
             "enough: what counts in the long run is the largest eigenvalue. This matrix stretches some "
             f"vectors {np.linalg.norm(SHEAR, 2):.2f} times, its eigenvalues are both 0.5, and it vanishes:"),
        Beside([matrix("U", SHEAR, 1), Table("Linear, this U", ["k steps back", "‖U^k‖₂"], [
            [k, short(shear[k])] for k in lags
        ])]),
        Line("Behind tanh every factor has a D_t ≤ 1 besides, so that what exploded may vanish, and what "
             "vanished does so sooner (inputs x_t from N(0, 1)):"),
        Table("‖∂h_T/∂h_{T−k}‖₂ behind tanh, U = s·Q", ["k steps back", *names], [
            [k, *(short(norms[k]) for norms in behind_tanh)] for k in lags
        ]),
        Line("Clipping mends what explodes, and cannot bring back what has vanished. The norm is the square "
             "root of the sum of squares:"),
        Line("  g ← g · min(1, τ/‖g‖₂)"),
        Table(f"g = ∂L/∂h_0 where ∂L/∂h_T has norm 1; s = {number(scales[-1])}", ["τ", "‖g‖₂", "clipped"], [
            [number(limit), short(exploded), short(clipped)]
        ]),
    ])  # fmt: skip


def _clipped(U: np.ndarray, T: int, limit: float) -> tuple[float, float]:
    """The norm of (U^T)ᵀ e_1, and the norm after clipping."""
    g = np.linalg.matrix_power(U, T).T[:, 0].copy()
    before = float(clip_norm([g], limit))
    return before, float(np.linalg.norm(g))
