"""Gaussian processes over several tasks with scikit-learn's interface."""

import warnings
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import r2_score
from sklearn.utils.validation import check_is_fitted, validate_data

from gradatim.checks import UsageError, one_of, whole
from gradatim.estimators.arguments import argument, keep, seed_of
from gradatim.estimators.task_rows import is_list_of_tasks
from gradatim.estimators.tasks_of_data import rows_of_tasks, tasks_of
from gradatim.functional.covariances import covariance
from gradatim.multitask.gaussian_process import Rows
from gradatim.multitask.process_parameters import Layout
from gradatim.multitask.process_search import NOISES, SHARING, likeliest, way_of


class MultiTaskGaussianProcess(RegressorMixin, BaseEstimator):
    """Gaussian processes of several tasks that learn from each other (Bonilla, Chai & Williams 2007; H7).

        cov(f_i(x), f_j(x′)) = B_ij k(x, x′),   B = A Aᵀ + diag κ,   y = f_i(x) + ε,   var ε = σ_i²

    `fit(Xs, ys)` takes lists, a task each; `fit(X, y)` one task, y (n,), or several that share X, y
    (n, tasks), NaN where a target is missing. All of ℓ, A, κ, σ² make the targets likeliest.

    Parameters: `kernel`, rbf, matern32, matern52 or linear, each with a length scale a feature; `sharing`,
    coregionalization, or kernel: one ℓ and one variance, and B is diagonal; `rank`, columns of A, 0 for
    tasks with nothing but ℓ in common; `noise`, one of each task, or shared; `normalize_y`, whether every
    task's targets are centred and scaled first; `n_restarts`, searches beside the first; `max_iter` of each.

    Learned, in the targets' units: `coregionalization_` B, `correlations_` of the tasks, `length_scales_`,
    `noise_variance_` (tasks,), `log_marginal_likelihood_`; `solver_`, kronecker (all tasks have the same
    rows), separate (B is diagonal) or cholesky; `jitter_`, `n_iter_`.

    Raises UsageError for an argument that cannot be, and for a task without rows, naming it.

    >>> X = np.linspace(0, 6, 20)[:, None]
    >>> few = np.where(np.arange(20) % 5, np.nan, -np.sin(X[:, 0]))  # four targets
    >>> both = MultiTaskGaussianProcess(noise="shared").fit(X, np.column_stack([np.sin(X[:, 0]), few]))
    >>> bool(both.correlations_[0, 1] < -0.99), bool(abs(both.predict([[1.5]])[0, 1] + np.sin(1.5)) < 0.05)
    (True, True)
    """

    def __init__(
        self, kernel: str = "rbf", *, sharing: str = "coregionalization", rank: int = 1, noise: str = "task",
        normalize_y: bool = True, n_restarts: int = 2, max_iter: int = 200, random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any) -> "MultiTaskGaussianProcess":
        """Learn from lists of tasks, or from X (n, D) and y (n,) or (n, tasks)."""
        kernel = covariance(self.kernel)
        sharing = one_of("sharing", self.sharing, SHARING)
        one_noise = one_of("noise", self.noise, NOISES) == "shared"
        starts = 1 + whole("n_restarts", argument(self, "n_restarts"), 0)
        max_iter = whole("max_iter", argument(self, "max_iter"), 1)
        seed = seed_of(self.random_state)
        data = tasks_of(self, X, y)
        rank = self._rank(len(data.ys)) if sharing == SHARING[0] else 0
        self._centre = np.concatenate(data.Xs).mean(0)
        self.means_, sizes = _moments(data.ys, bool(self.normalize_y))
        raw = Rows.of([x - self._centre for x in data.Xs],
                      [t - mean for t, mean in zip(data.ys, self.means_, strict=True)])  # fmt: skip
        layout = Layout(raw.x.shape[1], len(data.ys), rank, sharing == SHARING[1], one_noise)
        size = np.sqrt(np.mean((raw.y / sizes[raw.tasks]) ** 2)) or 1.0  # 1 where each was scaled
        sizes = sizes * size
        self.solver_, condition = way_of(Rows(raw.x, raw.y / sizes[raw.tasks], raw.starts), kernel, rank)
        spread = raw.x.std(0)
        found = likeliest(condition, layout, np.where(spread > 0, spread, 1), starts, seed, max_iter)
        self.n_iter_ = max(found.iterations, 1)
        if not found.converged:
            warnings.warn(
                f"the search for parameters has not ended after max_iter={max_iter} steps",
                ConvergenceWarning, stacklevel=2,
            )  # fmt: skip
        self._posterior = way_of(raw, kernel, rank)[1](found.at.times(sizes))
        self._one = data.given == "one"
        self._tell(found.at.times(sizes).B)
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Means of the tasks' functions at X, (N,) or (N, tasks), and with `return_std` their deviations.

        A list, a task each, gives a list of (n_i,). A target is spread by noise as well: its variance is
        std² + `noise_variance_`.
        """
        check_is_fitted(self)
        tasks = range(len(self.means_))
        if is_list_of_tasks(X):
            found = [self._at(x, [i]) for i, x in zip(tasks, rows_of_tasks(self, X, len(tasks)), strict=True)]
            means, stds = [mean[:, 0] for mean, _ in found], [std[:, 0] for _, std in found]
            return (means, stds) if return_std else means
        mean, std = self._at(validate_data(self, X, dtype=np.float64, reset=False), tasks)
        if self._one:
            mean, std = mean[:, 0], std[:, 0]
        return (mean, std) if return_std else mean

    def score(self, X: Any, y: Any) -> float:
        """R² of each task on its own targets, and the mean over tasks; NaN in columns of y is left out."""
        predicted = self.predict(X)
        if not is_list_of_tasks(X):
            y, predicted = _columns(y), _columns(predicted)
        if len(y) != len(predicted):
            raise UsageError(f"y has {len(y)} tasks, but {len(predicted)} were learned")
        scores = []
        for truth, mean in zip(y, predicted, strict=True):
            truth = np.asarray(truth, dtype=float)
            known = ~np.isnan(truth)
            scores.append(r2_score(truth[known], mean[known]))
        return float(np.mean(scores))

    def _at(self, X: np.ndarray, tasks: Any) -> tuple[np.ndarray, np.ndarray]:
        mean, variance = self._posterior.predict(X - self._centre, tasks)
        return mean + self.means_[list(tasks)], np.sqrt(variance)

    def _rank(self, tasks: int) -> int:
        """Columns of A; one task needs none."""
        rank = whole("rank", argument(self, "rank"), 0)
        if rank > tasks:
            raise UsageError(f"rank must be at most the number of tasks, {tasks}; it is {rank}")
        return rank if tasks > 1 else 0

    def _tell(self, B: np.ndarray) -> None:
        at, size = self._posterior.at, np.sqrt(np.diag(B))
        self.coregionalization_, self.correlations_ = B, B / np.outer(size, size)
        self.length_scales_, self.noise_variance_ = at.scales, at.noise
        self.log_marginal_likelihood_ = self._posterior.log_likelihood
        self.jitter_ = self._posterior.jitter

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _moments(ys: list[np.ndarray], scaled: bool) -> tuple[np.ndarray, np.ndarray]:
    """The mean and the deviation of each task's targets; 0 and 1 where they are not to be scaled.

    Targets that are all alike have the deviation 1.
    """
    if not scaled:
        return np.zeros(len(ys)), np.ones(len(ys))
    deviations = np.array([y.std() if np.ptp(y) > 0 else 1.0 for y in ys])
    return np.array([y.mean() for y in ys]), deviations


def _columns(y: Any) -> list[np.ndarray]:
    """The columns of (N, tasks), or the one that (N,) is."""
    y = np.asarray(y, dtype=float)
    return list(y.reshape(len(y), -1).T)
