"""What a unit of a language model may follow in a text (Karpathy, Johnson & Fei-Fei 2015; curriculum E15)."""

from collections.abc import Callable
from itertools import accumulate

import numpy as np

OPEN, CLOSED = "([{", ")]}"
LINE, SPACES = "\n", " \t\n"


def position_in_line(text: str) -> np.ndarray:
    """Characters since the last line end.

    >>> position_in_line("ab\\nc").tolist()
    [1, 2, 0, 1]
    """
    return np.array(list(accumulate(text, lambda n, c: 0 if c == LINE else n + 1, initial=0))[1:])


def position_in_word(text: str) -> np.ndarray:
    """Characters since the last space."""
    return np.array(list(accumulate(text, lambda n, c: 0 if c in SPACES else n + 1, initial=0))[1:])


def inside_quotes(text: str) -> np.ndarray:
    """Whether a double quotation mark is open: “…”, «…», or "…"; an empty line closes it.

    >>> inside_quotes('a "b" c').tolist()
    [False, False, True, True, False, False, False]
    """
    found, is_open, last = [], False, ""
    for c in text:
        if c == '"':
            is_open = not is_open
        elif c in "“«":
            is_open = True
        elif c in "”»" or (c == last == LINE):
            is_open = False
        found.append(is_open)
        last = c
    return np.array(found)


def inside_brackets(text: str) -> np.ndarray:
    """Whether a bracket is open; an empty line closes all.

    >>> inside_brackets("a (b) c").tolist()
    [False, False, True, True, False, False, False]
    """
    found, depth, last = [], 0, ""
    for c in text:
        depth = depth + 1 if c in OPEN else max(depth - 1, 0) if c in CLOSED else depth
        depth = 0 if c == last == LINE else depth
        found.append(depth > 0)
        last = c
    return np.array(found)


def _where(test: Callable[[str], bool]) -> Callable[[str], np.ndarray]:
    return lambda text: np.array([test(c) for c in text])


FEATURES: dict[str, Callable[[str], np.ndarray]] = {
    "the position in the line": position_in_line,
    "the position in the word": position_in_word,
    "being inside quotation marks": inside_quotes,
    "being inside brackets": inside_brackets,
    "the end of a line": _where(LINE.__eq__),
    "a space": _where(" ".__eq__),
    "a capital letter": _where(str.isupper),
    "a vowel": _where(lambda c: c.lower() in "aeiou"),
    "a digit": _where(str.isdigit),
    "punctuation": _where(lambda c: not c.isalnum() and not c.isspace()),
}


def features_of(pieces: list[str]) -> dict[str, np.ndarray]:
    """Each feature at the last character of each piece of a text, (T,): of its characters, or its words."""
    ends = np.cumsum([len(piece) for piece in pieces]) - 1
    text = "".join(pieces)
    return {name: np.asarray(feature(text), np.float64)[ends] for name, feature in FEATURES.items()}
