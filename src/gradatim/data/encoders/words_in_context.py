"""A text as words with the words around them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from gradatim.data.contexts import Contexts
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record
from gradatim.data.word_vocabulary import WordVocabulary
from gradatim.data.words_in_context import FEWEST, WordsInContext
from gradatim.record_checks import COUNT, TEXT, Entries, Form, ListOf, require, whole_from


@dataclass(frozen=True)
class WordsInContextEncoder(Encoder):
    """Words by their place in the vocabulary, how often each came in training, and the reach of contexts."""

    name: ClassVar[str] = "words in context"
    form: ClassVar[Form] = Entries(
        {"words": ListOf(TEXT, distinct=True), "counts": ListOf(COUNT), "window": whole_from(1)}
    )
    words: tuple[str, ...]  # without the unknown one
    counts: tuple[int, ...]  # of each of these
    window: int  # c, the most words on each side

    @cached_property
    def vocabulary(self) -> WordVocabulary:
        """The words with their numbers."""
        return WordVocabulary(self.words)

    @property
    def symbols(self) -> int:
        """How many different words there are, the unknown one among them."""
        return len(self.words) + 1

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Contexts:
        """The words that have a number."""
        tokens = examples.in_numbers_of(self.vocabulary).tokens
        known = np.ascontiguousarray(tokens[tokens > 0], np.int32)
        return Contexts(known, np.array([0, *self.counts], np.int64), self.window)

    def prepare_to_ask(self, examples: Any, problem: Any, dtype: Any) -> Dataset:
        """Pairs of a word and a context, each with noise words, the same each time."""
        return self.prepare(examples, problem, dtype).held()

    def rows_of_words(self) -> dict[str, int]:
        """The number of each word."""
        return {word: number for number, word in enumerate(self.words, 1)}

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """Which words have vectors."""
        return {"vocabulary": f"{len(self.words):,} words that come {FEWEST} times; others are left out"}

    def with_window(self, window: int) -> "WordsInContextEncoder":
        """The same with contexts of another reach."""
        return WordsInContextEncoder(self.words, self.counts, window)

    def window_in_words(self, window: int) -> str:
        """What a window is."""
        return f"contexts of up to {window} words on each side"

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> WordsInContext:
        """A text without words."""
        return WordsInContext(np.zeros(0, np.int64), self.vocabulary, most=self.symbols)

    def as_dict(self) -> Record:
        """The words, their counts, and the window."""
        return {
            "name": self.name,
            "words": list(self.words),
            "counts": list(self.counts),
            "window": self.window,
        }

    @classmethod
    def fit(cls, text: WordsInContext) -> "WordsInContextEncoder":
        """The vocabulary of a training text; the window is chosen elsewhere."""
        counts = np.bincount(text.tokens, minlength=len(text.vocabulary))[1:]
        return cls(text.vocabulary.names[1:], tuple(counts.tolist()), 1)

    @classmethod
    def check(cls, record: Record) -> None:
        """A count for each word, too."""
        super().check(record)
        words, counts = record["words"], record["counts"]
        require(len(counts) == len(words), "encoder.counts", f"{len(words)} numbers, one a word", counts)

    @classmethod
    def from_dict(cls, record: Record) -> "WordsInContextEncoder":
        """The encoder of a record."""
        return cls(tuple(record["words"]), tuple(map(int, record["counts"])), int(record["window"]))
