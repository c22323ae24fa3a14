"""Two ways to look at the same weights: by the rows of all tasks, or by products of features alone."""

from typing import Any, NamedTuple

import numpy as np

from gradatim.multitask import gram_descent
from gradatim.multitask.block_descent import descend
from gradatim.multitask.duality import best_free, gap_at, squared_gap
from gradatim.multitask.proximal import Solution, minimise
from gradatim.multitask.row_norms import ROW_SIZES
from gradatim.multitask.task_losses import Loss, SquaredLoss
from gradatim.multitask.tasks import Tasks

WIDEST = 2  # features for each row up to which products are less to read than residuals
FINEST = 1e-13  # of ½‖Y‖²: gaps that products can say


def view_of(tasks: Tasks, loss: Loss, penalty: Any, start: Any, tol: float) -> "ByRows | ByProducts":
    """By products where tasks share X, the loss is squared and the gap is not too fine for them."""
    if tasks.shared and not tasks.free and isinstance(loss, SquaredLoss) and tol >= FINEST * tasks.gram.at_zero:
        return ByProducts(tasks, penalty, start)
    return ByRows(tasks, loss, penalty, start)


class ByRows:
    """Weights with their scores and the gradient."""

    def __init__(self, tasks: Tasks, loss: Loss, penalty: Any, start: Solution | np.ndarray | None):
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


class Seen(NamedTuple):
    """What products say of weights w of the features in use: residual sums and the sizes of the gradient."""

    kind: type
    used: np.ndarray
    w: np.ndarray
    sums: tuple[float, float]
    sizes: np.ndarray


class ByProducts:
    """Weights of the features in use, and what `Gram` says of them. The loss is squared and X is shared."""

    def __init__(self, tasks: Tasks, penalty: Any, start: Solution | np.ndarray | None):
        self.tasks, self.gram, self.penalty = tasks, tasks.gram, penalty
        known = start.known if isinstance(start, Solution) else None
        if isinstance(known, Seen) and known.kind is type(penalty):
            self.seen = known
            return
        W = start.W if isinstance(start, Solution) else start
        used = np.flatnonzero(W.any(axis=1)) if W is not None else np.arange(0)
        self.see(used, W[used] if W is not None else np.zeros((0, tasks.count)))

    def see(self, used: np.ndarray, w: np.ndarray) -> None:
        """Look at all features from weights w (s, m)."""
        if len(used) < self.tasks.Xt.shape[1]:
            G = self.gram.gradient(used, w)
        else:
            G = self.tasks.correlate(self.tasks.y - self.tasks.only(used).scores(w))
        sums = gram_descent.residual_sums(w, self.gram.C[used], G[used], self.gram.at_zero)
        self.seen = Seen(type(self.penalty), used, w, sums, ROW_SIZES[type(self.penalty)](G))

    def gap(self) -> tuple[float, float]:
        """The objective and a lower bound of its least value."""
        return squared_gap(self.penalty, self.seen.w, *self.seen.sums, float(self.seen.sizes.max()))

    @property
    def used(self) -> np.ndarray:
        """Features with a weight."""
        return self.seen.used

    @property
    def sizes(self) -> np.ndarray:
        """Of each feature's gradient, (D,)."""
        return self.seen.sizes

    def descend(self, chosen: np.ndarray, tol: float, max_iter: int) -> int:
        """Solve for some features alone; the passes it took."""
        W = np.zeros((len(chosen), self.tasks.count))
        W[np.searchsorted(chosen, self.used)] = self.seen.w
        if len(chosen) <= WIDEST * self.tasks.Xt.shape[1]:
            Q, C = self.gram.block(chosen)
            W, passes = gram_descent.descend(
                Q, C, self.gram.at_zero, self.penalty, W, tol=tol, max_iter=max_iter
            )
        else:
            part = self.tasks.only(chosen)
            found = descend(part, self.penalty, W, part.scores(W), tol=tol, max_iter=max_iter)
            W, passes = found.W, found.iterations
        kept = W.any(axis=1)
        self.see(chosen[kept], W[kept])
        return passes

    def solution(self, objective: float, gap: float, iterations: int) -> Solution:
        """What was found, without scores."""
        W = np.zeros((len(self.tasks.Xt), self.tasks.count))
        W[self.used] = self.seen.w
        return Solution(W, None, objective, gap, iterations, self.seen)


def _scores(tasks: Tasks, W: np.ndarray) -> np.ndarray:
    """Scores by the features in use alone."""
    used = np.flatnonzero(W[: tasks.features].any(axis=1))
    rows = np.concatenate([used, np.arange(tasks.features, len(W))]).astype(int)
    return tasks.only(used).scores(W[rows]) if len(rows) else np.zeros(len(tasks.y))
