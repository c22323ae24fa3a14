"""Weights of several tasks as working sets see them by all rows: any loss, any rows."""

import numpy as np

from gradatim.multitask.block_descent import descend
from gradatim.multitask.duality import best_free, gap_at
from gradatim.multitask.proximal import Solution, minimise
from gradatim.multitask.row_norms import ROW_SIZES, RowNorm
from gradatim.multitask.task_losses import Loss, SquaredLoss
from gradatim.multitask.tasks import Tasks


class ByRows:
    """Weights (D, m), and a row more for each free feature, with their scores and the gradient."""

    def __init__(self, tasks: Tasks, loss: Loss, penalty: RowNorm, start: Solution | np.ndarray | None):
        self.tasks, self.loss, self.penalty = tasks, loss, penalty
        if isinstance(start, Solution):
            self.W, self.z, self.G = start.W, start.z, start.known
        else:
            self.W = np.zeros((len(tasks.Xt), tasks.count)) if start is None else start
            self.z, self.G = None, None
        if self.z is None:
            self.z, self.G = _scores(tasks, self.W), None

    def gap(self) -> tuple[float, float]:
        """The objective and a lower bound of its least value."""
        if self.G is None:
            self.W, self.z = best_free(self.tasks, self.loss, self.W, self.z)
        objective, bound, self.G = gap_at(self.tasks, self.loss, self.penalty, self.W, self.z, self.G)
        return objective, bound

    @property
    def used(self) -> np.ndarray:
        """Features with a weight."""
        return np.flatnonzero(self.W[: self.tasks.features].any(axis=1))

    @property
    def sizes(self) -> np.ndarray:
        """Of each feature's gradient, (D,)."""
        return ROW_SIZES[type(self.penalty)](self.G[: self.tasks.features])

    def descend(self, chosen: np.ndarray, tol: float, max_iter: int) -> int:
        """Solve for some features alone, and the free ones; the iterations it took."""
        rows = np.concatenate([chosen, np.arange(self.tasks.features, len(self.W))]).astype(int)
        part = self.tasks.only(chosen)
        if isinstance(self.loss, SquaredLoss) and not self.tasks.free:
            found = descend(part, self.penalty, self.W[rows], self.z, tol=tol, max_iter=max_iter)
        else:
            found = minimise(part, self.loss, self.penalty, self.W[rows], tol=tol, max_iter=max_iter)
        self.W = np.zeros_like(self.W)
        self.W[rows], self.z, self.G = found.W, found.z, None
        return found.iterations

    def solution(self, objective: float, gap: float, iterations: int) -> Solution:
        """What was found."""
        return Solution(self.W, self.z, objective, gap, iterations, self.G)


def _scores(tasks: Tasks, W: np.ndarray) -> np.ndarray:
    """Scores by the features in use alone."""
    used = np.flatnonzero(W[: tasks.features].any(axis=1))
    rows = np.concatenate([used, np.arange(tasks.features, len(W))]).astype(int)
    return tasks.only(used).scores(W[rows]) if len(rows) else np.zeros(len(tasks.y))
