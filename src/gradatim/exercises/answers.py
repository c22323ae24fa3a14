"""A student's answers read and judged: kindly in how they are written, strictly in their value."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from gradatim.checks import UsageError, known, shown
from gradatim.exercises.kind import Asked

MINUS = str.maketrans("−–—", "---")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
BETWEEN = re.compile(r"[;\s]+|,(?=\s*[^\W\d])")  # two answers with names
THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
HALF = 0.5 + 1e-6  # of the last decimal: exactly between two numbers either is right
NEAR = 5  # of the last decimal: what rounding on the way may do


@dataclass(frozen=True)
class Mark:
    """One answer: what was asked, what was answered, None where nothing was, and whether it is right."""

    asked: Asked
    answer: str | None
    right: bool
    remark: str = ""


def check_answers(asked: Sequence[Asked], answer: Any) -> list[Mark]:
    """Every quantity with its answer and whether that is right to the decimals asked.

        right:   |answer − value| ≤ ½ · 10^−decimals

    `answer` is a text, `0.51,0.489` in the order asked or `y3=0.51 y4=0.489` by name, or a dictionary, or a
    list. A decimal comma, a printed minus and fractions such as 1/3 are understood.

    Raises UsageError for what is no number, a name that is not asked, and more answers than questions.

    >>> y = Asked("y", "y", 0.4889, 4)
    >>> [check_answers([y], text)[0].right for text in ("0.4889", "0,4889", "y=.4889", "0.489")]
    [True, True, True, False]
    """
    given = read_answers(asked, answer)
    return [_mark(one, given.get(one.name)) for one in asked]


def _mark(asked: Asked, answer: str | None) -> Mark:
    if answer is None:
        return Mark(asked, None, False, "not answered")
    unit = 10.0**-asked.decimals
    off = min(abs(value - asked.value) for value in _values(answer))
    if off <= HALF * unit:
        return Mark(asked, answer, True)
    if min(abs(value + asked.value) for value in _values(answer)) <= HALF * unit:
        return Mark(asked, answer, False, "look at the sign")
    if off <= NEAR * unit and asked.decimals:
        return Mark(asked, answer, False, "near: rounded on the way?")
    if _is_shorter(asked, answer):
        return Mark(asked, answer, False, f"right so far: {asked.decimals} decimals are asked")
    return Mark(asked, answer, False)


def _is_shorter(asked: Asked, answer: str) -> bool:
    """Whether fewer decimals are given than asked, and these are right."""
    decimals = len(answer.replace(",", ".").partition(".")[2])
    close = min(abs(value - asked.value) for value in _values(answer)) <= HALF * 10.0**-decimals
    return 0 < decimals < asked.decimals and close


def _values(text: str) -> Iterator[float]:
    """What a text may mean: a comma is a decimal one, or one between thousands."""
    thousands = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    for written in {text.replace(",", "."), thousands}:
        top, slash, bottom = written.partition("/")
        if NUMBER.fullmatch(top) and (not slash or (NUMBER.fullmatch(bottom) and float(bottom))):
            yield float(top) / float(bottom) if slash else float(top)


def read_answers(asked: Sequence[Asked], answer: Any) -> dict[str, str]:
    """The answers by name, each as it was written."""
    if isinstance(answer, Mapping):
        pairs = [(str(name), str(value)) for name, value in answer.items()]
    elif isinstance(answer, str):
        pairs = _by_name(answer) if "=" in answer else _in_order(asked, _pieces(answer, len(asked)))
    else:
        pairs = _in_order(asked, [str(one) for one in (answer if hasattr(answer, "__iter__") else [answer])])
    names = {one.symbol: one.name for one in asked} | {one.name: one.name for one in asked}
    found = {}
    for name, text in pairs:
        text = text.strip().translate(MINUS)
        if not list(_values(text)):
            raise UsageError(f"the answer {name}={shown(text)} is no number")
        found[names.get(name) or known("question", name, [one.name for one in asked])] = text
    return found


def _by_name(text: str) -> list[tuple[str, str]]:
    """`y3=0.51, y4 = 0.489` as pairs; between two answers a comma, a semicolon or a space."""
    found = []
    for piece in BETWEEN.split("=".join(map(str.strip, text.split("=")))):
        name, equals, value = piece.partition("=")
        if piece and not equals:
            raise UsageError(
                f"{shown(piece)} is not understood: answers are name=number, or numbers in order"
            )
        if piece:
            found.append((name, value.rstrip(",")))
    return found


def _in_order(asked: Sequence[Asked], pieces: Sequence[str]) -> list[tuple[str, str]]:
    if len(pieces) > len(asked):
        raise UsageError(f"{len(pieces)} answers were given and {len(asked)} quantities are asked")
    if not pieces:
        raise UsageError("no answer was given: answers are numbers in the order asked, or name=number")
    pairs = zip_longest([one.name for one in asked][: len(pieces)], pieces)
    return [(name, piece) for name, piece in pairs]


def _pieces(text: str, asked: int) -> list[str]:
    """Numbers in a row: apart by semicolons, by spaces, or by commas.

    >>> _pieces("0,5; 0,25", 2), _pieces("0.5, 0.25", 2), _pieces("0,51,0,489", 2)
    (['0,5', '0,25'], ['0.5', '0.25'], ['0,51', '0,489'])
    """
    text = text.strip().strip("()[]")
    if ";" in text:
        return [piece.strip() for piece in text.split(";") if piece.strip()]
    words = [word.strip(",") for word in text.split() if word.strip(",")]
    if len(words) > 1 and not any("," in word and "." in word for word in words):
        return words
    pieces = [piece for piece in re.split(r"[,\s]+", text) if piece]
    if "." not in text and len(pieces) > asked and len(pieces) == 2 * asked:
        return [",".join(pair) for pair in zip(pieces[::2], pieces[1::2], strict=True)]
    return pieces
