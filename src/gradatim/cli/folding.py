"""Lines that fit the terminal: broken between words, below the column in which they stand."""

import os
import re
import sys
from textwrap import wrap

NARROWEST = 40  # columns; less is taken for no answer
COLUMN = re.compile(r"\s*\S.*?\s{2,}(?=\S)|\s*(?:ok|FAIL)\s+")  # up to where the text of a list begins
WIDEST_NAME = 30


def columns() -> int | None:
    """How wide the terminal is: what COLUMNS says, or stdout's; None where stdout is no terminal."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said) >= NARROWEST:
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None
    except (OSError, ValueError):  # a stdout that is no file
        return None


def fold(text: str, width: int | None = None) -> str:
    """The text with no line wider than the terminal, or than `width`; as it is where there is none.

    >>> print(fold("adam    steps of about one size whatever the scale", 30))
    adam    steps of about one
            size whatever the
            scale
    """
    most = columns() if width is None else width
    if most is None:
        return text
    return "\n".join(_folded(line, most) for line in text.split("\n"))


def _folded(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    found = COLUMN.match(line)
    start = found.end() if found and found.end() <= WIDEST_NAME else len(line) - len(line.lstrip())
    parts = wrap(line[start:], max(width - start, 20), break_long_words=False, break_on_hyphens=False)
    return "\n".join([line[:start] + parts[0], *(" " * start + part for part in parts[1:])])
