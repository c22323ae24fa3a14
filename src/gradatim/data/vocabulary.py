"""The characters of a text, each with its number."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradatim.checks import UsageError

AT_ONCE = 1 << 22  # characters that are numbered together, so that a long text is in memory once
MOST_SHOWN = 16  # characters or ranges of them in a sentence


class Vocabulary:
    """Characters by sorted code point, each with its number 0 … K−1.

    >>> vocabulary = Vocabulary("hello")
    >>> vocabulary.characters, vocabulary.encode("hole").tolist(), vocabulary.decode([1, 0, 2])
    ('ehlo', [1, 3, 2, 0], 'hel')
    """

    def __init__(self, characters: Iterable[str]):
        self.characters = "".join(sorted(set(characters)))
        self.codes = np.array([ord(character) for character in self.characters], np.uint32)

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str, what: str = "the text") -> np.ndarray:
        """The numbers (L,) of a text's characters; UsageError naming those that are not in the vocabulary."""
        numbers = np.empty(len(text), np.int64)
        strangers: dict[str, None] = {}  # in the order of the text
        for start in range(0, len(text), AT_ONCE):
            codes = _codes(text[start : start + AT_ONCE])
            at = np.minimum(np.searchsorted(self.codes, codes), max(len(self) - 1, 0))
            strange = codes[self.codes[at] != codes] if len(self) else codes
            strangers |= dict.fromkeys(map(chr, strange))
            numbers[start : start + len(codes)] = at
        if strangers:
            shown = ", ".join(map(repr, list(strangers)[:8])) + (", …" if len(strangers) > 8 else "")
            raise UsageError(
                f"{what} has characters that were not in the training text: {shown}; that has "
                f"{ranges_of(self.characters)}"
            )
        return numbers

    def decode(self, numbers: Any) -> str:
        """The characters of numbers."""
        return "".join(self.characters[number] for number in np.asarray(numbers).reshape(-1).tolist())


def ranges_of(characters: str) -> str:
    """Characters in the order of their code points in a few words, three or more neighbours as a range.

    >>> ranges_of(" abcdxy"), ranges_of("")
    ("' ', 'a' to 'd', 'x', 'y'", 'none')
    """
    runs: list[str] = []
    for character in characters:
        if runs and ord(character) == ord(runs[-1][-1]) + 1:
            runs[-1] += character
        else:
            runs.append(character)
    said = [one for run in runs for one in _run(run)]
    shown = ", ".join(said[:MOST_SHOWN])
    return f"{shown} and others, {len(characters):,} in all" if len(said) > MOST_SHOWN else shown or "none"


def _run(characters: str) -> list[str]:
    if len(characters) < 3:
        return list(map(repr, characters))
    return [f"{characters[0]!r} to {characters[-1]!r}"]


def _codes(text: str) -> np.ndarray:
    """Code points (L,); half a pair, which a command line can hold, is one too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
