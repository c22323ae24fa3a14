"""What a column is: looked at, with the reason."""

import re
from dataclasses import dataclass

import numpy as np

from gradatim.data.tables.dates import DAY_FIRST, MONTH_FIRST, date_form, dates_of, day_or_month
from gradatim.data.tables.input_values import FALSE, TRUE
from gradatim.data.tables.missing import WORDS, is_missing
from gradatim.data.tables.number_forms import number_form, numbers_in
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
    if column.declared:
        return _declared(column, present)
    if column.kind == "text":
        return _of_texts(name, column, present)
    values = column.values[~column.missing] if present < len(column) else column.values
    if values.min() == values.max() and present == len(column):
        return Kind("constant", "every value is the same")
    if column.kind in ("date", "boolean"):
        return Kind(column.kind)
    return _of_numbers(name, values, column)


def _declared(column: Column, present: int) -> Kind:
    """A category, as its frame says; one that never comes again is of no use."""
    if len(column.texts) == 1 and present == len(column):
        return Kind("constant", "every value is the same")
    if len(column.texts) == present >= MANY:
        return Kind("identifier", f"a category of which all {present:,} values are different")
    return Kind("category")


def _of_numbers(name: str, values: np.ndarray, column: Column) -> Kind:
    if ((values == 0) | (values == 1)).all():
        return Kind("boolean")
    counts = len(values) >= MANY and len(values) == len(column) and values[0] in (0, 1)
    if counts and (np.diff(values) == 1).all():
        return Kind("identifier", "it counts the rows")
    named_id = len(values) >= MANY and ID_NAME.fullmatch(name) and (values == np.floor(values)).all()
    if named_id and len(np.unique(values)) == len(values):
        return Kind("identifier", "its values are whole and all different, and its name says so")
    said = [column.note] if column.note else []
    if column.strange:
        said.append(no_numbers(column))
    if column.infinite:
        said.append(f"{count_text(column.infinite, 'infinite value')} taken as missing")
    if column.rounded:
        said.append(f"{count_text(column.rounded, 'whole number')} beyond 2^53 rounded")
    return Kind("number", "; ".join(said))


def no_numbers(column: Column) -> str:
    """How many values of a column of numbers are none, and the first of them."""
    row, text = column.first or (0, "")
    return f"{_no('number', column.strange)}, first {text!r:.40} in row {row + 1}"


def count_text(n: int, what: str) -> str:
    """So many of something.

    >>> count_text(1, "row"), count_text(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _no(what: str, n: int) -> str:
    return f"{count_text(n, 'value')} taken as missing, being no {what}{'' if n == 1 else 's'}"


def _of_texts(name: str, column: Column, present: int) -> Kind:
    """What a column of texts is; a word for missing among numbers or dates is a missing one."""
    if len(column.texts) == 1 and present == len(column):
        return Kind("constant", "every value is the same")
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.texts))
    there = [i for i, text in enumerate(column.texts) if counts[i] and not is_missing(text)]
    texts, counts = [column.texts[i] for i in there], counts[there]
    lower = {text.lower() for text in texts[:10]}
    if len(texts) <= 4 and len(lower) == 2 and (lower & TRUE) and (lower & FALSE):
        return Kind("boolean")
    found = _of_dates(texts, counts) or _of_written_numbers(name, column, texts, counts)
    return found or _of_words(column, present)


def _of_dates(texts: list[str], counts: np.ndarray) -> Kind | None:
    """A date, if all but a few of the texts are."""
    form = date_form(texts) if texts else None
    if form is None:
        return None
    wrong = int(counts[np.isnan(dates_of(texts, form))].sum())
    if wrong > FEW * counts.sum():
        return None
    said = form
    if day_or_month(texts)[1]:
        other = DAY_FIRST if form == MONTH_FIRST else MONTH_FIRST
        said += f" (a guess: no number is above 12; form {other!r} in the schema changes it)"
    return Kind("date", "; ".join(filter(None, [said, _no("date", wrong) if wrong else ""])), form)


def _of_written_numbers(name: str, column: Column, texts: list[str], counts: np.ndarray) -> Kind | None:
    """A number, if all but a few of the texts are numbers in one form."""
    found = number_form(texts, counts, column.decimal)
    if found is None:
        return None
    numbers = numbers_of(column, found.form)
    kind = _of_numbers(name, numbers.values[~numbers.missing], numbers)
    if kind.kind == "identifier":  # which has no sign of money or percent
        return Kind("number", found.why, found.form) if " " in found.form else kind
    return Kind("number", "; ".join(filter(None, [found.why, kind.why])), found.form)


def numbers_of(column: Column, form: str) -> Column:
    """A column of texts as the numbers that they write in a form; what is none is counted."""
    values = numbers_in(column.texts, form, column.decimal)
    strange = np.isnan(values) & ~np.array([is_missing(text) for text in column.texts], dtype=bool)
    rows = np.flatnonzero(np.append(strange, False)[column.values])
    first = (int(rows[0]), column.texts[column.values[rows[0]]]) if len(rows) else None
    every = np.append(values, np.nan)[column.values]
    return Column("number", every, strange=len(rows), first=first, note=column.note)


def _of_words(column: Column, present: int) -> Kind:
    """Categories, which come again; identifiers, which do not; or free text, in many words."""
    texts = column.texts
    some = texts[:1000]
    words = sum(text.count(" ") + 1 for text in some) / len(some)
    different = f"{len(texts):,} of {present:,} values are different"
    if present >= MANY and len(texts) > present / 2:
        if words >= 3:
            return Kind("text", f"free text: {different}")
        return Kind("identifier", f"{different}{_nearly_numbers(column, present)}")
    if words >= 8 and len(texts) > 50:
        return Kind("text", f"free text: {words:.0f} words a value")
    said = [column.note, *missing_note(column), *words_kept(column)]
    return Kind("category", "; ".join(filter(None, said)))


def missing_note(column: Column) -> list[str]:
    """What is said of words such as NA that are taken as missing in a column of texts."""
    return [
        f"{word!r} is taken as missing ({count_text(n, 'value')}); "
        '"missing_values": [] in the schema keeps it'
        for word, n in column.words.items() if word in WORDS and word != "?"
    ]  # fmt: skip


def words_kept(column: Column) -> list[str]:
    """What is said of words such as NA that are not: they stand in quotes, or in memory."""
    if column.kind != "text":
        return []
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.texts))
    return [
        f"{word!r} is taken as a text, not as missing ({count_text(int(n), 'value')}); "
        f'"missing_values": ["{word}"] in the schema changes that'
        for word, n in zip(column.texts, counts, strict=True) if word in WORDS and word != "-" and n
    ]  # fmt: skip


def _nearly_numbers(column: Column, present: int) -> str:
    """What is said of texts most of which are numbers, though too few to be a column of numbers."""
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.texts))
    read = int(counts[~np.isnan(numbers_in(column.texts, "", column.decimal))].sum())
    if not present / 2 <= read < present:
        return ""
    return f"; {read:,} of them are numbers: kind 'number' in the schema takes the others as missing"
