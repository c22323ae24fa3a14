"""A table's raw inputs as trees take them: what the network sees, but without scaling and one-hot columns."""

from typing import Any

import numpy as np

from gradatim.data.tables.one_hot_and_dates import date_columns, date_names

Record = dict[str, Any]
MOST_CATEGORIES = 255  # of a column


def tree_columns(record: Record, x: np.ndarray) -> np.ndarray:
    """Raw inputs (N, D) as (N, D′): numbers as they are, categories as codes, the rarest as one; of a date
    the moment, and sine and cosine of its place in the year, the week and the day; NaN for what is missing or
    unknown. Words of free texts stand behind all columns, as they were.
    """
    columns = record["columns"]
    parts = [_of_column(column, x[:, i]) for i, column in enumerate(columns)]
    return np.concatenate([*parts, x[:, len(columns) :]], 1)


def are_categories(record: Record) -> np.ndarray:
    """Which of the columns (D′,) hold codes of categories."""
    found = [column["kind"] == "category" for column in record["columns"] for _ in range(_width(column))]
    words = sum(len(column.get("words", ())) for column in record["columns"])
    return np.array(found + [False] * words, dtype=bool)


def _width(column: Record) -> int:
    if column["kind"] != "date":
        return 1
    return len(date_names("", column["hours"])) + (not column.get("calendar"))


def _of_column(column: Record, values: np.ndarray) -> np.ndarray:
    if column["kind"] == "category":
        values = np.where(values < 0, np.nan, np.minimum(values, MOST_CATEGORIES - 1))
    if column["kind"] != "date":
        return values[:, None]
    out = np.full((len(values), _width(column)), np.nan)
    date_columns(values, column["hours"], out if column.get("calendar") else out[:, 1:])
    if not column.get("calendar"):
        out[:, 0] = values
    return out
