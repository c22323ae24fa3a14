"""Whether a column of texts holds numbers, and in which form."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradatim.data.tables.notation import DECIMALS, DIGIT, PERCENT, Notation, form_parts
from gradatim.data.tables.polars_csv import WHOLE, numbers_of_texts
from gradatim.data.tables.table import format_value

FEW = 0.01  # of a column's values may be no numbers
SAMPLE = 200
STYLES = {mark: style for style, mark in DECIMALS.items()}
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
    found = Notation(texts)
    return np.where((found.sign == "") | (found.sign == sign), found.values(mark), np.nan)


def number_form(texts: Sequence[str], counts: np.ndarray, decimal: str = "") -> NumberForm | None:
    """The form in which all but 1 % of a column's values are numbers, or None.

    `texts` are different, `counts` (N,) how often each of them comes. `decimal` is what the file writes
    before a fraction; texts in memory have none, and plain numbers among them stay texts.

    Codes are no numbers: whole ones of one width of which some begin with 0, telephone numbers, and those
    with more digits than a float holds.

    >>> number_form(["1.249,5", "12"], np.array([1, 1]))
    NumberForm(form='1.234,5', why="'1.249,5' is read as 1249.5")
    >>> number_form(["00501", "10001"], np.array([1, 1])) is None
    True
    """
    some = [texts[i] for i in np.linspace(0, len(texts) - 1, min(len(texts), SAMPLE)).astype(int)]
    if not any(map(DIGIT.search, some)) or Notation(some).are(".").mean() < 0.5:
        return None
    found, present, usual = Notation(texts), counts.sum(), decimal or "."
    sign = _commonest(found.sign, counts)
    fits = (found.sign == sign) | ((found.sign == "") & (sign not in PERCENT)) | found.are("^0$")
    values = {mark: np.where(fits, found.values(mark), np.nan) for mark in STYLES}
    read = {mark: int(counts[~np.isnan(values[mark])].sum()) for mark in STYLES}
    mark, sure = max((usual, OTHER[usual]), key=lambda mark: read[mark]), True
    if read[mark] < (1 - FEW) * present or _are_codes(found, values[mark], counts, sign):
        return None
    if read["."] == read[","] and (values["."] != values[","])[~np.isnan(values["."])].any():
        mark, sure = _decided(found, usual)
    if not mark:
        return None
    if not sign and mark == usual and _read_plainly(texts, counts, usual) >= read[mark]:
        return NumberForm("") if decimal else None
    form, other = (f"{STYLES[one]} {sign}".strip() for one in (mark, OTHER[mark]))
    said, doubted = _read_as(texts, values[mark], values[OTHER[mark]])
    doubt = f", which nothing decides; form {other!r} in the schema reads it as {doubted}"
    return NumberForm(form, said if sure else said + doubt)


def _commonest(signs: np.ndarray, counts: np.ndarray) -> str:
    """The sign that stands beside the most numbers; nothing where none does."""
    names, places = np.unique(signs.astype(str), return_inverse=True)
    rows = np.where(names == "", 0, np.bincount(places, counts))
    return str(names[rows.argmax()]) if rows.any() else ""


def _read_plainly(texts: Sequence[str], counts: np.ndarray, decimal: str) -> int:
    return int(counts[~np.isnan(numbers_of_texts(texts, decimal))].sum())


def _are_codes(found: Notation, values: np.ndarray, counts: np.ndarray, sign: str) -> bool:
    """Whether what reads as numbers is rather codes."""
    read = ~np.isnan(values)
    if found.in_parentheses[read].all():
        return True
    one_width = len(set(found.widths[read].tolist())) == 1
    padded = found.are("^0+[1-9]|^00+$") & read
    many = counts[padded].sum() > FEW * counts.sum()
    if many or (padded.any() and one_width and found.are("^[0-9]+$")[read].all()):
        return True
    with np.errstate(invalid="ignore"):
        if counts[read & (np.abs(values) >= WHOLE)].sum() > counts.sum() / 2:
            return True
    if sign:
        return False
    if (found.plus & (found.are(" ") | found.are("[.][0-9]{3}[.]"))).any():  # a telephone's country
        return True
    in_threes = found.are("^[0-9]{1,3}([ .][0-9]{3})+$")[read].all()
    return bool(in_threes and one_width and found.widths[read].min() >= 6)


def _decided(found: Notation, usual: str) -> tuple[str, bool]:
    """The decimal mark where both can be, as in 1,249; and whether anything decided it.

    Thousands are set apart in all numbers or in none: 999 beside 1,249 speaks for them, 1249 against. Where
    neither is there, a mark that the file writes before fractions is a decimal mark, and another parts
    thousands. The former parts thousands only where several numbers have it, several have not, and a last
    zero is kept, as in 12.500.
    """
    marks = [mark for mark in OTHER if found.are(f"^[0-9]+[{mark}]").any()]
    if len(marks) != 1:
        return "", False
    mark = marks[0]
    if found.are("^[0-9]{4,}$").any():
        return mark, True
    short = int(found.are("^[1-9][0-9]{0,2}$").sum())
    if mark != usual:
        return OTHER[mark], short > 0
    marked = found.are(f"[{mark}]")
    apart = short >= 3 and marked.sum() >= 3 and (marked & found.are("0$")).any()
    return (OTHER[mark], True) if apart else (mark, False)


def _read_as(texts: Sequence[str], values: np.ndarray, others: np.ndarray) -> tuple[str, str]:
    """How one of the longest texts is read, and what the other reading makes of it."""
    lengths = np.array([len(text) for text in texts])
    sizes = np.where(np.isnan(values), -1.0, np.abs(values))
    i = int(np.lexsort((sizes, np.where(sizes < 0, 0, lengths)))[-1])
    other = "nothing" if np.isnan(others[i]) else format_value(others[i])
    return f"{texts[i]!r} is read as {format_value(values[i])}", other
