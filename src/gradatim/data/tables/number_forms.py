"""Whether a column of texts holds numbers, and in which form."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradatim.data.tables.notation import PERCENT, Written, form_parts
from gradatim.data.tables.parsing import WHOLE, numbers_of_texts
from gradatim.data.tables.table import written

FEW = 0.01  # of a column's values may be no numbers
SAMPLE = 200
STYLES = {".": "1,234.5", ",": "1.234,5"}
OTHER = {".": ",", ",": "."}


class NumberForm(NamedTuple):
    """How a column writes its numbers, nothing for plain ones; and a sentence on it."""

    form: str
    why: str = ""


def numbers_in(texts: Sequence[str], form: str = "", decimal: str = ".") -> np.ndarray:
    """The number of every text in a form, NaN for what is none; a plain number needs no sign beside it.

    >>> numbers_in(["$1,249.76", "(1,200)", "7", "€3", "1.2.3"], "1,234.5 $").tolist()
    [1249.76, -1200.0, 7.0, nan, nan]
    """
    parts = form_parts(form)
    if parts is None:
        return numbers_of_texts(texts, decimal or ".")
    mark, sign = parts
    found = Written(texts)
    return np.where((found.sign == "") | (found.sign == sign), found.values(mark), np.nan)


def number_form(texts: Sequence[str], counts: np.ndarray, decimal: str = "") -> NumberForm | None:
    """The form in which all but 1 % of a column's values are numbers, or None.

    `texts` are different, `counts` (N,) how often each of them comes. `decimal` is what the file writes before
    a fraction; texts in memory have none, and plain numbers among them stay texts.

    Codes are no numbers: whole ones of one width of which some begin with 0, telephone numbers, and more
    digits than a float holds.

    >>> number_form(["1.249,5", "12"], np.array([1, 1]))
    NumberForm(form='1.234,5', why="'1.249,5' is read as 1249.5")
    >>> number_form(["00501", "10001"], np.array([1, 1])) is None
    True
    """
    some = [texts[i] for i in np.linspace(0, len(texts) - 1, min(len(texts), SAMPLE)).astype(int)]
    if not some or Written(some).are(".").mean() < 0.5:
        return None
    found, present = Written(texts), counts.sum()
    sign = _commonest(found.sign, counts)
    fits = (found.sign == sign) | ((found.sign == "") & (sign not in PERCENT)) | found.are("^0$")
    values = {mark: np.where(fits, found.values(mark), np.nan) for mark in STYLES}
    read = {mark: counts[~np.isnan(values[mark])].sum() for mark in STYLES}
    usual = decimal or "."
    mark, sure = max((usual, OTHER[usual]), key=lambda mark: read[mark]), True
    if read[mark] < (1 - FEW) * present or _are_codes(found, values[mark], counts, sign):
        return None
    if read["."] == read[","] and (values["."] != values[","])[~np.isnan(values["."])].any():
        mark, sure = _decided(found, usual)
        if not mark:
            return None
    if not sign and mark == usual and _is_plain(texts, counts, usual, read[mark]):
        return NumberForm("") if decimal else None
    form = f"{STYLES[mark]} {sign}".strip()
    return NumberForm(form, _sentence(texts, values, mark, sure))


def _commonest(signs: np.ndarray, counts: np.ndarray) -> str:
    """The sign that stands beside the most numbers; nothing where none does."""
    names, places = np.unique(signs.astype(str), return_inverse=True)
    rows = np.where(names == "", 0, np.bincount(places, counts))
    return str(names[rows.argmax()]) if rows.any() else ""


def _is_plain(texts: Sequence[str], counts: np.ndarray, decimal: str, read: int) -> bool:
    return counts[~np.isnan(numbers_of_texts(texts, decimal))].sum() >= read


def _are_codes(found: Written, values: np.ndarray, counts: np.ndarray, sign: str) -> bool:
    """Whether what reads as numbers is rather codes."""
    read = ~np.isnan(values)
    padded = found.are("^0[0-9]") & read
    widths = set(found.widths[read].tolist())
    if counts[padded].sum() > FEW * counts.sum() or (padded.any() and len(widths) == 1):
        return True
    if found.in_parentheses[read].all():
        return True
    with np.errstate(invalid="ignore"):
        if counts[read & (np.abs(values) >= WHOLE)].sum() > counts.sum() / 2:
            return True
    telephone = found.are("^[0-9]{1,3}([ .][0-9]{3})+$")
    if (found.plus & (found.are(" ") | found.are("[.][0-9]{3}[.]"))).any():
        return not sign
    return not sign and telephone[read].all() and len(widths) == 1 and min(widths) >= 6


def _decided(found: Written, usual: str) -> tuple[str, bool]:
    """The decimal mark where both can be, as in 1,249; and whether anything decided it.

    Thousands are set apart in all numbers or in none: one of 999 beside 1,249 speaks for them, one of 1249
    against. Where nothing speaks, the file's decimal mark is one; and it parts thousands only where numbers
    without it are many, and those with it keep a last zero, as 12.500 does.
    """
    marks = [mark for mark in OTHER if found.are(f"^[0-9]+[{mark}]").any()]
    if len(marks) != 1:
        return "", False
    mark = marks[0]
    short = int(found.are("^[1-9][0-9]{0,2}$").sum())
    if found.are("^[0-9]{4,}$").any():
        return mark, True
    if mark != usual:
        return OTHER[mark], short > 0
    marked = found.are(f"[{mark}]")
    apart = short >= 3 and marked.sum() >= 3 and (marked & found.are("0$")).any()
    return (OTHER[mark], True) if apart else (mark, False)


def _sentence(texts: Sequence[str], values: dict[str, np.ndarray], mark: str, sure: bool) -> str:
    """How one of the longest texts is read."""
    read = [(len(text), abs(value), i) for i, (text, value) in enumerate(zip(texts, values[mark], strict=True))
            if not np.isnan(value)]  # fmt: skip
    *_, i = max(read)
    said = f"{texts[i]!r} is read as {written(values[mark][i])}"
    if sure:
        return said
    other = f"form {STYLES[OTHER[mark]]!r} in the schema reads it as {written(values[OTHER[mark]][i])}"
    return f"{said}; nothing decides that: {other}"
