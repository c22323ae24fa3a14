"""Frames and arrays in memory as a Table."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.tables.declared_types import declared_column
from gradatim.data.tables.missing import MISSING, WORDS
from gradatim.data.tables.polars_csv import WHOLE
from gradatim.data.tables.table import Column, Table, distinct_names, duplicates

EPOCH = np.datetime64("1970-01-01T00:00:00", "us")


def table_of_frame(
    frame: Any, name: str = "data", texts: Collection[str] = (), *,
    missing: Mapping[str, Collection[str]] | None = None, may_be_empty: bool = False,
) -> Table:  # fmt: skip
    """A data frame of pandas or polars as a Table; a column without plain values is left out, and told of.

    What the frame declares of a column holds: categories are texts. `missing` has the texts that stand for a
    missing value, by column.
    """
    given = [str(column) for column in frame.columns]
    names, notices = distinct_names(given)
    if not len(frame) and not may_be_empty:
        raise GradatimError(f"{name} has no row")
    columns: dict[str, Column] = {}
    for number, new in enumerate(names):
        series = frame.iloc[:, number] if hasattr(frame, "iloc") else frame[:, number]
        words = (missing or {}).get(new)
        try:
            column = declared_column(series)
            column = column_of(np.asarray(series.to_numpy()), words) if column is None else column
            if column.kind == "number" and str(series.dtype).lower().startswith(("int", "uint")):
                column = replace(column, rounded=_beyond(column.values))  # beside missing ones, too
        except (TypeError, ValueError, OverflowError) as error:
            notices.append(f"column {new!r} is left out: it holds {error}")
            continue
        column = column.as_texts() if new in texts else column
        columns[new] = column if words is None else _without(column, words)
    return Table(columns, name, notices, repeated=duplicates(given))


def _without(column: Column, words: Collection[str]) -> Column:
    """The same column, in which what is written as one of these words is missing."""
    texts = column.as_texts()
    gone = np.array([*(text in words for text in texts.texts), True])[texts.values]
    return replace(column, values=np.where(gone, -1 if column.kind == "text" else np.nan, column.values))


def column_of(values: np.ndarray, missing: Collection[str] | None = None) -> Column:
    """An array (N,) as a column; TypeError, whose text says what it holds, for what are no plain values."""
    if values.ndim != 1:
        raise TypeError(f"arrays of shape {values.shape[1:]}")
    if values.dtype.kind == "b":
        return Column("boolean", values.astype(np.float64))
    if values.dtype.kind in "iu":
        return Column("number", values.astype(np.float64), rounded=_beyond(values))
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
    return _of_objects(values, missing)


def _beyond(numbers: np.ndarray) -> int:
    """How many whole numbers are beyond those that a float holds to the last."""
    return int((np.abs(numbers.astype(np.float64)) >= WHOLE).sum())


def _finite(values: np.ndarray) -> Column:
    infinite = np.isinf(values)
    return Column("number", np.where(infinite, np.nan, values), infinite=int(infinite.sum()))


def _of_objects(values: np.ndarray, missing: Collection[str] | None) -> Column:
    """Python's objects: texts, booleans, dates or numbers beside missing ones; a mixture becomes texts.

    A word such as NA is missing among numbers, and a text among texts.
    """
    absent = np.array([_is_absent(value, MISSING) for value in values], dtype=bool)
    kinds, note = {_kind_of(value) for value in values[~absent]}, ""
    if not kinds and any(isinstance(value, str) and value.strip() in WORDS for value in values):
        kinds = {"text"}
    if len(kinds) > 1:
        kind = "number" if kinds == {"number", "boolean"} else "text"
        note = f"its values are {' and '.join(f'{one}s' for one in sorted(kinds))}, all taken as {kind}s"
        kinds = {kind}
    kind = kinds.pop() if kinds else "number"
    if kind == "text":
        words = MISSING - WORDS if missing is None else missing
        absent = np.array([_is_absent(value, words) for value in values])
        known: dict[str, int] = {}
        codes = np.full(len(values), -1, dtype=np.int32)
        for i in np.flatnonzero(~absent):
            codes[i] = known.setdefault(str(values[i]).strip(), len(known))
        return Column("text", codes, tuple(known), note=note)
    numbers = np.full(len(values), np.nan)
    numbers[~absent] = [_seconds(value) if kind == "date" else float(value) for value in values[~absent]]
    if kind != "number":
        return Column(kind, numbers, note=note)
    whole = np.array([isinstance(value, int | np.integer) for value in values], dtype=bool)
    return replace(_finite(numbers), rounded=_beyond(numbers[whole]), note=note)


def _is_absent(value: Any, missing: Collection[str]) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return value.strip() in missing or not value.strip()
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
