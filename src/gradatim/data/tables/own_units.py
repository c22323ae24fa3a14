"""What a network says of a table's encoded columns, in the columns' own units.

| column | its value |
|---|---|
| number | by the inverse of its scaler; beside bins or waves, of the number itself alone |
| boolean | true above 0, else false |
| date | the day or the moment that the scaled number stands for |
| category | the one with the largest number, `(other)` for those that share a place |
| text, date without a day | the encoded numbers as they are, each under its own name |

Where what says that a value is missing is above a half, or the largest of a category, there is none: None.
"""

from typing import Any

import numpy as np

from gradatim.data.tables.encoding import names_of_column, places
from gradatim.data.tables.inputs import input_from, value_text
from gradatim.data.tables.one_hot_and_dates import DAY, EARLIEST, LATEST
from gradatim.data.tables.scaling import unscale

Record = dict[str, Any]
OTHER = "(other)"


def own_units(record: Record, x: np.ndarray) -> dict[str, list[Any]]:
    """Encoded numbers (N, width), such as an autoencoder's outputs, as values by column.

    >>> town = {"name": "town", "kind": "category", "categories": ["Rome", "Oslo"], "kept": 2}
    >>> own_units({"columns": [{**town, "missing": False}]}, np.array([[0.4, 0.6], [0.9, 0.3]]))
    {'town': ['Oslo', 'Rome']}
    """
    found: dict[str, list[Any]] = {}
    for column, place in zip(record["columns"], places(record), strict=True):
        found |= _values(column, x[:, place].astype(np.float64))
    return found


def _values(column: Record, x: np.ndarray) -> dict[str, list[Any]]:
    """One column's values, by its name, or its numbers by theirs."""
    kind, name = column["kind"], column["name"]
    if kind == "category":
        return {name: _categories(column, x)}
    if kind == "text" or column.get("calendar"):
        return dict(zip(names_of_column(column), x.T.tolist(), strict=True))
    values = np.where(x[:, 0] > 0, 1.0, 0.0) if kind == "boolean" else unscale(column, x[:, 0])
    if kind == "date":
        values = np.clip(values if column["hours"] else DAY * np.round(values / DAY), EARLIEST, LATEST)
    if column["missing"]:
        values = np.where(x[:, -1] > 0.5, np.nan, values)
    one = input_from(column)
    return {name: [None if np.isnan(value) else value_text(one, value) for value in values.tolist()]}


def _categories(column: Record, x: np.ndarray) -> list[str | None]:
    """The most probable category of each row."""
    kept, known = column["kept"], column["categories"]
    names: list[str | None] = [*known[:kept]]
    names += [OTHER] if kept < len(known) else []
    names += [None] if column["missing"] else []
    return [names[place] for place in x.argmax(1)] if names else [None] * len(x)
