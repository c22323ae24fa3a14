"""What a model of several tasks is given: lists, one X and a column of tasks, or one X that tasks share."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array

from gradatim.checks import UsageError, plain_number, shown


@dataclass(frozen=True, eq=False)
class TaskRows:
    """Features and targets of every task, and their names; `form` is list, column, shared or one.

    Where the form is list or column, Xs (n_i, D) and ys (n_i,) are lists; else X (n, D) and y (n, m) or (n,).
    """

    form: str
    Xs: Any
    ys: Any
    names: np.ndarray
    order: np.ndarray | None = None  # of a column's rows, sorted by task


def is_list_of_tasks(X: Any) -> bool:
    """Whether X is a list or a tuple of tables, one for each task, and not one table.

    >>> is_list_of_tasks([[[0.0], [1.0]], [[2.0]]]), is_list_of_tasks([[0.0], [1.0]])
    (True, False)
    """
    return isinstance(X, list | tuple) and len(X) > 0 and np.ndim(X[0]) == 2


def list_of_tables(Xs: Any, least: int = 1) -> list[np.ndarray]:
    """Tables of the same columns, finite. Raises UsageError naming the task that is not."""
    tables = []
    for i, X in enumerate(Xs):
        if np.ndim(X) == 2 and np.shape(X)[0] < least:
            raise UsageError(f"task {i} has no rows: leave it out, or give it some")
        try:
            tables.append(check_array(X, dtype=np.float64, ensure_min_samples=least))
        except ValueError as error:
            raise UsageError(f"task {i}: {error}") from None
        if tables[i].shape[1] != tables[0].shape[1]:
            raise UsageError(
                f"task {i} has {tables[i].shape[1]} columns and task 0 has {tables[0].shape[1]}: "
                "all tasks must have the same features"
            )
        ours, first = (list(getattr(one, "columns", ())) for one in (X, Xs[0]))
        if ours != first:
            other = next((a for a, b in zip(ours, first, strict=False) if a != b), "none")
            raise UsageError(f"task {i} has other columns than task 0, {shown(other)} for one")
    return tables


def list_of_targets(ys: Any, tables: list[np.ndarray]) -> list[np.ndarray]:
    """A row of targets for each table, as long as it. Raises UsageError naming the task."""
    if not isinstance(ys, list | tuple) or len(ys) != len(tables):
        many = len(ys) if hasattr(ys, "__len__") else shown(ys)
        raise UsageError(f"there are {len(tables)} tasks in X and {many} in y: y must be a list as long as X")
    targets = []
    for i, (y, X) in enumerate(zip(ys, tables, strict=True)):
        y = np.asarray(y)
        y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        if y.shape != (len(X),):
            raise UsageError(f"task {i} has {len(X)} rows in X, and y of shape {y.shape}")
        targets.append(y)
    return targets


def without_column(X: Any, column: Any) -> tuple[Any, np.ndarray]:
    """The features of X, and its column of tasks, by number or, of a data frame, by name."""
    column = plain_number(column)
    if hasattr(X, "columns") and hasattr(X, "drop"):
        names = list(X.columns)
        if column not in names and isinstance(column, int) and -len(names) <= column < len(names):
            column = names[column]
        if column not in names:
            raise UsageError(f"task_column {shown(column)} is no column of X; it has {shown(names)}")
        tasks = np.asarray(X[column])
        return X.drop(columns=column) if hasattr(X, "iloc") else X.drop(column), tasks
    X = np.asarray(X)
    if X.ndim != 2:
        raise UsageError(f"X must have rows and columns; its shape is {X.shape}")
    if isinstance(column, bool) or not isinstance(column, int) or not -X.shape[1] <= column < X.shape[1]:
        raise UsageError(
            f"task_column must be the number of a column, of {X.shape[1]}; it is {shown(column)}"
        )
    return np.delete(X, column, axis=1), X[:, column]


def is_nan(value: Any) -> bool:
    """Whether a value of any type is a missing number."""
    return isinstance(value, float) and np.isnan(value)


def check_task_values(values: np.ndarray) -> np.ndarray:
    """Values that name tasks. Raises UsageError for numbers that measure something, or are missing."""
    if values.dtype.kind == "f":
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            raise UsageError(f"row {bad[0]} has no task: its task column is {values[bad[0]]}")
        if (values != np.round(values)).any():
            odd = values[values != np.round(values)][0]
            raise UsageError(
                f"the task column has {len(np.unique(values)):,} different values, {odd:g} for one: it must "
                "name a task in every row, and not measure something"
            )
    if values.dtype.kind == "O":
        empty = [n for n, value in enumerate(values) if value is None or is_nan(value)]
        if empty:
            raise UsageError(f"row {empty[0]} has no task: its task column is empty")
        try:
            np.unique(values)
        except TypeError:
            values = values.astype(str)
    return values


def check_targets(y: np.ndarray, numbers: bool, where: str = "") -> None:
    """Raise UsageError for targets that are no finite numbers, or no classes where those are asked for."""
    if not numbers:
        check_classification_targets(y)
        return
    try:
        bad = np.argwhere(~np.isfinite(np.asarray(y, dtype=float)))
    except (TypeError, ValueError):
        raise UsageError(f"{where}y must be numbers for the squared loss") from None
    if len(bad):
        raise UsageError(f"{where}y is not finite in row {bad[0][0]}")


def places(values: np.ndarray, names: np.ndarray) -> np.ndarray:
    """The number of each value among the names of tasks. Raises UsageError for one that was not learned."""
    if names.dtype.kind in "US" and values.dtype.kind == "O":
        values = values.astype(str)
    found = np.searchsorted(names, values).clip(max=len(names) - 1)
    unknown = np.flatnonzero(names[found] != values)
    if len(unknown):
        name = shown(plain_number(values[unknown[0]]))
        raise UsageError(f"row {unknown[0]} is of task {name}, which was not learned")
    return found
