"""Words by their number, and each by its characters."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.words import Words
from gradatim.data.ragged import Ragged
from gradatim.data.sentences import Sentences
from gradatim.record_checks import TEXT, Entries, Form, ListOf

BEHIND, UNKNOWN, BEGIN, END = range(4)  # the end of the word, a character, and around the word
MOST = 16  # characters of a word, BEGIN and END among them; the middle of a longer one is left out
FEWEST = 2  # words of training that must hold a character


@dataclass(frozen=True)
class WordsAndCharacters(Words):
    """Each word as 1 + 16 whole numbers: its own, as of `words`, and those of its characters.

    The numbers of a word's characters stand between 2 and 3; 1 stands for a character that fewer than two
    words of training hold, 0 behind the end. So a word that training has not seen is still read by its
    characters.

    Shapes: S words → (S, 17).

    >>> encoder = WordsAndCharacters(("cat",), ("a", "c", "t"))
    >>> encoder.numbers(("cat", "catx"))[:, :7].tolist()
    [[1, 2, 5, 4, 6, 3, 0], [0, 2, 5, 4, 6, 1, 3]]
    """

    name: ClassVar[str] = "words and characters"
    form: ClassVar[Form] = Entries(
        {"words": ListOf(TEXT, distinct=True), "characters": ListOf(TEXT, distinct=True)}
    )
    characters: tuple[str, ...]

    @classmethod
    def fit(cls, sentences: Sentences) -> "WordsAndCharacters":
        """The words of training sentences that come twice, and the characters of all."""
        in_words = Counter(one for word in sentences.in_use() for one in set(word))
        kept = sorted(one for one, n in in_words.items() if n >= FEWEST)
        return cls(Words.fit(sentences).words, tuple(kept))

    @property
    def letters(self) -> int:
        """Numbers that a character may have."""
        return len(self.characters) + 1 + END

    def numbers(self, vocabulary: tuple[str, ...]) -> np.ndarray:
        """The numbers of distinct words and of their characters, (V, 17)."""
        found = np.zeros((len(vocabulary), 1 + MOST), np.int64)
        found[:, 0] = super().numbers(vocabulary)
        place = {character: number for number, character in enumerate(self.characters, 1 + END)}
        for row, word in zip(found, vocabulary, strict=True):
            spelled = [BEGIN, *(place.get(one, UNKNOWN) for one in shortened(word)), END]
            row[1 : 1 + len(spelled)] = spelled
        return found

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The sentences as numbers that are looked up, with the tags as the problem's loss reads them."""
        return super().prepare(examples, problem, dtype).changed(are_symbols=True)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How words become numbers."""
        said = f"{len(self.characters):,} that two words hold; all others are one symbol"
        return {**super().choices(features), "characters": said}

    def as_dict(self) -> Record:
        """The words and the characters."""
        return {**super().as_dict(), "characters": list(self.characters)}

    @classmethod
    def from_dict(cls, record: Record) -> "WordsAndCharacters":
        """The encoder of a record."""
        return cls(tuple(record["words"]), tuple(record["characters"]))


def shortened(word: str) -> str:
    """The word, of a long one the beginning and the end, which tell most.

    >>> shortened("misunderstandings"), shortened("word")
    ('misundendings', 'word')
    """
    room = MOST - 2
    return word if len(word) <= room else word[: room // 2] + word[-(room // 2) :]
