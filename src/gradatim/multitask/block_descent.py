"""Block coordinate descent for the squared loss: a feature's weights of all tasks at their best, in turn."""

from typing import Any

import numpy as np

from gradatim.functional.task_penalties import project_l1
from gradatim.multitask import task_kernel
from gradatim.multitask.anderson import Anderson
from gradatim.multitask.duality import gap_at
from gradatim.multitask.proximal import Solution
from gradatim.multitask.row_norms import AS_CODE
from gradatim.multitask.task_losses import SquaredLoss
from gradatim.multitask.tasks import Tasks

LOOK = 5  # passes between two gaps


def descend(
    tasks: Tasks, penalty: Any, W: np.ndarray, z: np.ndarray, *, tol: float, max_iter: int
) -> Solution:
    """Passes over the rows of W, with Anderson's extrapolation every fifth, to a duality gap of `tol`.

    row j, r the residual without it, b_i = x_ijᵀ r_i, L_i = ‖x_ij‖²:
    q = 2   w_i = b_i ν/(L_i ν + λ),  ν = ‖w‖₂, or 0 where ‖b‖₂ ≤ λ
    q = 1   w_i = sign b_i max(|b_i| − λ, 0)/L_i
    q = ∞   a proximal step with L = max_i L_i, which is the best row where all L_i are one
    """
    L, W, r = tasks.squares(), np.array(W, order="C"), tasks.y - z
    loss, q = SquaredLoss(tasks.y), AS_CODE[type(penalty)]
    work, compiled = np.empty((2, tasks.count)), task_kernel.path()[0]
    run = task_kernel.one_pass if compiled else one_pass
    anderson, floor, objective, passes = Anderson(), -np.inf, np.inf, 0
    anderson.push(W, r)
    for passes in range(1, max_iter + 1):
        run(tasks.Xt, W, r, L, tasks.starts, tasks.shared, q, penalty.strength, work)
        anderson.push(W, r)
        if anderson.full:
            W, r = _extrapolated(anderson, penalty, W, r)
            anderson.push(W, r)
        if passes % LOOK == 0 or passes == max_iter:
            objective, bound, _ = gap_at(tasks, loss, penalty, W, tasks.y - r)
            floor = max(floor, bound)
            if objective - floor <= tol:
                break
    return Solution(W, tasks.y - r, objective, max(objective - floor, 0.0), passes)


def _extrapolated(
    anderson: Anderson, penalty: Any, W: np.ndarray, r: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The extrapolation where its objective is lower, otherwise what is there."""
    found = anderson.extrapolation()
    if found is None:
        return W, r
    there = 0.5 * float(r @ r) + penalty(W)
    return found if 0.5 * float(found[1] @ found[1]) + penalty(found[0]) < there else (W, r)  # type: ignore


def one_pass(
    Xt: np.ndarray, W: np.ndarray, r: np.ndarray, L: np.ndarray, starts: np.ndarray, shared: bool, q: int,
    strength: float, work: np.ndarray,
) -> None:  # fmt: skip
    """Every row of W at its best in turn, in place, and the residual r with it: the kernel's definition."""
    m = W.shape[1]
    for j in range(len(W)):
        x = np.tile(Xt[j], m) if shared else Xt[j]
        of = np.full(m, L[j].max()) if q == 0 else L[j]
        if not of.max() > 0:
            continue
        b = np.add.reduceat(x * r, starts[:-1]) + of * W[j]
        w = best_row(b, of, q, strength)
        r += x * np.repeat(W[j] - w, np.diff(starts))
        W[j] = w


def best_row(b: np.ndarray, L: np.ndarray, q: int, strength: float) -> np.ndarray:
    """argmin_w Σ ½ L_i w_i² − b_i w_i + λ‖w‖_q; for q = ∞ all L_i are one number."""
    if q == 0:
        return (b - project_l1(b[None], strength)[0]) / L[0]
    if q == 1:
        return np.sign(b) * np.maximum(abs(b) - strength, 0) / np.where(L > 0, L, np.inf)
    size = float(np.linalg.norm(b))
    if size <= strength:
        return np.zeros_like(b)
    nu = (size - strength) / L.max()
    for _ in range(30):
        share = b / (L * nu + strength)
        square = float(share @ share)
        move = (square - square**0.5) / float((share * share * L / (L * nu + strength)).sum())
        nu += move
        if abs(move) <= 1e-15 * nu:
            break
    return b * nu / (L * nu + strength)
