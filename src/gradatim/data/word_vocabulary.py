"""The words of a text, each with its number: the commonest, and one number for all others."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gradatim.checks import UsageError, whole

UNKNOWN = "<unknown>"  # number 0: every word that is not among those that were kept
FEWEST = 2  # times that a word must come to be kept
TIMES = {1: "once", 2: "twice"}
PIECE = re.compile(r"\n|[^\W_]+(?:['’\-][^\W_]+)*|[^\w\s]|_")  # a line end, a word, a sign
NO_SPACE_BEFORE = frozenset(".,;:!?)]}”»…%")
NO_SPACE_BEHIND = frozenset("([{“«\n")
QUOTE, LINE = '"', "\n"


def words_of(text: str) -> list[str]:
    """The words, signs and line ends of a text, in their order; its spaces are left out.

    >>> words_of("Don't go, he said.\\n")
    ["Don't", 'go', ',', 'he', 'said', '.', '\\n']
    """
    return PIECE.findall(text)


def with_spaces(words: Iterable[str]) -> list[str]:
    """Each word with the space that stands before it, as a text is written.

    >>> "".join(with_spaces(["He", "said", ":", '"', "No", "(", "never", ")", ".", '"']))
    'He said: "No (never)."'
    """
    found: list[str] = []
    last, is_open = LINE, False
    for word in words:
        closes = word == QUOTE and is_open
        joined = word in NO_SPACE_BEFORE or closes or word == LINE or last in NO_SPACE_BEHIND
        found.append(word if joined or (last == QUOTE and is_open) else f" {word}")
        is_open = not is_open if word == QUOTE else is_open and word != LINE
        last = word
    return found


class WordVocabulary:
    """Words with their numbers 1 … K−1; 0 is every other word.

    >>> vocabulary = WordVocabulary(["the", "dog"])
    >>> vocabulary.encode("the old dog").tolist(), vocabulary.decode([1, 2])
    ([1, 0, 2], 'the dog')
    """

    def __init__(self, words: Sequence[str]):
        self.names = (UNKNOWN, *words)
        self.numbers = {word: number for number, word in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def encode(self, text: str | Sequence[str], what: str = "the text") -> np.ndarray:
        """The numbers (L,) of a text's words."""
        words = words_of(text) if isinstance(text, str) else text
        return np.array([self.numbers.get(word, 0) for word in words], np.int64)

    def pieces(self, numbers: Any) -> list[str]:
        """The words of numbers, with the spaces before them."""
        return with_spaces(self.names[number] for number in np.asarray(numbers).reshape(-1).tolist())

    def decode(self, numbers: Any) -> str:
        """The words of numbers as a text."""
        return "".join(self.pieces(numbers))


def commonest(words: Iterable[str] | Counter[str], most: int, fewest: int = FEWEST) -> WordVocabulary:
    """The commonest words that come `fewest` times at least, `most` numbers with the unknown word's; of
    equally many the first in the alphabet. `words` may be counts of words.

    >>> commonest("a b a c c a".split(), 3).names
    ('<unknown>', 'a', 'c')

    Raises UsageError for fewer than two numbers.
    """
    whole("vocabulary", most, 2)
    counts = Counter(words)
    kept = sorted((word for word, n in counts.items() if n >= fewest), key=lambda w: (-counts[w], w))
    if not kept:
        raise UsageError(
            f"no word of the training text comes {TIMES.get(fewest, f'{fewest} times')}: a model of words "
            "needs more text"
        )
    return WordVocabulary(kept[: most - 1])
