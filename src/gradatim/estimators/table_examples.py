"""X and y of a caller as the examples that a run would read from them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _check_sample_weight, validate_data

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.frames import is_frame
from gradatim.data.sources.source import divide, source_of
from gradatim.planning.data_options import DataOptions
from gradatim.planning.run_data import Data

FRAME = "give a data frame of pandas or polars, whose columns may hold texts, dates and missing values"


def inputs_of(estimator: BaseEstimator, X: Any, reset: bool) -> Any:
    """X as a run reads it: a data frame as it is, anything else as an array (N, D) of finite numbers. A frame
    of numbers whose columns have no names is the array that it was made of.

    Sets or checks `n_features_in_` and `feature_names_in_`. Raises ValueError in scikit-learn's words, and
    UsageError for what only a data frame can hold.
    """
    if is_frame(X):
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        if 0 in X.shape:
            raise UsageError(f"X is a data frame of {X.shape[0]} row(s) and {X.shape[1]} column(s)")
        if not _is_array(X):
            return X
        X = X.to_numpy()
    try:
        X = validate_data(estimator, X, reset=reset, ensure_all_finite=False)
    except ValueError as error:
        if "could not convert string" in str(error):
            raise UsageError(f"X is an array that holds texts: {FRAME}") from error
        raise
    if X.dtype.kind == "f" and not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0].tolist()
        what = "NaN" if np.isnan(X[row, column]) else "inf"
        raise UsageError(f"X is an array that holds {what} at row {row}, column {column}: {FRAME}")
    return X


def required(estimator: BaseEstimator, y: Any) -> Any:
    """y; ValueError where it is None."""
    if y is None:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None")
    return y


def _is_array(frame: Any) -> bool:
    """Whether a frame's columns are called by numbers, as pandas calls them, and hold finite numbers."""
    if any(isinstance(name, str) for name in frame.columns):
        return False
    values = frame.to_numpy()
    return values.dtype.kind in "buif" and bool(np.isfinite(values).all())


def as_frame(estimator: BaseEstimator, X: Any, names: Sequence[str]) -> Any:
    """An array (N, D) of whatever a frame can hold as the frame of these columns."""
    from polars import DataFrame

    X = validate_data(estimator, X, reset=False, dtype=None, ensure_all_finite=False)
    return DataFrame({name: X[:, i].tolist() for i, name in enumerate(names)}, strict=False)


def weights_of(X: Any, y: np.ndarray, sample_weight: Any) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """X, y and every row's weight without the rows of weight 0; equal weights are none.

    Raises ValueError for weights that are negative, or all 0.
    """
    if sample_weight is None:
        return X, y, None
    w = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
    if not w.any():
        raise ValueError("Sample weights must contain at least one non-zero number.")
    rows = np.flatnonzero(w)
    if len(rows) < len(w):
        X, y, w = _safe_indexing(X, rows), y[rows], w[rows]
    return X, y, None if (w == w[0]).all() else w


def examples_of(X: Any, y: np.ndarray, w: np.ndarray | None, task: str) -> Dataset:
    """The examples in checked X and y (N,) or (N, K), with their weights; UsageError where they cannot be."""
    if not is_frame(X):
        whole = source_of((X, y)).read((X, y) if w is None else (X, y, w), DataOptions(task=task).asked)
    else:
        frame, target = _with_targets(X, y)
        whole = source_of(frame).read(frame, DataOptions(target=target, task=task).asked)
        if len(whole) < len(y):
            raise UsageError(
                f"y holds {len(y) - len(whole)} label(s) that a table reads as missing: name them otherwise"
            )
        whole = whole if w is None else replace(whole, weights=w)
    return whole


def divided(whole: Dataset, validation_fraction: float) -> Data:
    """The examples as a run divides them that has its test examples elsewhere."""
    parts = divide(source_of(whole), whole, validation_fraction, 0.0)
    return Data(*parts, whole.name, {}, whole.notices, whole_y=whole.y)


def _with_targets(X: Any, y: np.ndarray) -> tuple[Any, list[str]]:
    """The frame with the targets behind its columns, and what they are called there."""
    there, targets = {str(name) for name in X.columns}, []
    for k in range(1 if y.ndim == 1 else y.shape[1]):
        name = "y" if y.ndim == 1 else f"y{k + 1}"
        while name in there:
            name += "_"
        targets.append(name)
    columns = dict(zip(targets, y.reshape(len(y), -1).T, strict=True))
    if hasattr(X, "assign"):
        return X.assign(**columns), targets
    from polars import Series

    return X.with_columns(Series(name, column) for name, column in columns.items()), targets
