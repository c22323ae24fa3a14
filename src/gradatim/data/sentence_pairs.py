"""Pairs of sentences from files: two columns, or two files whose lines belong together (curriculum E12)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradatim.checks import UsageError
from gradatim.data.pairs import Kind, Pairs
from gradatim.data.text_files import read_text_file
from gradatim.data.text_units import MOST

SENTENCES = Kind(
    "sentence pairs", "sentence pairs", "translation", "sentence pairs",
    "sentences, one a line, or pairs of them",
)  # fmt: skip
SAMPLE = 50  # lines that are looked at before a file is read
SHARE = 0.6  # of them whose both sides are several words, at least
BEGINNING = 1 << 16  # bytes


def sentence_pairs(left: Sequence[str], right: Sequence[Any], **more: Any) -> Pairs:
    """Sentences and their translations, one for each or several in a tuple; UsageError naming the first that
    is empty or has none.

    >>> sentence_pairs(["ein Hund"], ["a dog"]).references
    (('a dog',),)
    """
    if len(left) != len(right):
        raise UsageError(f"{len(left):,} sentences but {len(right):,} translations")
    references = tuple((one,) if isinstance(one, str) else tuple(one) for one in right)
    if not references:
        raise UsageError(f"{more.get('name', 'the data')} holds no pair of sentences")
    for number, (text, some) in enumerate(zip(left, references, strict=True), 1):
        if not text.strip() or not some or not all(one.strip() for one in some):
            raise UsageError(f"pair {number:,} has an empty side: leave it out")
    return Pairs(tuple(left), references, SENTENCES, **more)


def two_columns(path: Path) -> bool:
    """Whether the beginning of a file is lines of two columns, parted by a tab, both of them of several words
    that differ from line to line, lines that come again left out.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(BEGINNING).decode("utf-8", "replace")
    except OSError:
        return False
    different = dict.fromkeys(line for line in beginning.splitlines()[:SAMPLE] if line.strip())
    lines = [line.split("\t") for line in different]
    if not lines or any(len(line) != 2 for line in lines):
        return False
    several = sum(all(len(side.split()) > 1 for side in line) for line in lines)
    distinct = all(len({line[side] for line in lines}) > SHARE * len(lines) for side in (0, 1))
    return several >= SHARE * len(lines) and distinct


def read_two_columns(path: Path) -> tuple[list[str], list[str], list[str]]:
    """The two sides of each line of a file, and what a person should know of it.

    Empty lines are passed over; UsageError naming a line that has not two columns, or an empty one.
    """
    text, notices = read_text_file(path)
    left: list[str] = []
    right: list[str] = []
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        sides = [side.strip() for side in line.split("\t")]
        if len(sides) != 2:
            some = "1 column" if len(sides) == 1 else f"{len(sides)} columns"
            raise UsageError(f"line {number:,} of {path} has {some}: two sentences with a tab between them")
        if not all(sides):
            side = "first" if not sides[0] else "second"
            raise UsageError(f"the {side} sentence of line {number:,} of {path} is empty")
        left.append(sides[0])
        right.append(sides[1])
    if not left:
        raise UsageError(f"{path} holds no pair of sentences")
    return left, right, notices


def read_two_files(first: Path, second: Path) -> tuple[list[str], list[str], list[str]]:
    """Sentences and translations from two files, line by line; a line that is empty in both is passed over.

    Raises UsageError naming a line that is empty in one of them, and where one file ends before the other.
    """
    (one, notices), (other, more) = read_text_file(first), read_text_file(second)
    left, right = _lines(one), _lines(other)
    if len(left) != len(right):
        shorter, count = (first, len(left)) if len(left) < len(right) else (second, len(right))
        longer = second if shorter == first else first
        raise UsageError(
            f"{first} has {len(left):,} lines but {second} {len(right):,}: line {count + 1:,} of {longer} "
            "has no partner"
        )
    kept = []
    for number, (a, b) in enumerate(zip(left, right, strict=True), 1):
        if bool(a.strip()) != bool(b.strip()):
            empty = second if a.strip() else first
            raise UsageError(f"line {number:,} of {empty} is empty, and its partner is not")
        if a.strip():
            kept.append((a.strip(), b.strip()))
    if not kept:
        raise UsageError(f"{first} holds no sentence")
    return [a for a, _ in kept], [b for _, b in kept], [*notices, *more]


def read_lines(path: Path) -> tuple[list[str], list[str]]:
    """Sentences to translate, one a line, of two columns the first; and what a person should know."""
    text, notices = read_text_file(path)
    lines = [line.split("\t")[0].strip() for line in _lines(text) if line.strip()]
    if not lines:
        raise UsageError(f"{path} holds no sentence")
    return lines, notices


def long_notices(texts: Sequence[str]) -> list[str]:
    """That of some texts only the beginning is read."""
    long = [number for number, text in enumerate(texts, 1) if len(text.split()) > MOST]
    if not long:
        return []
    some = "1 sentence is" if len(long) == 1 else f"{len(long):,} sentences are"
    return [
        f"{some} longer than {MOST} words, the first of them number {long[0]:,}: of each the first {MOST} "
        "symbols are read"
    ]


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")
