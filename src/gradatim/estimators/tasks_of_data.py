"""Examples of several tasks as they are given to an estimator: lists of tasks, or one X and columns of y."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array, check_consistent_length, validate_data

from gradatim.checks import UsageError
from gradatim.estimators.task_rows import is_list_of_tasks


class TasksOfData(NamedTuple):
    """X and y of every task, and how they were given: `lists` of tasks, `columns` of y, or `one` task."""

    Xs: list[np.ndarray]
    ys: list[np.ndarray]
    given: str


def tasks_of(estimator: BaseEstimator, X: Any, y: Any) -> TasksOfData:
    """Tasks to learn from, in float64: X and y are lists of (n_i, D) and (n_i,), or X is (n, D) and y (n,) or
    (n, tasks), NaN where a target is missing.

    Raises UsageError or scikit-learn's ValueError naming the task.
    """
    if y is None:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None")
    if is_list_of_tasks(X):
        return TasksOfData(*_own_rows(estimator, X, y), "lists")
    X = validate_data(estimator, X, dtype=np.float64)
    y = check_array(y, dtype=np.float64, ensure_2d=False, ensure_all_finite="allow-nan", input_name="y")
    check_consistent_length(X, y)
    if y.ndim == 1:
        return TasksOfData([X], [check_array(y, ensure_2d=False, input_name="y")], "one")
    known = ~np.isnan(y)
    for i in range(y.shape[1]):
        if not known[:, i].any():
            raise UsageError(f"task {i}, column {i} of y, has no target: every row of it is NaN")
    return TasksOfData(
        [X if known[:, i].all() else X[known[:, i]] for i in range(y.shape[1])],
        [y[known[:, i], i] for i in range(y.shape[1])],
        "columns",
    )


def rows_of_tasks(estimator: BaseEstimator, Xs: Sequence[Any], tasks: int) -> list[np.ndarray]:
    """New rows of every task, as many tasks as were learned; one without any has an empty array."""
    if len(Xs) != tasks:
        raise UsageError(f"X is a list of {len(Xs)} tasks, but {tasks} were learned")
    return [_rows(estimator, X, i, reset=False, at_least=0) for i, X in enumerate(Xs)]


def _own_rows(estimator: BaseEstimator, Xs: Any, ys: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
    if not isinstance(ys, list | tuple) or len(ys) != len(Xs):
        count = f"{len(ys)}" if isinstance(ys, list | tuple) else "no list"
        raise UsageError(f"X is a list of {len(Xs)} tasks, so y must be a list of as many; it is {count}")
    found: tuple[list[np.ndarray], list[np.ndarray]] = [], []
    for i, (X, y) in enumerate(zip(Xs, ys, strict=True)):
        if np.ndim(X) != 2 or not len(X):
            what = "has no rows: leave it out" if not np.size(X) else f"must be (n, D), not {np.shape(X)}"
            raise UsageError(f"task {i} {what}")
        found[0].append(_rows(estimator, X, i, reset=i == 0))
        try:
            y = check_array(y, dtype=np.float64, ensure_2d=False, input_name="y")
        except ValueError as error:
            raise UsageError(f"task {i}: {error}") from None
        if y.shape != (len(X),):
            raise UsageError(f"task {i} has {len(X)} rows, but targets of shape {y.shape}")
        found[1].append(y)
    return found


def _rows(estimator: BaseEstimator, X: Any, i: int, reset: bool, at_least: int = 1) -> np.ndarray:
    try:
        return validate_data(estimator, X, dtype=np.float64, reset=reset, ensure_min_samples=at_least)
    except ValueError as error:
        raise UsageError(f"task {i}: {error}") from None
