"""What a column is: looked at, with the reason."""

import re
from dataclasses import dataclass

import numpy as np

from gradatim.data.tables.dates import date_form, dates_of
from gradatim.data.tables.inputs import FALSE, TRUE
from gradatim.data.tables.table import Column

INPUTS = ("number", "boolean", "category", "date")
DROPPED = ("identifier", "text", "constant", "empty")
KINDS = (*INPUTS, *DROPPED)
MANY = 20  # rows from which values that are all different say something
FEW = 0.01  # of a column's texts may be no dates
ID_NAME = re.compile(r"(.*[_ .-])?(id|uuid|guid|key|index|rownames?)|.*[a-z](Id|ID)|Unnamed: 0", re.ASCII)


@dataclass(frozen=True)
class Kind:
    """What a column is, why, and how it writes its dates."""

    kind: str
    why: str = ""
    form: str = ""


def kind_of(name: str, column: Column) -> Kind:
    """What this column is.

    >>> kind_of("size", Column("number", np.array([1.5, 2.0, np.nan]))).kind
    'number'
    """
    present = len(column) - int(column.missing.sum())
    if not present:
        return Kind("empty", "every value is missing")
    if column.kind == "text":
        return _of_texts(column, present)
    values = column.values[~column.missing] if present < len(column) else column.values
    if values.min() == values.max() and present == len(column):
        return Kind("constant", "every value is the same")
    if column.kind in ("date", "boolean"):
        return Kind(column.kind)
    return _of_numbers(name, values, column)


def _of_numbers(name: str, values: np.ndarray, column: Column) -> Kind:
    if ((values == 0) | (values == 1)).all():
        return Kind("boolean")
    counts = len(values) >= MANY and len(values) == len(column) and values[0] in (0, 1)
    if counts and (np.diff(values) == 1).all():
        return Kind("identifier", "it counts the rows")
    named_id = len(values) >= MANY and ID_NAME.fullmatch(name) and (values == np.floor(values)).all()
    if named_id and len(np.unique(values)) == len(values):
        return Kind("identifier", "its values are whole and all different, and its name says so")
    said = []
    if column.strange:
        row, text = column.first or (0, "")
        said.append(
            f"{column.strange:,} of its values are no numbers and count as missing, first {text!r:.40} in "
            f"row {row + 1}"
        )
    if column.infinite:
        said.append(f"{column.infinite:,} infinite values count as missing")
    if column.rounded:
        said.append(f"{column.rounded:,} whole numbers beyond 2^53 are rounded")
    return Kind("number", "; ".join(said))


def _of_texts(column: Column, present: int) -> Kind:
    texts = column.texts
    counts = np.bincount(column.values[column.values >= 0], minlength=len(texts))
    if len(texts) == 1 and present == len(column):
        return Kind("constant", "every value is the same")
    lower = {text.lower() for text in texts[:10]}
    if len(texts) <= 4 and len(lower) == 2 and (lower & TRUE) and (lower & FALSE):
        return Kind("boolean")
    form = date_form(texts)
    if form is not None:
        wrong = np.isnan(dates_of(texts, form))
        if counts[wrong].sum() <= FEW * present:
            said = (
                f"{int(counts[wrong].sum()):,} values are no dates and count as missing"
                if wrong.any()
                else ""
            )
            return Kind("date", "; ".join(filter(None, [form, said])), form)
    some = texts[:1000]
    words = sum(text.count(" ") + 1 for text in some) / len(some)
    different = f"{len(texts):,} of {present:,} values are different"
    if present >= MANY and len(texts) > present / 2:
        return Kind("text", f"free text: {different}") if words >= 3 else Kind("identifier", different)
    if words >= 8 and len(texts) > 50:
        return Kind("text", f"free text: {words:.0f} words a value")
    return Kind("category")
