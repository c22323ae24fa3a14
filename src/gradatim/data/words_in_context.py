"""A text whose words are learned by the words around them (curriculum I9): the numbers, the vocabulary."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.data.text import Text
from gradatim.data.word_text import WordText
from gradatim.data.word_vocabulary import WordVocabulary, commonest, words_of

FEWEST = 5  # times that a word must come in training to have a vector (Mikolov et al. 2013)


@dataclass(frozen=True, repr=False)
class WordsInContext(WordText):
    """A text as the numbers of its words in small letters; signs and line ends are left out.

    tokens (L,) int64, numbers of `vocabulary`, 0 for a word that it lacks.
    """

    form: ClassVar[str] = "texts for word vectors"
    encoder: ClassVar[str] = "words in context"
    read_by: ClassVar[str] = "word vectors"
    asked_by: ClassVar[str] = "the network has vectors of words: gradatim words shows which are near"

    @property
    def question(self) -> Question:
        """Which words stand around a word."""
        return Question("word_vectors")

    def __repr__(self) -> str:
        return f"WordsInContext({self.name!r}, {len(self):,} words, {len(self.vocabulary) - 1:,} distinct)"

    def with_cut(self) -> WordVocabulary:
        """The vocabulary of the words that come often enough in this part."""
        counts = np.bincount(self.tokens, minlength=len(self.vocabulary))[1:].tolist()
        return commonest(
            Counter(dict(zip(self.vocabulary.names[1:], counts, strict=True))), self.most, FEWEST
        )


def words_in_context(text: Text, most: int) -> WordsInContext:
    """The words of a text, every one of them with its number; UsageError where there are none.

    >>> from gradatim.data.text import text_of
    >>> words_in_context(text_of("To be, or not to be?"), 9)
    WordsInContext('text', 6 words, 4 distinct)
    """
    words = [word.lower() for word in words_of(text.characters()) if word[0].isalnum()]
    if not words:
        raise UsageError(f"{text.file_name} holds no words")
    vocabulary = WordVocabulary(sorted(set(words)))
    source: dict[str, Any] = (
        {**text.source, "task": "word_vectors", "vocabulary": most} if text.source else {}
    )
    return WordsInContext(vocabulary.encode(words), vocabulary, text.name, source, most)
