"""What was found in data, as a page of text: lines, facts under their labels, and grids."""

from collections.abc import Sequence
from typing import NamedTuple


class Fact(NamedTuple):
    """A sentence behind a label of one word."""

    label: str
    text: str


class Grid(NamedTuple):
    """Rows of cells under the names of their columns, and the role of each cell, such as `target`."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    roles: Sequence[Sequence[str]] = ()


Block = str | Fact | Grid  # a text stands on lines of its own


def sizes_of(splits: dict[str, int], rule: str) -> str:
    """The sizes of the splits, and the rule that made them.

    >>> sizes_of({"train": 1294, "test": 359}, "stratified")
    '1,294 train, 359 test (stratified)'
    >>> sizes_of({}, "too few examples")
    'too few examples'
    """
    sizes = ", ".join(f"{n:,} {part}" for part, n in splits.items())
    return f"{sizes} ({rule})" if sizes else rule


def shorten(text: str, most: int = 24) -> str:
    """A text on one line, its end left out where it is long.

    >>> shorten("one\\ntwo"), shorten("a rather long name of a class")
    ('one two', 'a rather long name of a…')
    """
    text = text.replace("\n", " ")
    return text if len(text) <= most else text[: most - 1] + "…"
