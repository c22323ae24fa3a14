"""Block coordinate descent by products of features alone, where tasks share X and few are solved for."""

from itertools import pairwise

import numpy as np

from gradatim.multitask import gram_kernel
from gradatim.multitask.anderson import combination
from gradatim.multitask.block_descent import LOOK, best_row
from gradatim.multitask.duality import squared_gap
from gradatim.multitask.row_norms import AS_CODE, ROW_SIZES, RowNorm


def descend(
    Q: np.ndarray,
    C: np.ndarray,
    at_zero: float,
    penalty: RowNorm,
    W: np.ndarray,
    *,
    tol: float,
    max_iter: int,
) -> tuple[np.ndarray, int]:
    """Weights of the least f(W) + Ω(W) to a duality gap of `tol`, and the passes it took.

        f(W) = ½‖Y‖² − Σ W·C + ½ Σ W·QW;   row j: b = C_j − Σ_k≠j Q_jk w_k, then as `block_descent.descend`

    A row costs as many products as there are features in use, not rows of X. Five passes are made at a time;
    Anderson's extrapolation follows them where the gap is still too large.

    Shapes: Q (w, w), C and W (w, m); `at_zero` is ½‖Y‖².
    """
    run = gram_kernel.gram_passes if gram_kernel.works() else gram_passes
    Ws, floor, passes = np.empty((LOOK + 1, *W.shape)), -np.inf, 0
    Ws[0] = W
    while passes < max_iter:
        several = Ws[: min(LOOK, max_iter - passes) + 1]
        run(Q, C, several, AS_CODE[type(penalty)], penalty.strength)
        passes += len(several) - 1
        objective, bound = gap_at(Q, C, at_zero, penalty, several[-1])
        floor = max(floor, bound)
        if objective - floor <= tol:
            return several[-1], passes
        Ws[0] = several[-1]
        c = combination(np.diff(several, axis=0).reshape(len(several) - 1, -1))
        if c is not None:
            mixed = np.tensordot(c, several[1:], 1)
            if gap_at(Q, C, at_zero, penalty, mixed)[0] < objective:
                Ws[0] = mixed
    return Ws[0], passes


def gap_at(
    Q: np.ndarray, C: np.ndarray, at_zero: float, penalty: RowNorm, W: np.ndarray
) -> tuple[float, float]:  # fmt: skip
    """Objective and a lower bound of its least value."""
    G = C - Q @ W
    largest = float(ROW_SIZES[type(penalty)](G).max())
    return squared_gap(penalty, W, *residual_sums(W, C, G, at_zero), largest)


def residual_sums(W: np.ndarray, C: np.ndarray, G: np.ndarray, at_zero: float) -> tuple[float, float]:
    """Of R = Y − XW: Σ R·Y = ‖Y‖² − Σ W·C, and ‖R‖² = Σ R·Y − Σ W·G, G = XᵀR."""
    along = 2 * at_zero - float(np.vdot(W, C))
    return along, max(along - float(np.vdot(W, G)), 0.0)


def gram_passes(Q: np.ndarray, C: np.ndarray, Ws: np.ndarray, q: int, strength: float) -> None:
    """Passes over the rows of Ws[0], each written into the next of Ws: the kernel's definition."""
    for before, W in pairwise(Ws):
        W[:] = before
        for j, square in enumerate(np.diagonal(Q)):
            if square > 0:
                L = np.full(W.shape[1], square)
                W[j] = best_row(C[j] - Q[j] @ W + square * W[j], L, q, strength)
