"""Joint sparsity: features are kept for all tasks or dropped for all. Working sets over both solvers."""

from typing import Any

import numpy as np

from gradatim.functional.penalties import L1
from gradatim.functional.task_penalties import L21, LInf1
from gradatim.multitask.block_descent import descend
from gradatim.multitask.duality import best_free, gap_at
from gradatim.multitask.proximal import Solution, minimise
from gradatim.multitask.task_losses import Loss, SquaredLoss
from gradatim.multitask.tasks import Tasks

PENALTIES: dict[Any, Any] = {1: L1, 2: L21, np.inf: LInf1}  # by q
ROW_SIZES = {
    L1: lambda G: abs(G).max(axis=1),
    L21: lambda G: np.linalg.norm(G, axis=1),
    LInf1: lambda G: abs(G).sum(axis=1),
}  # of a gradient's row: at most λ where the row of W is 0
FEWEST = 10  # features of a working set
SHARE = 0.3  # of the gap over all features, to which a working set is solved


def solve(
    tasks: Tasks, loss: Loss, penalty: Any, start: Solution | np.ndarray | None = None, *, tol: float,
    max_iter: int = 10_000,
) -> Solution:  # fmt: skip
    """argmin_W f(XW) + λ‖W‖_{1,q} (Obozinski, Taskar & Jordan 2010), to a duality gap of `tol`.

    The features with the largest gradients are solved for alone, twice as many as are in use; then the
    gradient of all is looked at again (working sets, Massias, Gramfort & Salmon 2018). The squared loss goes
    by block coordinates, others by `proximal.minimise`.

    It begins at weights, or at the solution of another λ, which knows its gradient.

    Shapes: W (D, m), and a row more for each free feature. Raises nothing: the gap says how far it came.
    """
    D = tasks.features
    G = None
    if isinstance(start, Solution):
        W, z, G = start.W, start.z, start.G
    else:
        W = np.zeros((len(tasks.Xt), tasks.count)) if start is None else start
        z = _scores(tasks, W)
    floor, done = -np.inf, 0
    while True:
        if G is None:
            W, z = best_free(tasks, loss, W, z)
        objective, bound, G = gap_at(tasks, loss, penalty, W, z, G)
        floor = max(floor, bound)
        gap = objective - floor
        if gap <= tol or done >= max_iter:
            return Solution(W, z, objective, max(gap, 0.0), done, G)
        used = np.flatnonzero(W[:D].any(axis=1))
        chosen = _working_set(ROW_SIZES[type(penalty)](G[:D]), used)
        every = len(chosen) == D
        part = tasks.only(chosen)
        rows = np.concatenate([chosen, np.arange(D, len(W))]).astype(int)
        inner = 0.5 * tol if every else max(0.5 * tol, SHARE * gap)
        left = max_iter - done
        if isinstance(loss, SquaredLoss) and not tasks.free:
            found = descend(part, penalty, W[rows], z, tol=inner, max_iter=left)
        else:
            found = minimise(part, loss, penalty, W[rows], tol=inner, max_iter=left)
        W = np.zeros_like(W)
        W[rows], z, G, done = found.W, found.z, None, done + max(found.iterations, 1)


def _working_set(sizes: np.ndarray, used: np.ndarray) -> np.ndarray:
    """The features in use, and those of the largest gradients, twice as many together; in order."""
    most = min(max(2 * len(used), FEWEST), len(sizes))
    ranks = sizes.copy()
    ranks[used] = np.inf
    return np.sort(np.argpartition(-ranks, most - 1)[:most])


def _scores(tasks: Tasks, W: np.ndarray) -> np.ndarray:
    """Scores by the features in use alone."""
    used = np.flatnonzero(W[: tasks.features].any(axis=1))
    rows = np.concatenate([used, np.arange(tasks.features, len(W))]).astype(int)
    return tasks.only(used).scores(W[rows]) if len(rows) else np.zeros(len(tasks.y))
