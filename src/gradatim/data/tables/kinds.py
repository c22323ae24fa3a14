"""What a column is: looked at, with the reason."""

import re
from dataclasses import dataclass

import numpy as np

from gradatim.data.tables.dates import date_form, dates_of
from gradatim.data.tables.inputs import FALSE, TRUE
from gradatim.data.tables.table import Column

INPUTS = ("number", "boolean", "category", "date", "text")
DROPPED = ("identifier", "constant", "empty")
LABELS = "labels"  # sets of them in a column, which is a target
KINDS = (*INPUTS, *DROPPED, LABELS)
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
        said.append(f"{_no('number', column.strange)}, first {text!r:.40} in row {row + 1}")
    if column.infinite:
        said.append(f"{counted(column.infinite, 'infinite value')} taken as missing")
    if column.rounded:
        said.append(f"{counted(column.rounded, 'whole number')} beyond 2^53 rounded")
    return Kind("number", "; ".join(said))


def counted(n: int, what: str) -> str:
    """So many of something.

    >>> counted(1, "row"), counted(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _no(what: str, n: int) -> str:
    return f"{counted(n, 'value')} taken as missing, being no {what}{'' if n == 1 else 's'}"


def _of_texts(column: Column, present: int) -> Kind:
    texts = column.texts
    if len(texts) == 1 and present == len(column):
        return Kind("constant", "every value is the same")
    lower = {text.lower() for text in texts[:10]}
    if len(texts) <= 4 and len(lower) == 2 and (lower & TRUE) and (lower & FALSE):
        return Kind("boolean")
    return _of_dates(column, present) or _of_words(texts, present)


def _of_dates(column: Column, present: int) -> Kind | None:
    """A date, if all but a few of the texts are."""
    form = date_form(column.texts)
    if form is None:
        return None
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.texts))
    wrong = int(counts[np.isnan(dates_of(column.texts, form))].sum())
    if wrong > FEW * present:
        return None
    return Kind("date", "; ".join(filter(None, [form, _no("date", wrong) if wrong else ""])), form)


def _of_words(texts: tuple[str, ...], present: int) -> Kind:
    """Categories, which come again; identifiers, which do not; or free text, in many words."""
    some = texts[:1000]
    words = sum(text.count(" ") + 1 for text in some) / len(some)
    different = f"{len(texts):,} of {present:,} values are different"
    if present >= MANY and len(texts) > present / 2:
        return Kind("text", f"free text: {different}") if words >= 3 else Kind("identifier", different)
    if words >= 8 and len(texts) > 50:
        return Kind("text", f"free text: {words:.0f} words a value")
    return Kind("category")
