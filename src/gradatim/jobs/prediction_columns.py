"""Predictions as columns of a data frame: the cells of the file, and what is predicted of them."""

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradatim.data.tables.table import distinct_names

if TYPE_CHECKING:
    from gradatim.jobs.predict import Predictions


def frame_columns(found: "Predictions") -> dict[str, list[Any]]:
    """Columns by the names that `to_csv` writes; cells that are numbers as numbers, empty ones as None."""
    of, predicted = found.listed or (range(len(found)), found.columns())
    beside = None if found.listed else found.beside
    if beside is None:
        before: dict[str, list[Any]] = (
            {"file": [found.files[i] for i in of]} if found.files else {"example": list(of)}
        )
    else:
        rows = list(csv.reader(beside.rows, delimiter=beside.delimiter, skipinitialspace=True))
        fields = [[row[k] if k < len(row) else "" for row in rows] for k in range(len(beside.names))]
        before = {
            name: typed(cells, beside.decimal) for name, cells in zip(beside.names, fields, strict=True)
        }
    names = distinct_names([*before, *predicted])[0][len(before) :]
    return {**before, **dict(zip(names, predicted.values(), strict=True))}


def typed(cells: Sequence[str], decimal: str = ".") -> list[Any]:
    """The cells as numbers where every one that is not empty is a number as a computer writes it.

    >>> typed(["1", "", "-3"]), typed(["1,5", "2"], ","), typed(["01", "2"])
    ([1, None, -3], [1.5, 2.0], ['01', '2'])
    """
    known = [cell.strip() for cell in cells if cell.strip()]
    if known and all(cell.lstrip("-").isdecimal() and str(int(cell)) == cell for cell in known):
        return [int(cell) if cell.strip() else None for cell in cells]
    try:
        if any(cell.lstrip("-+")[:2].isdecimal() and cell.lstrip("-+")[0] == "0" for cell in known):
            raise ValueError  # 01 is a code
        numbers = [float(cell.replace(decimal, ".")) if cell.strip() else None for cell in cells]
    except ValueError:
        return [cell if cell.strip() else None for cell in cells]
    return numbers if known else [None] * len(cells)
