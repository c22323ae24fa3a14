"""Accelerated proximal gradient descent, the one core of all penalties over tasks."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.multitask.duality import best_free, gap_at
from gradatim.multitask.task_losses import Loss
from gradatim.multitask.tasks import Tasks

LOOK = 10  # iterations between two gaps
EASE = 0.97  # of the curvature after every step that held
GROW = 1.5  # of the curvature after one that did not


@dataclass(frozen=True, eq=False)
class Solution:
    """Weights W, their scores z or None, the objective, the gap to its least value, and iterations done."""

    W: np.ndarray
    z: Any
    objective: float
    gap: float
    iterations: int
    known: Any = None  # of the gradient, where a solver keeps it for the next λ


def minimise(
    tasks: Tasks, loss: Loss, penalty: Any, W: np.ndarray, *, tol: float, max_iter: int
) -> Solution:  # fmt: skip
    """FISTA (Beck & Teboulle 2009) with restarts (O'Donoghue & Candès 2015) and a line search.

        W⁺ = prox(V − ∇f(V)/L, 1/L);   t⁺ = (1 + √(1 + 4t²))/2;   V⁺ = W⁺ + (t − 1)/t⁺ (W⁺ − W)

    L grows until f at W⁺ is below its quadratic bound from V, and eases after; t starts again at 1 where the
    last move and the momentum disagree. Scores are linear in W, so a step costs two products with X. It
    stops at a duality gap of `tol`, looked at every 10 iterations.

    Shapes: W (D, m), or (…, D, m) where `tasks` adds the parts.
    """
    z = tasks.scores(W)
    L = loss.curvature * _curvature(tasks, loss, W.shape)
    V, zV, t, floor = W, z, 1.0, -np.inf
    best = Solution(W, z, np.inf, np.inf, 0)
    for step in range(max_iter + 1):
        if step % LOOK == 0 or step == max_iter:
            W, z = best_free(tasks, loss, W, z)
            objective, bound, _ = gap_at(tasks, loss, penalty, W, z)
            floor = max(floor, bound)
            if objective <= best.objective:
                best = Solution(W, z, objective, 0.0, step)
            if best.objective - floor <= tol or step == max_iter:
                break
        W_next, z_next, L = _step(tasks, loss, penalty, V, zV, L)
        if ((V - W_next) * (W_next - W)).sum() > 0:
            t = 1.0
        t_next = (1 + (1 + 4 * t * t) ** 0.5) / 2
        momentum = (t - 1) / t_next
        V, zV = W_next + momentum * (W_next - W), z_next + momentum * (z_next - z)
        W, z, t = W_next, z_next, t_next
    return Solution(best.W, best.z, best.objective, max(best.objective - floor, 0.0), step)


def _step(
    tasks: Tasks, loss: Loss, penalty: Any, V: np.ndarray, zV: np.ndarray, L: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """A proximal step from V whose quadratic bound holds, its scores, and the curvature to try next."""
    g = loss.gradient(zV)
    G, D = tasks.correlate(g), tasks.features
    value = loss(zV)
    while True:
        W = V - G / L
        W[..., :D, :] = penalty.prox(W[..., :D, :], 1 / L)
        z = tasks.scores(W)
        d, dz = W - V, z - zV
        room = 0.5 * L * float((d * d).sum())
        within = 0.5 * loss.curvature * float((loss.weights * dz) @ dz) <= room * (1 + 1e-12)
        if within or loss(z) <= value + float(g @ dz) + room:
            return W, z, EASE * L
        L *= GROW


def _curvature(tasks: Tasks, loss: Loss, shape: tuple[int, ...], steps: int = 8) -> float:
    """About the largest eigenvalue of X_iᵀ diag(c) X_i of any task, by the power method; never 0."""
    v = np.ones(shape)
    size = 0.0
    for _ in range(steps):
        v = v / np.maximum(np.sqrt((v * v).sum(axis=-2, keepdims=True)), 1e-300)
        v = tasks.correlate(loss.weights * tasks.scores(v))
        size = float(np.sqrt((v * v).sum(axis=-2)).max())
    return max(size, 1e-12)
