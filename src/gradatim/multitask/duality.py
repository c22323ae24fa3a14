"""Duality gaps: how far at most an objective is above its least value."""

from typing import Any

import numpy as np

from gradatim.multitask.task_losses import Loss, SquaredLoss, best_shift
from gradatim.multitask.tasks import Tasks


def gap_at(
    tasks: Tasks, loss: Loss, penalty: Any, W: np.ndarray, z: np.ndarray, G: Any = None
) -> tuple[float, float, Any]:  # fmt: skip
    """Objective and a lower bound of its least value, at weights W with scores z, and −∇f(z) correlated.

        P = f(z) + Ω(W);   D = −f*(−sθ) − Ω*(s Xᵀθ),   θ = −∇f(z),   P − D ≥ 0

    s is the largest share at which Ω* is finite, or less for the squared loss where that is better. What no
    penalty counts must be at its best before: see `best_free`. G is looked up where it is known.
    """
    theta = -loss.gradient(z)
    G = tasks.correlate(theta) if G is None else G
    D = tasks.features
    share, conjugate = penalty.dual(G[..., :D, :])
    if isinstance(loss, SquaredLoss) and not conjugate:
        along = float(theta @ loss.y) / max(float((theta * theta / loss.weights).sum()), 1e-300)
        share = share_of(penalty, G[..., :D, :], along, share)
    return loss(z) + penalty(W[..., :D, :]), loss.dual(share * theta) - conjugate, G


def share_of(penalty: Any, G: np.ndarray, along: float, share: float | None = None) -> float:
    """The share nearest to `along`, from 0 and maybe above 1, at which the conjugate of a norm is finite."""
    share = penalty.dual(G)[0] if share is None else share
    if along > share >= 1:  # no more is known of the norm than that it is at most λ
        share = penalty.dual(G * along)[0] * along
    return float(min(max(along, 0.0), share))


def squared_gap(
    penalty: Any, W: np.ndarray, along: float, square: float, largest: float
) -> tuple[float, float]:
    """The same of half the squared error and a norm, by Σ R·Y, ‖R‖² and the dual norm of XᵀR alone."""
    share = min(max(along / max(square, 1e-300), 0.0), penalty.strength / max(largest, 1e-300))
    return 0.5 * square + penalty(W), share * along - 0.5 * share * share * square


def best_free(tasks: Tasks, loss: Loss, W: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """W and z with the free weights at their best, so that their part of the gradient is 0."""
    if not tasks.free:
        return W, z
    b = best_shift(loss, tasks, z)
    moved = W.copy()
    place = (0, -1) if W.ndim == 3 else (-1,)
    moved[place] += b / tasks.Xt[-1, 0]
    return moved, z + tasks.of_rows(b)
