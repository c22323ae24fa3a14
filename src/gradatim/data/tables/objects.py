"""Frames and arrays in memory as a Table."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.tables.missing import is_missing
from gradatim.data.tables.table import Column, Table, distinct_names

EPOCH = np.datetime64("1970-01-01T00:00:00", "us")


def table_of_frame(frame: Any, name: str = "data", texts: Collection[str] = ()) -> Table:
    """A data frame of pandas or polars as a Table; a column without plain values is left out, and told of."""
    names, notices = distinct_names([str(column) for column in frame.columns])
    if not len(frame):
        raise GradatimError(f"{name} has no row")
    columns: dict[str, Column] = {}
    for number, new in enumerate(names):
        series = frame.iloc[:, number] if hasattr(frame, "iloc") else frame[:, number]
        try:
            column = column_of(np.asarray(series.to_numpy()))
        except (TypeError, ValueError, OverflowError) as error:
            notices.append(f"column {new!r} is left out: it holds {error}")
            continue
        columns[new] = column.as_texts() if new in texts else column
    return Table(columns, name, notices)


def column_of(values: np.ndarray) -> Column:
    """An array (N,) as a column; TypeError, whose text says what it holds, for what are no plain values."""
    if values.ndim != 1:
        raise TypeError(f"arrays of shape {values.shape[1:]}")
    if values.dtype.kind == "b":
        return Column("boolean", values.astype(np.float64))
    if values.dtype.kind in "iu":
        beyond = int((np.abs(values.astype(np.float64)) >= 2.0**53).sum())
        return Column("number", values.astype(np.float64), rounded=beyond)
    if values.dtype.kind == "f":
        return _finite(values.astype(np.float64))
    if values.dtype.kind == "M":
        seconds = (values.astype("datetime64[us]") - EPOCH) / np.timedelta64(1, "s")
        return Column("date", seconds)
    if values.dtype.kind == "m":
        return Column("number", values / np.timedelta64(1, "s"))
    if values.dtype.kind in "UT":
        values = values.astype(object)
    if values.dtype.kind != "O":
        raise TypeError(f"values of type {values.dtype}")
    return _of_objects(values)


def _finite(values: np.ndarray) -> Column:
    infinite = np.isinf(values)
    return Column("number", np.where(infinite, np.nan, values), infinite=int(infinite.sum()))


def _of_objects(values: np.ndarray) -> Column:
    """Python's objects: texts, booleans, dates or numbers beside missing ones; a mixture becomes texts."""
    absent = np.array([_is_absent(value) for value in values], dtype=bool)
    kinds = {_kind_of(value) for value in values[~absent]}
    if len(kinds) > 1:
        kinds = {"number"} if kinds == {"number", "boolean"} else {"text"}
    kind = kinds.pop() if kinds else "number"
    if kind == "text":
        known: dict[str, int] = {}
        codes = np.full(len(values), -1, dtype=np.int32)
        for i in np.flatnonzero(~absent):
            codes[i] = known.setdefault(str(values[i]).strip(), len(known))
        return Column("text", codes, tuple(known))
    numbers = np.full(len(values), np.nan)
    numbers[~absent] = [_seconds(value) if kind == "date" else float(value) for value in values[~absent]]
    return _finite(numbers) if kind == "number" else Column(kind, numbers)


def _is_absent(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return is_missing(value.strip())
    return isinstance(value, float) and np.isnan(value)


def _kind_of(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool | np.bool_):
        return "boolean"
    if isinstance(value, datetime | date):
        return "date"
    if isinstance(value, int | float | np.integer | np.floating | Decimal):
        return "number"
    raise TypeError(f"values of type {type(value).__name__}")


def _seconds(value: Any) -> float:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    if moment.tzinfo is not None:
        return moment.timestamp()
    return float((np.datetime64(moment, "us") - EPOCH) / np.timedelta64(1, "s"))
