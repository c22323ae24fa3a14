"""Texts as sequences of words (curriculum E9): the numbers, the split, the cut of the vocabulary."""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.data.text import Text
from gradatim.data.word_vocabulary import WordVocabulary, commonest, words_of


@dataclass(frozen=True, repr=False)
class WordText(Text):
    """A text as the numbers of its words, signs and line ends.

    tokens (L,) int64, numbers of `vocabulary`, 0 for a word that it lacks; `most` is how many numbers the
    vocabulary of the training part shall have.
    """

    unit: ClassVar[str] = "words"
    form: ClassVar[str] = "texts of words"
    encoder: ClassVar[str] = "words of a text"
    read_by: ClassVar[str] = "words"

    vocabulary: WordVocabulary  # type: ignore[assignment]
    most: int = 0

    @property
    def question(self) -> Question:
        """Which word comes next."""
        return Question("words", self.vocabulary.names)

    def __repr__(self) -> str:
        return f"WordText({self.name!r}, {len(self):,} words, {len(self.vocabulary) - 1:,} distinct)"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the vocabulary and of the tokens."""
        digest = sha256("\0".join(self.vocabulary.names).encode("utf-8", "surrogatepass"))
        digest.update(np.ascontiguousarray(self.tokens, "<i8").tobytes())
        return digest.hexdigest()

    def part(self, start: int, stop: int) -> "WordText":
        """The words from start to stop, with the whole text's vocabulary."""
        return replace(self, tokens=self.tokens[start:stop])

    def in_numbers_of(self, vocabulary: WordVocabulary) -> "WordText":
        """The same text in another vocabulary; words that it lacks become number 0."""
        if vocabulary.names == self.vocabulary.names:
            return self
        places = vocabulary.encode(self.vocabulary.names)
        return replace(self, tokens=places[self.tokens], vocabulary=vocabulary)

    def with_cut(self) -> WordVocabulary:
        """The vocabulary of this part's commonest words."""
        return commonest([self.vocabulary.names[n] for n in self.tokens.tolist()], self.most)


def word_text_of(text: Text, most: int) -> WordText:
    """The words of a text, every one of them with its number; UsageError where there are none.

    >>> from gradatim.data.text import text_of
    >>> word_text_of(text_of("to be or not to be"), 9)
    WordText('text', 6 words, 4 distinct)
    """
    words = words_of(text.characters())
    if not words:
        raise UsageError(f"{text.file_name} holds no words")
    vocabulary = WordVocabulary(sorted(set(words)))
    source: dict[str, Any] = {**text.source, "task": "words", "vocabulary": most} if text.source else {}
    return WordText(vocabulary.encode(words), vocabulary, text.name, source, most)
