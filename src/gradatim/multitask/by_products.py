"""Weights of several tasks as working sets see them by products of features: squared loss, shared X."""

from typing import NamedTuple

import numpy as np

from gradatim.multitask import block_descent, gram_descent
from gradatim.multitask.duality import squared_gap
from gradatim.multitask.gram_descent import residual_sums
from gradatim.multitask.proximal import Solution
from gradatim.multitask.row_norms import ROW_SIZES, RowNorm
from gradatim.multitask.tasks import Tasks

WIDEST = 3  # features for each row of X, up to which a pass over products is faster than one over residuals


class Seen(NamedTuple):
    """What products say of weights w of the features in use: residual sums and the sizes of the gradient."""

    kind: type
    used: np.ndarray
    w: np.ndarray
    sums: tuple[float, float]
    sizes: np.ndarray


class ByProducts:
    """Weights of the features in use, and what `Gram` says of them. The loss is squared and X is shared."""

    def __init__(self, tasks: Tasks, penalty: RowNorm, start: Solution | np.ndarray | None):
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
        sums = residual_sums(w, self.gram.C[used], G[used], self.gram.at_zero)
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
            found = block_descent.descend(part, self.penalty, W, part.scores(W), tol=tol, max_iter=max_iter)
            W, passes = found.W, found.iterations
        kept = W.any(axis=1)
        self.see(chosen[kept], W[kept])
        return passes

    def solution(self, objective: float, gap: float, iterations: int) -> Solution:
        """What was found, without scores."""
        W = np.zeros((len(self.tasks.Xt), self.tasks.count))
        W[self.used] = self.seen.w
        return Solution(W, None, objective, gap, iterations, self.seen)
