"""Tasks in clusters, which are learned with their weights."""

from typing import Any

from gradatim.checks import UsageError, whole
from gradatim.estimators.arguments import argument, keep
from gradatim.estimators.task_model import TaskModel
from gradatim.functional.cluster_norm import ClusterNorm
from gradatim.multitask import clustered
from gradatim.multitask.proximal import Solution
from gradatim.multitask.question import Question

MOST_TASKS = 2000  # whose M, tasks by tasks, is kept and has its eigenvectors computed


class ClusteredMultiTask(TaskModel):
    """Clustered tasks, convex relaxation (Jacob, Bach & Vert 2009; curriculum H5): few centres of weights.

        min_{W, M}  ½ Σ_i ‖X_i w_i − y_i‖² + ρ η(1 + η) tr(W (ηI + M)⁻¹ Wᵀ),   tr M = k,  0 ⪯ M ⪯ I

    `n_clusters` is k, or the number of tasks where that is less; `strength` ρ; `eta` η: the smaller, the
    nearer are tasks to the centre of their cluster. M is solved for in closed form (`ClusterNorm`). With
    loss="logistic" the first term is Σ log(1 + exp(−y x·w)). Intercepts are not penalised. X and y as
    `JointSparsity` reads them.

    Learned: `coef_` (m, D), `intercept_` (m,), `relation_` M (m, m), `clusters_` (m,) by k-means on the
    leading eigenvectors of M, `tasks_`, `dual_gap_` (as a share of the loss at 0), `objective_`, `n_iter_`.
    `path` gives solutions over ρ.

    Raises UsageError for ρ, η or tol not above 0, for more than 2,000 tasks, and for tasks that do not fit
    together, which it names.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> Xs, centres = [rng.standard_normal((30, 8)) for _ in range(6)], rng.standard_normal((2, 8))
    >>> ys = [X @ centres[i % 2] + 0.1 * rng.standard_normal(30) for i, X in enumerate(Xs)]
    >>> ClusteredMultiTask(2, strength=10.0).fit(Xs, ys).clusters_
    array([0, 1, 0, 1, 0, 1])
    """

    def __init__(
        self, n_clusters: int = 2, *, strength: float = 1.0, eta: float = 0.1, loss: str = "squared",
        task_column: Any = None, fit_intercept: bool = True, tol: float = 1e-6, max_iter: int = 10_000,
    ):  # fmt: skip
        keep(self, locals())

    def _penalty(self, share: float, tasks: int) -> ClusterNorm:
        if tasks > MOST_TASKS:
            raise UsageError(
                f"ClusteredMultiTask relates each task to every other one, of {MOST_TASKS:,} tasks at most; "
                f"there are {tasks:,}: LowRank and JointSparsity take any number"
            )
        clusters = min(whole("n_clusters", argument(self, "n_clusters"), 1), tasks)
        return ClusterNorm(self._strength() * share, argument(self, "eta"), clusters)

    def _strongest(self, question: Question, ratio: float) -> float:
        return self._strength() / ratio**0.5  # no strength makes all weights 0

    def _solve(
        self, question: Question, share: float, start: Solution | None, tol: float, most: int
    ) -> Solution:
        penalty = self._penalty(share, question.tasks.count)
        return clustered.solve(
            question.tasks, question.loss, penalty, None if start is None else start.W, tol=tol, max_iter=most
        )

    def _keep(self, question: Question, solution: Solution) -> None:
        super()._keep(question, solution)
        penalty = self._penalty(1.0, len(self.coef_))
        self.relation_ = penalty.relation(self.coef_.T)
        self.clusters_ = clustered.clusters_of(self.relation_, penalty.clusters)
