"""Tasks that share features, but for some that stand apart."""

from typing import Any

import numpy as np

from gradatim.checks import real
from gradatim.estimators.arguments import argument, keep
from gradatim.estimators.task_model import TaskModel
from gradatim.functional.task_penalties import L21, L21Columns
from gradatim.multitask import robust
from gradatim.multitask.proximal import Solution
from gradatim.multitask.question import Question


class RobustMultiTask(TaskModel):
    """Robust multi-task feature learning (Gong, Ye & Zhang 2012; curriculum H4): W = P + Q.

        min  Σ_i 1/(m n_i) ‖X_i (p_i + q_i) − y_i‖² + λ₁ Σ_j ‖P_j‖₂ + λ₂ Σ_i ‖q_i‖₂

    P_j is row j of P (D, m): a feature for all tasks or none; q_i is column i of Q: an outlier task has
    weights of its own. `strength_features` is λ₁, `strength_tasks` λ₂. With loss="logistic" the first term is
    Σ_i 1/(m n_i) Σ log(1 + exp(−y x·w)). Intercepts are not penalised. X and y as `JointSparsity` reads them.

    Learned: `coef_` = `P_` + `Q_` (m, D), `intercept_` (m,), `features_` (of P), `outliers_` (names of tasks
    with a q), `tasks_`, `dual_gap_` (as a share of the loss at 0), `objective_`, `n_iter_`. `path` gives
    solutions over λ₁, with λ₂ in proportion.

    Raises UsageError for λ or tol not above 0, and for tasks that do not fit together, which it names.

    >>> rng = np.random.default_rng(0)
    >>> Xs = [rng.standard_normal((60, 8)) for _ in range(10)]
    >>> ys = [X[:, 0] + X[:, 1] for X in Xs]
    >>> ys[4] = Xs[4] @ rng.standard_normal(8)
    >>> RobustMultiTask(0.1, 0.1).fit(Xs, ys).outliers_
    array([4])
    """

    averaged = True

    def __init__(
        self, strength_features: float = 0.01, strength_tasks: float = 0.01, *, loss: str = "squared",
        task_column: Any = None, fit_intercept: bool = True, tol: float = 1e-6, max_iter: int = 10_000,
    ):  # fmt: skip
        keep(self, locals())

    def _strength(self) -> float:
        return real("strength_features", argument(self, "strength_features"), above=0)

    def _strongest(self, question: Question, ratio: float) -> float:
        own = self._strength()
        other = real("strength_tasks", argument(self, "strength_tasks"), above=0)
        G = question.gradient
        return max(L21(1.0).dual_norm(G), L21Columns(1.0).dual_norm(G) * own / other) or own

    def _solve(
        self, question: Question, share: float, start: Solution | None, tol: float, most: int
    ) -> Solution:
        tasks = real("strength_tasks", argument(self, "strength_tasks"), above=0)
        penalty = robust.RobustPenalty(self._strength() * share, tasks * share)
        return robust.solve(
            question.tasks, question.loss, penalty, None if start is None else start.W, tol=tol, max_iter=most
        )

    def _parts(self, W: np.ndarray) -> np.ndarray:
        return W.sum(axis=0)

    def _keep(self, question: Question, solution: Solution) -> None:
        super()._keep(question, solution)
        D = question.tasks.features
        self.P_, self.Q_ = (np.ascontiguousarray(part[:D].T) for part in solution.W)

    @property
    def features_(self) -> np.ndarray:
        """Numbers of the features that P uses."""
        return np.flatnonzero(self.P_.any(axis=0))

    @property
    def outliers_(self) -> np.ndarray:
        """Names of the tasks that Q gives weights to."""
        return self.tasks_[self.Q_.any(axis=1)]
