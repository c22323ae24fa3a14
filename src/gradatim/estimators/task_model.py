"""What the linear models of several tasks share: rows of tasks in, weights of tasks out."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import ClassifierTags, RegressorTags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from gradatim.checks import UsageError, one_of, plain_number, real, shown, whole
from gradatim.estimators.arguments import argument
from gradatim.estimators.task_rows import (
    TaskRows,
    check_targets,
    check_task_values,
    is_list_of_tasks,
    list_of_tables,
    list_of_targets,
    places,
    without_column,
)
from gradatim.multitask.proximal import Solution
from gradatim.multitask.question import Question, pose
from gradatim.multitask.tasks import Tasks

LOSSES = ("squared", "logistic")


@dataclass(frozen=True, eq=False)
class TaskPath:
    """Solutions over a falling strength λ, each begun at the one before it.

    Shapes: strengths, dual_gaps and n_iters (L,); coefs (L, m, D), intercepts (L, m).
    """

    strengths: np.ndarray
    coefs: np.ndarray
    intercepts: np.ndarray
    dual_gaps: np.ndarray
    n_iters: np.ndarray


def _classifies(self: "TaskModel") -> bool:
    return bool(self.loss == "logistic")


class TaskModel(BaseEstimator):
    """A linear model of several tasks with a convex penalty on all their weights. Abstract.

    X and y are one of four: a list of tables and a list of their targets, a task each; one X with y (n, m),
    a task a column, which share X; one X with a column of tasks, `task_column`; or one X and y (n,), which is
    one task, or, of more than two classes, a softmax whose classes are the tasks.
    """

    loss: str
    averaged = False  # whether the loss is a mean over tasks of means over rows

    def fit(self, X: Any, y: Any) -> "TaskModel":
        """Learn the weights of all tasks."""
        question = self._question(X, y)
        self._keep(question, self._solved(question, 1.0, None))
        return self

    def path(
        self, X: Any, y: Any, *, strengths: Any = None, n_strengths: int = 30, ratio: float = 0.01
    ) -> TaskPath:  # fmt: skip
        """Solutions over λ from the least at which all weights are 0 down to `ratio` of it, or over given
        `strengths`; where a model has two, the other keeps its proportion. The last one is kept.
        """
        question = self._question(X, y)
        own = self._strength()
        if strengths is None:
            count, ratio = whole("n_strengths", n_strengths, 1), real("ratio", ratio, above=0, below=1)
            strengths = self._strongest(question, ratio) * np.geomspace(1, ratio, count)
        strengths = np.array([real("strengths", one, above=0) for one in np.ravel(strengths)])
        found, solution = [], None
        for strength in strengths:
            solution = self._solved(question, strength / own, solution)
            self._keep(question, solution)
            found.append((self.coef_, self.intercept_, self.dual_gap_, self.n_iter_))
        columns = (np.array(one) for one in zip(*found, strict=True))
        return TaskPath(strengths, *columns)

    def predict(self, X: Any) -> Any:
        """The answer for every row: an array, or a list of them where X is a list of tasks."""
        return self._each(self._answer, self._linear(X))

    @available_if(_classifies)
    def decision_function(self, X: Any) -> Any:
        """Scores above 0 for the second class; of a softmax (n, K)."""
        return self._linear(X)

    @available_if(_classifies)
    def predict_proba(self, X: Any) -> Any:
        """Probabilities: (n, K) of the classes, or of the second class (n, m) where tasks share X."""
        return self._each(self._probability, self._linear(X))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R², or accuracy: the mean over tasks where X is a list of them."""
        measure = accuracy_score if _classifies(self) else r2_score
        found = self.predict(X)
        if isinstance(found, list):
            ys = list_of_targets(y, found)
            return float(np.mean([measure(a, b) for a, b in zip(ys, found, strict=True)]))
        return float(measure(y, found, sample_weight=sample_weight))

    # ---- what a model is

    def _strength(self) -> float:
        """λ, the first where there are two."""
        return real("strength", argument(self, "strength"), above=0)

    def _strongest(self, question: Question, ratio: float) -> float:
        """The least λ at which all weights are 0."""
        raise NotImplementedError

    def _solve(
        self, question: Question, share: float, start: Solution | None, tol: float, most: int
    ) -> Solution:
        """The solution with all strengths times a share, from another one."""
        raise NotImplementedError

    def _parts(self, W: np.ndarray) -> np.ndarray:
        """The weights (D, m) of a solution."""
        return W

    # ---- from rows to a question

    def _question(self, X: Any, y: Any) -> Question:
        loss = one_of("loss", self.loss, LOSSES)
        rows = self._rows(X, y, loss)
        if loss == "logistic":
            rows, loss = self._encoded(rows)
        self.form_, self.tasks_ = rows.form, rows.names
        if rows.form in ("list", "column"):
            tasks = Tasks.of(rows.Xs, rows.ys)
        else:
            tasks = Tasks.sharing(rows.Xs, rows.ys.reshape(len(rows.Xs), -1))
        return pose(tasks, loss, intercept=bool(self.fit_intercept), averaged=self.averaged)

    def _rows(self, X: Any, y: Any, loss: str) -> TaskRows:
        numbers = loss == "squared"
        if is_list_of_tasks(X):
            tables = list_of_tables(X)
            targets = list_of_targets(y, tables)
            for i, one in enumerate(targets):
                check_targets(one, numbers, f"task {i}: ")
            self.n_features_in_ = tables[0].shape[1]
            return TaskRows("list", tables, targets, np.arange(len(tables)))
        values = None
        if self.task_column is not None:
            X, values = without_column(X, self.task_column)
            values = check_task_values(values)
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=numbers)
        check_targets(y, numbers)
        if not numbers and y.shape[1:] == (1,):
            y = y[:, 0]
        if values is None:
            return TaskRows(
                "shared" if y.ndim == 2 else "one", X, y, np.arange(y.shape[1] if y.ndim == 2 else 1)
            )
        if y.ndim == 2:
            raise UsageError(f"with a task_column y must have one number a row; its shape is {y.shape}")
        names, of = np.unique(values, return_inverse=True)
        order = np.argsort(of, kind="stable")
        cuts = np.cumsum(np.bincount(of))[:-1]
        return TaskRows("column", np.split(X[order], cuts), np.split(y[order], cuts), names)

    def _encoded(self, rows: TaskRows) -> tuple[TaskRows, str]:
        """Targets as −1 and 1, or one of K, and the loss that reads them."""
        ys = rows.ys if isinstance(rows.ys, list) else [rows.ys]
        self.classes_ = np.unique(np.concatenate([np.unique(one) for one in ys]))
        several = rows.form == "one" and len(self.classes_) > 2
        if len(self.classes_) < 2 or (len(self.classes_) > 2 and not several):
            count = f"{len(self.classes_)} class{'es' * (len(self.classes_) != 1)}"
            raise UsageError(
                f"y must have two classes in all tasks together, or be one column; it has "
                f"{count}: {shown(self.classes_.tolist())}"
            )
        if several:
            return TaskRows(
                "softmax", rows.Xs, (rows.ys[:, None] == self.classes_) * 1.0, self.classes_
            ), "softmax"
        signs = [np.where(one == self.classes_[1], 1.0, -1.0) for one in ys]
        tasks = signs if isinstance(rows.ys, list) else signs[0].reshape(len(signs[0]), -1).T
        for name, one in zip(rows.names, tasks, strict=True):
            if abs(one.sum()) == len(one) and bool(self.fit_intercept):
                only = shown(plain_number(self.classes_[int(one[0] > 0)]))
                raise UsageError(
                    f"task {name} has one class, {only}, in all of its "
                    f"{len(one)} rows: a logistic model needs both"
                )
        return TaskRows(
            rows.form, rows.Xs, signs if isinstance(rows.ys, list) else signs[0], rows.names
        ), "logistic"

    def _solved(self, question: Question, share: float, start: Solution | None) -> Solution:
        tol, most = (
            real("tol", argument(self, "tol"), above=0),
            whole("max_iter", argument(self, "max_iter"), 1),
        )
        solution = self._solve(question, share, start, tol * question.at_zero, most)
        if solution.gap > tol * question.at_zero:
            share_of = solution.gap / max(question.at_zero, 1e-300)
            warnings.warn(
                f"the duality gap is {share_of:.2g} of the loss at 0 after "
                f"{solution.iterations} iterations, and tol is {tol:g}: raise max_iter or tol",
                ConvergenceWarning,
                stacklevel=3,
            )
        return solution

    def _keep(self, question: Question, solution: Solution) -> None:
        W, intercept = question.weights(self._parts(solution.W))
        self.coef_, self.intercept_ = np.ascontiguousarray(W.T), intercept
        self.dual_gap_ = solution.gap / question.at_zero if question.at_zero else 0.0
        self.objective_, self.n_iter_ = solution.objective, max(solution.iterations, 1)

    # ---- from rows to answers

    def _linear(self, X: Any) -> Any:
        """Scores in the form that X was learned in."""
        check_is_fitted(self)
        if self.form_ == "list":
            if not is_list_of_tasks(X) or len(X) != len(self.tasks_):
                raise UsageError(f"X must be a list of {len(self.tasks_)} tables, one for each task")
            tables = list_of_tables(X, least=0)
            if tables[0].shape[1] != self.n_features_in_:
                raise UsageError(
                    f"task 0 has {tables[0].shape[1]} columns; it was learned with {self.n_features_in_}"
                )
            return [X @ w + b for X, w, b in zip(tables, self.coef_, self.intercept_, strict=True)]
        values = None
        if self.form_ == "column":
            X, values = without_column(X, self.task_column)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        if values is None:
            scores = X @ self.coef_.T + self.intercept_
            return scores[:, 0] if self.form_ == "one" else scores
        of = places(values, self.tasks_)
        return np.einsum("nd,nd->n", X, self.coef_[of]) + self.intercept_[of]

    @staticmethod
    def _each(function: Any, scores: Any) -> Any:
        return [function(one) for one in scores] if isinstance(scores, list) else function(scores)

    def _answer(self, scores: np.ndarray) -> np.ndarray:
        if not _classifies(self):
            return scores
        return self.classes_[scores.argmax(1) if self.form_ == "softmax" else (scores > 0).astype(int)]

    def _probability(self, scores: np.ndarray) -> np.ndarray:
        if self.form_ == "softmax":
            return softmax(scores, axis=1)
        p = expit(scores)
        return p if scores.ndim == 2 else np.stack([expit(-scores), p], axis=1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        if _classifies(self):
            tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags(multi_label=True)
        else:
            tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags
