"""Data frames of pandas and polars as arrays."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.arrays import array, check_inputs


def is_frame(data: Any) -> bool:
    """Whether this is a data frame of pandas or polars."""
    return type(data).__name__ == "DataFrame" and hasattr(data, "to_numpy") and hasattr(data, "columns")


def split_frame(frame: Any, target: str | None) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Inputs (N, D), the target column (N,), and the names of the input columns."""
    columns = [str(column) for column in frame.columns]
    if target is None:
        raise UsageError(f"name the column to learn with target=; there is {', '.join(columns[:12])}")
    target = str(target)
    y = column_of(frame, target)
    features = tuple(column for column in columns if column != target)
    if not features:
        raise UsageError(f"there is no column beside {target!r} to learn from")
    return inputs_of_frame(frame, features), y, features


def inputs_of_frame(frame: Any, features: tuple[str, ...] = ()) -> np.ndarray:
    """The named columns of a data frame as inputs (N, D), in the names' order; every column without names."""
    features = features or tuple(str(column) for column in frame.columns)
    if not features:
        raise UsageError("the data frame has no column")
    inputs = []
    for feature in features:
        values = column_of(frame, feature)
        if values.dtype.kind not in "buif":
            held = _first_text(values)
            raise UsageError(f"column {feature!r} holds {held}; this version learns from numbers")
        inputs.append(values.astype(np.float64))
    return check_inputs(np.stack(inputs, 1), features)


def column_of(frame: Any, name: str) -> np.ndarray:
    """The one column of this name; names that are numbers go by their digits."""
    found = [column for column in frame.columns if str(column) == name]
    if not found:
        raise UsageError(f"there is no column {name!r}: {did_you_mean(name, map(str, frame.columns))}")
    if len(found) > 1:
        raise UsageError(f"there are {len(found)} columns {name!r}: rename all but one")
    return array(frame[found[0]])


def _first_text(values: np.ndarray) -> str:
    """The first value that is not a number, and where; otherwise the type."""
    for i, value in enumerate(values if values.dtype.kind == "O" else ()):
        if not isinstance(value, int | float):
            return f"{value!r} at example {i}"
    return f"values of type {values.dtype}"
