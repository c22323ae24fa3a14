"""A text as windows of its words' numbers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from gradatim.data.encoders.encoder import Encoder, Record
from gradatim.data.streams import Windows
from gradatim.data.word_text import WordText
from gradatim.data.word_vocabulary import WordVocabulary, words_of
from gradatim.record_checks import TEXT, Entries, Form, ListOf, whole_from


@dataclass(frozen=True)
class TextWords(Encoder):
    """Words by their place in the vocabulary, 0 for all others, in windows of `window` steps."""

    name: ClassVar[str] = "words of a text"
    form: ClassVar[Form] = Entries({"words": ListOf(TEXT, distinct=True), "window": whole_from(1)})
    words: tuple[str, ...]  # without the unknown one
    window: int

    @cached_property
    def vocabulary(self) -> WordVocabulary:
        """The words with their numbers."""
        return WordVocabulary(self.words)

    @property
    def symbols(self) -> int:
        """How many different words there are, the unknown one among them."""
        return len(self.words) + 1

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Windows:
        """The windows of a text."""
        return Windows(examples.in_numbers_of(self.vocabulary), self.window)

    def prepare_to_ask(self, examples: Any, problem: Any, dtype: Any) -> Windows:
        """The windows of a text, which may be shorter than one."""
        return Windows(examples.in_numbers_of(self.vocabulary), max(min(self.window, len(examples) - 1), 1))

    def text_units(self, text: str, what: str) -> tuple[list[str], np.ndarray]:
        """The words of a text, with the spaces between them, and their numbers."""
        words = words_of(text)
        numbers = self.vocabulary.encode(words)
        return self.vocabulary.pieces(numbers), numbers

    def rows_of_words(self) -> dict[str, int]:
        """The number of each word."""
        return {word: number for number, word in enumerate(self.words, 1)}

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """Which words have numbers."""
        return {"vocabulary": f"{len(self.words):,} words that come twice in training; all others are one"}

    def with_window(self, window: int) -> "TextWords":
        """The same with other windows."""
        return TextWords(self.words, window)

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> WordText:
        """A text without words."""
        return WordText(np.zeros(0, np.int64), self.vocabulary, most=self.symbols)

    def as_dict(self) -> Record:
        """The words, and the window."""
        return {"name": self.name, "words": list(self.words), "window": self.window}

    @classmethod
    def fit(cls, text: WordText) -> "TextWords":
        """The vocabulary of a training text; the window is chosen elsewhere."""
        return cls(text.vocabulary.names[1:], 1)

    @classmethod
    def from_dict(cls, record: Record) -> "TextWords":
        """The encoder of a record."""
        return cls(tuple(record["words"]), int(record["window"]))
