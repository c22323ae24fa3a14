"""Whether the first row of a text names the columns."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from gradatim.data.tables.missing import is_missing
from gradatim.data.tables.notation import digits_of

DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?")
MOST = 0.9  # of the values below a cell say what its column holds
YEARS = range(1800, 2101)


def kind_of_field(field: str) -> str:
    """What one field looks like: a number in any form, a date, or a text.

    >>> kind_of_field("1.249,5 €"), kind_of_field("2024-01-31"), kind_of_field("a")
    ('number', 'date', 'text')
    """
    return "number" if digits_of(field) is not None else "date" if DATE_LIKE.fullmatch(field) else "text"


def has_header(rows: list[list[str]], names: Collection[str] = ()) -> bool:
    """Whether the first row names the columns; it does if it holds one of `names`.

    A text above numbers or dates is a name, whatever stands beside it; so is a date above numbers. A value
    that comes again below speaks against a header. Where nothing speaks for one, a number or a date is a
    value, unless the numbers are years at equal distances; and a first row of different texts is a header.
    """
    if not rows:
        return False
    head = [field.strip() for field in rows[0]]
    if set(head) & set(names):
        return True
    columns = _below(rows[1:], len(head))
    votes = sum(_vote(cell, below) for cell, below in zip(head, columns, strict=True))
    if votes > 0:
        return True
    values = [kind_of_field(cell) != "text" for cell in head]
    if any(values):
        return _are_years(head, columns)
    return votes == 0 and len(set(head)) == len(head) and any(head)


def _below(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """What stands below each cell, without what is missing."""
    whole = [row for row in rows if len(row) == width or (len(row) == width + 1 and not row[-1])]
    columns = [[row[i].strip() for row in whole] for i in range(width)]
    return [[field for field in column if not is_missing(field)] for column in columns]


def _vote(cell: str, below: list[str]) -> int:
    """1 for a cell that is a name, −1 for one that is a value, 0 where it may be both."""
    if not below or is_missing(cell):
        return 0
    kinds = Counter(kind_of_field(field) for field in below)
    numbers, few = kinds["number"], MOST * len(below)
    kind = kind_of_field(cell)
    if kind == "text":
        return 1 if numbers + kinds["date"] > few else -1 if cell in below else 0
    return 1 if kind == "date" and numbers > few else 0


def _are_years(head: list[str], columns: list[list[str]]) -> bool:
    """Whether the numbers among texts that do not come again are years at equal distances, above none."""
    numbers = [(cell, below) for cell, below in zip(head, columns, strict=True) if cell.isdecimal()]
    texts = [(cell, below) for cell, below in zip(head, columns, strict=True) if not cell.isdecimal()]
    if not texts:
        return False
    years = [int(cell) for cell, _ in numbers]
    steps = {after - before for before, after in pairwise(years)}
    if len(years) < 2 or len(steps) > 1 or 0 in steps or not all(year in YEARS for year in years):
        return False
    names = [cell for cell, below in texts if cell not in below and kind_of_field(cell) == "text"]
    fields = [field for _, below in numbers for field in below]
    of_years = sum(field.isdecimal() and int(field) in YEARS for field in fields)
    return len(names) == len(texts) and bool(fields) and of_years < len(fields) / 2
