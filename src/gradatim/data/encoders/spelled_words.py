"""Words by their number, and each by its affixes and its characters."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from gradatim.data.encoders.affixes import KINDS, affixes
from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.words import Words
from gradatim.data.ragged import Ragged
from gradatim.data.sentences import Sentences
from gradatim.record_checks import TEXT, Entries, Form, ListOf

BEHIND, UNKNOWN, BEGIN, END = range(4)  # the end of the word, a character, and around the word
MOST = 16  # characters of a word, BEGIN and END among them; the middle of a longer one is left out
FEWEST = 2  # words of training that must have an affix or a character
NAMES = ListOf(TEXT, distinct=True)


@dataclass(frozen=True)
class SpelledWords(Words):
    """Each word as 1 + 8 + 16 whole numbers: its own, as of `words`, those of its prefixes, suffixes and
    shape (see `affixes`), and those of its characters. So a word that training has not seen is still read.

    0 is the number of an affix that fewer than two words of training have. The numbers of the characters
    stand between 2 and 3; 1 stands for a character that fewer than two words of training hold, 0 behind the
    end. `once` are the words of training that come once only: they have no number, but are not unknown.

    Shapes: S words → (S, 25).

    >>> encoder = SpelledWords(("cat",), (), ("1^c", "2^ca"), ("a", "c", "t"))
    >>> encoder.numbers(("cat", "cox"))[:, [0, 1, 2, 9, 10, 11, 12, 13, 14]].tolist()
    [[1, 1, 2, 2, 5, 4, 6, 3, 0], [0, 1, 0, 2, 5, 1, 1, 3, 0]]
    """

    name: ClassVar[str] = "spelled words"
    form: ClassVar[Form] = Entries({"words": NAMES, "once": NAMES, "affixes": NAMES, "characters": NAMES})
    once: tuple[str, ...]
    affixes: tuple[str, ...]
    characters: tuple[str, ...]

    @classmethod
    def fit(cls, sentences: Sentences) -> "SpelledWords":
        """The words of training sentences, and what two of them have in common."""
        words, found = Words.fit(sentences).words, sentences.in_use()
        once = tuple(sorted(set(found) - set(words)))
        return cls(words, once, _common(map(affixes, found)), _common(found))

    @property
    def sizes(self) -> dict[str, int]:
        """Numbers that an affix and a character may have, and affixes of a word."""
        return {
            "affix_count": len(self.affixes) + 1, "affix_kinds": KINDS,
            "alphabet_size": len(self.characters) + 1 + END,
        }  # fmt: skip

    def numbers(self, vocabulary: tuple[str, ...]) -> np.ndarray:
        """The numbers of distinct words, their affixes and their characters, (V, 25)."""
        found = np.zeros((len(vocabulary), 1 + KINDS + MOST), np.int64)
        found[:, 0] = super().numbers(vocabulary)
        of_affix = {one: number for number, one in enumerate(self.affixes, 1)}
        of_character = {one: number for number, one in enumerate(self.characters, 1 + END)}
        for row, word in zip(found, vocabulary, strict=True):
            row[1 : 1 + KINDS] = [of_affix.get(one, 0) for one in affixes(word)]
            spelled = [BEGIN, *(of_character.get(one, UNKNOWN) for one in shortened(word)), END]
            row[1 + KINDS : 1 + KINDS + len(spelled)] = spelled
        return found

    def with_words(self, words: Collection[str]) -> "SpelledWords":
        """The same, in which each of these words has a number, though it comes once."""
        more = tuple(word for word in self.once if word in words)
        rest = tuple(word for word in self.once if word not in words)
        return replace(self, words=self.words + more, once=rest)

    def rows_of_words(self) -> dict[str, int]:
        """The number of each word that has one."""
        return {word: number for number, word in enumerate(self.words, 1)}

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The sentences as numbers that are looked up, with the tags as the problem's loss reads them."""
        return super().prepare(examples, problem, dtype).changed(are_symbols=True)

    def parts(self, examples: Any) -> dict[str, np.ndarray]:
        """The words that training holds, as they are written, and all others."""
        known = {*self.words, *self.once}
        is_known = np.array([word in known for word in examples.vocabulary], bool)[examples.numbers.values]
        return {"known_words": is_known, "unknown_words": ~is_known}

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How words become numbers."""
        return {
            **super().choices(features),
            "affixes": f"{len(self.affixes):,} prefixes, suffixes and shapes that two words have",
            "characters": f"{len(self.characters):,} that two words hold; all others are one symbol",
        }

    def as_dict(self) -> Record:
        """The words, affixes and characters."""
        lists = {name: list(getattr(self, name)) for name in ("once", "affixes", "characters")}
        return {**super().as_dict(), **lists}

    @classmethod
    def from_dict(cls, record: Record) -> "SpelledWords":
        """The encoder of a record."""
        return cls(*(tuple(record[name]) for name in ("words", "once", "affixes", "characters")))


def shortened(word: str) -> str:
    """The word, of a long one the beginning and the end, which tell most.

    >>> shortened("misunderstandings"), shortened("word")
    ('misundeandings', 'word')
    """
    room = MOST - 2
    return word if len(word) <= room else word[: room // 2] + word[-(room // 2) :]


def _common(parts: Any) -> tuple[str, ...]:
    """What several words have, sorted."""
    counts = Counter(one for of_word in parts for one in set(of_word))
    return tuple(sorted(one for one, n in counts.items() if n >= FEWEST))
