"""Tasks whose weights share few directions."""

from typing import Any

import numpy as np

from gradatim.estimators.arguments import keep
from gradatim.estimators.task_model import TaskModel
from gradatim.functional.task_penalties import TraceNorm
from gradatim.multitask import low_rank
from gradatim.multitask.proximal import Solution
from gradatim.multitask.question import Question


class LowRank(TaskModel):
    """Trace norm over tasks (Argyriou, Evgeniou & Pontil 2008; curriculum H3): weights of low rank.

        min_W  ½ Σ_i ‖X_i w_i − y_i‖² + λ Σ_r σ_r(W)        σ the singular values of W (D, m)

    `strength` is λ. With loss="logistic" the first term is Σ log(1 + exp(−y x·w)). Intercepts are not
    penalised. X and y as `JointSparsity` reads them.

    Learned: `coef_` (m, D), `intercept_` (m,), `rank_`, `directions_` (rank, D), `tasks_`, `dual_gap_` (as a
    share of the loss at 0), `objective_`, `n_iter_`. `path` gives solutions over λ.

    Raises UsageError for λ or tol not above 0, and for tasks that do not fit together, which it names.

    >>> rng = np.random.default_rng(0)
    >>> Xs = [rng.standard_normal((30, 8)) for _ in range(5)]
    >>> shared = rng.standard_normal(8)
    >>> LowRank(5.0).fit(Xs, [X @ shared * (i + 1) for i, X in enumerate(Xs)]).rank_
    1
    """

    def __init__(
        self, strength: float = 1.0, *, loss: str = "squared", task_column: Any = None,
        fit_intercept: bool = True, tol: float = 1e-6, max_iter: int = 10_000,
    ):  # fmt: skip
        keep(self, locals())

    def _strongest(self, question: Question, ratio: float) -> float:
        return TraceNorm(1.0).dual_norm(question.gradient) or self._strength()

    def _solve(
        self, question: Question, share: float, start: Solution | None, tol: float, most: int
    ) -> Solution:
        return low_rank.solve(
            question.tasks,
            question.loss,
            self._strength() * share,
            None if start is None else start.W,
            tol=tol,
            max_iter=most,
        )

    def _keep(self, question: Question, solution: Solution) -> None:
        super()._keep(question, solution)
        _, S, Vt = np.linalg.svd(self.coef_, full_matrices=False)
        self.rank_ = int((1e-8 * S.max(initial=0.0) < S).sum()) if S.any() else 0
        self.directions_ = Vt[: self.rank_]
