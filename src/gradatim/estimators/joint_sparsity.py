"""Joint sparsity over tasks."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, shown
from gradatim.estimators.arguments import argument, keep
from gradatim.estimators.task_model import TaskModel
from gradatim.multitask import joint_sparsity
from gradatim.multitask.proximal import Solution
from gradatim.multitask.question import Question
from gradatim.multitask.row_norms import PENALTIES, ROW_SIZES


class JointSparsity(TaskModel):
    """Joint sparsity over tasks (Obozinski, Taskar & Jordan 2010; curriculum H2): features for all or none.

        min_W  ½ Σ_i ‖X_i w_i − y_i‖² + λ Σ_j ‖w_j‖_q        w_j the weights of feature j in all tasks

    `strength` is λ; `q` is 2, inf, or 1, which groups nothing. With loss="logistic" the first term is
    Σ log(1 + exp(−y x·w)) over all rows. Intercepts are not penalised. Where tasks share X and q is 2 this is
    scikit-learn's MultiTaskLasso with alpha = λ/n.

    X and y: two lists, a table and its targets for each task; or X (n, D) and y (n, m), tasks that share X;
    or X with a column of tasks, whose number or name is `task_column`, and y (n,); or X and y (n,), which is
    one task, or of more than two classes a softmax whose classes are the tasks.

    Learned: `coef_` (m, D), `intercept_` (m,), `features_` (those in use), `tasks_`, `dual_gap_` (as a share
    of the loss at 0; at most `tol`), `objective_`, `n_iter_`. `path` gives solutions over λ.

    Raises UsageError for λ or tol not above 0, and for tasks that do not fit together, which it names.

    >>> rng = np.random.default_rng(0)
    >>> Xs = [rng.standard_normal((30, 8)) for _ in range(5)]
    >>> ys = [X[:, :2] @ rng.standard_normal(2) for X in Xs]
    >>> JointSparsity(2.0).fit(Xs, ys).features_
    array([0, 1])
    """

    def __init__(
        self, strength: float = 1.0, *, q: float = 2, loss: str = "squared", task_column: Any = None,
        fit_intercept: bool = True, tol: float = 1e-6, max_iter: int = 10_000,
    ):  # fmt: skip
        keep(self, locals())

    def _penalty(self, share: float) -> Any:
        q = argument(self, "q")
        q = np.inf if q == "inf" else q
        if isinstance(q, bool) or q not in PENALTIES:
            raise UsageError(f"q must be 1, 2 or inf; it is {shown(q)}")
        return PENALTIES[q](self._strength() * share)

    def _strongest(self, question: Question, ratio: float) -> float:
        penalty = self._penalty(1 / self._strength())
        return float(ROW_SIZES[type(penalty)](question.gradient).max()) or self._strength()

    def _solve(
        self, question: Question, share: float, start: Solution | None, tol: float, most: int
    ) -> Solution:
        return joint_sparsity.solve(
            question.tasks, question.loss, self._penalty(share), start, tol=tol, max_iter=most
        )

    @property
    def features_(self) -> np.ndarray:
        """Numbers of the features with a weight in any task."""
        return np.flatnonzero(self.coef_.any(axis=0))
