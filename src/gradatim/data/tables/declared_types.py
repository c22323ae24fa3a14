"""What a data frame declares of a column: categories of pandas and polars, their order and their type."""

from typing import Any

import numpy as np

from gradatim.data.tables.table import Column, format_value


def declared_column(series: Any) -> Column | None:
    """A categorical column of pandas, or a Categorical or Enum of polars; None for any other.

    Its texts stand in the order of the categories, its labels are what the categories are.
    """
    found = _categories(series)
    if found is None:
        return None
    values, codes, ordered = found
    used = np.unique(codes[codes >= 0])
    through = np.full(len(values) + 1, -1, dtype=np.int32)
    places: dict[str, int] = {}
    for code in used:
        if text := text_of(values[code]):
            through[code] = places.setdefault(text, len(places))
    labels = _labels([values[code] for code in used]) if len(places) == len(used) else ()
    declared = "ordered" if ordered else "category"
    return Column("text", through[codes], tuple(places), declared=declared, labels=labels)


def _categories(series: Any) -> tuple[list[Any], np.ndarray, bool] | None:
    """The categories, the number of every row's, −1 where it is missing, and whether they have an order."""
    dtype = str(series.dtype)
    if dtype.startswith("dictionary<"):  # Arrow's, in pandas
        series = series.astype("category")
    if hasattr(series.dtype, "categories") and hasattr(series.dtype, "ordered"):
        values = [_plain(value) for value in series.cat.categories]
        return values, series.cat.codes.to_numpy().astype(np.int64), bool(series.dtype.ordered)
    if dtype.startswith(("Categorical", "Enum")):
        every, is_enum = series.to_list(), dtype.startswith("Enum")
        values = list(series.dtype.categories) if is_enum else sorted(set(every) - {None})
        places = {value: code for code, value in enumerate(values)}
        return values, np.array([places.get(value, -1) for value in every], dtype=np.int64), is_enum
    return None


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def text_of(value: Any) -> str:
    """A value in memory as the text that a file would hold.

    >>> text_of(2.0), text_of(True), text_of(" a")
    ('2', 'true', 'a')
    """
    if isinstance(value, bool):
        return format_value(float(value), "boolean")
    if isinstance(value, int | float):
        return format_value(value)
    return str(value).strip()


def _labels(values: list[Any]) -> tuple:
    """The categories as they are, where all are truth values, numbers or texts; whole numbers as such."""
    if not any(all(type(value) in types for value in values) for types in ((bool,), (int, float), (str,))):
        return ()
    if all(type(value) is float and value == int(value) for value in values):
        return tuple(int(value) for value in values)
    return tuple(value.strip() if isinstance(value, str) else value for value in values)
