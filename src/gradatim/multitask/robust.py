"""Robust multi-task feature learning: features for all tasks, and tasks that stand apart."""

from dataclasses import dataclass

import numpy as np

from gradatim.functional.task_penalties import L21, L21Columns
from gradatim.multitask.proximal import Solution, minimise
from gradatim.multitask.task_losses import Loss
from gradatim.multitask.tasks import Tasks


@dataclass(frozen=True, eq=False)
class AddedParts:
    """Tasks whose weights are a sum of parts U (2, D, m): W = P + Q."""

    tasks: Tasks

    @property
    def features(self) -> int:
        """Features that penalties count."""
        return self.tasks.features

    @property
    def free(self) -> int:
        """Features that no penalty counts."""
        return self.tasks.free

    @property
    def count(self) -> int:
        """How many tasks there are."""
        return self.tasks.count

    @property
    def Xt(self) -> np.ndarray:
        """Features of all rows."""
        return self.tasks.Xt

    def of_rows(self, v: np.ndarray) -> np.ndarray:
        """A number of each task for each of its rows."""
        return self.tasks.of_rows(v)

    def sums(self, r: np.ndarray) -> np.ndarray:
        """Sums over each task's rows."""
        return self.tasks.sums(r)

    def scores(self, U: np.ndarray) -> np.ndarray:
        """X_i (p_i + q_i) of every task."""
        return self.tasks.scores(U[0] + U[1])

    def correlate(self, r: np.ndarray) -> np.ndarray:
        """X_iᵀ r_i, the same for both parts."""
        G = self.tasks.correlate(r)
        return np.stack([G, G])


class RobustPenalty:
    """λ₁‖P‖_{2,1} over rows and λ₂‖Qᵀ‖_{2,1} over columns, of U = (P, Q)."""

    def __init__(self, features: float, tasks: float):
        self.rows, self.columns = L21(features), L21Columns(tasks)

    def __call__(self, U: np.ndarray) -> float:
        """The penalty."""
        return self.rows(U[0]) + self.columns(U[1])

    def prox(self, U: np.ndarray, t: float) -> np.ndarray:
        """Each part's own proximal map."""
        return np.stack([self.rows.prox(U[0], t), self.columns.prox(U[1], t)])

    def dual(self, G: np.ndarray) -> tuple[float, float]:
        """The share that suits both."""
        return min(self.rows.dual(G[0])[0], self.columns.dual(G[1])[0]), 0.0


def solve(
    tasks: Tasks, loss: Loss, penalty: RobustPenalty, U: np.ndarray | None = None, *, tol: float,
    max_iter: int = 10_000,
) -> Solution:  # fmt: skip
    """Argmin f(X(P + Q)) + λ₁‖P‖_{1,2} + λ₂‖Qᵀ‖_{1,2} (Gong, Ye & Zhang 2012), to a duality gap of `tol`.

    Shapes: U = (P, Q), (2, D, m), and a row more for each free feature.
    """
    U = np.zeros((2, len(tasks.Xt), tasks.count)) if U is None else U
    return minimise(AddedParts(tasks), loss, penalty, U, tol=tol, max_iter=max_iter)  # type: ignore[arg-type]
