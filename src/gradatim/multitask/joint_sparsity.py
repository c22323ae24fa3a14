"""Joint sparsity: features are kept for all tasks or dropped for all. Working sets over both solvers."""

from typing import Any

import numpy as np

from gradatim.multitask.by_products import ByProducts
from gradatim.multitask.by_rows import ByRows
from gradatim.multitask.proximal import Solution
from gradatim.multitask.row_norms import RowNorm
from gradatim.multitask.task_losses import Loss, SquaredLoss
from gradatim.multitask.tasks import Tasks

FEWEST = 10  # features of a working set
FINEST = 1e-13  # of ½‖Y‖², a gap that products say without the rows
SHARE = 0.3  # of the gap over all features, to which a working set is solved


def solve(
    tasks: Tasks, loss: Loss, penalty: RowNorm, start: Solution | np.ndarray | None = None, *, tol: float,
    max_iter: int = 10_000,
) -> Solution:  # fmt: skip
    """argmin_W f(XW) + λ‖W‖_{1,q} (Obozinski, Taskar & Jordan 2010), to a duality gap of `tol`.

    The features with the largest gradients are solved for alone, twice as many as are in use; then the
    gradient of all is looked at again (working sets, Massias, Gramfort & Salmon 2018). The squared loss goes
    by block coordinates, where tasks share X by products of features alone; others by `proximal.minimise`.

    It begins at weights, or at the solution of another λ, which knows its gradient.

    Shapes: W (D, m), and a row more for each free feature. Raises nothing: the gap says how far it came.
    """
    view = _view(tasks, loss, penalty, start, tol)
    floor, done = -np.inf, 0
    while True:
        objective, bound = view.gap()
        floor = max(floor, bound)
        gap = objective - floor
        if gap <= tol or done >= max_iter:
            return view.solution(objective, max(gap, 0.0), done)
        chosen = _working_set(view.sizes, view.used)
        every = len(chosen) == tasks.features
        inner = 0.5 * tol if every else max(0.5 * tol, SHARE * gap)
        done += max(view.descend(chosen, inner, max_iter - done), 1)


def _view(tasks: Tasks, loss: Loss, penalty: RowNorm, start: Any, tol: float) -> ByProducts | ByRows:
    """By products where tasks share X, the loss is squared, and they can say the gap; otherwise by rows."""
    fits = isinstance(loss, SquaredLoss) and tasks.shared and not tasks.free
    if fits and tol >= FINEST * tasks.gram.at_zero:
        return ByProducts(tasks, penalty, start)
    return ByRows(tasks, loss, penalty, start)


def _working_set(sizes: np.ndarray, used: np.ndarray) -> np.ndarray:
    """The features in use, and those of the largest gradients, twice as many together; in order."""
    most = min(max(2 * len(used), FEWEST), len(sizes))
    ranks = sizes.copy()
    ranks[used] = np.inf
    return np.sort(np.argpartition(-ranks, most - 1)[:most])
