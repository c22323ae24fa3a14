"""Texts as sequences of words, or of characters."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.text_encoder import MOST_SYMBOLS, TextEncoder
from gradatim.data.encoders.words import FEWEST
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.n_grams import MOST_WORDS, common, first_words
from gradatim.record_checks import TEXT, Entries, Form, ListOf, Value

UNITS = ("words", "characters")


@dataclass(frozen=True)
class TextSymbols(TextEncoder):
    """A number for each word, or each character, that comes in two texts of training; 0 for every other.

    Words are read in lower case, characters as they are, and of a text the first 2,000.
    """

    name: ClassVar[str] = "text_symbols"
    form: ClassVar[Form] = Entries(
        {"units": Value("words or characters", lambda v: v in UNITS), "known": ListOf(TEXT, distinct=True)}
    )
    units: str
    known: tuple[str, ...]

    @classmethod
    def fit(cls, examples: LabelledTexts) -> "TextSymbols":
        """The words, or the characters, of the training texts, the commonest first; UsageError for none."""
        units = "characters" if examples.units == "characters" else "words"
        parts = (cls(units, ())._read(text) for text in examples.texts)
        found = cls(units, common(parts, FEWEST, MOST_SYMBOLS))
        if not found.known:
            raise UsageError(f"none of the {units} comes in two texts of training")
        return found

    @property
    def symbols(self) -> int:
        """Numbers that a network is given."""
        return 1 + len(self.known)

    def split(self, text: str) -> list[str]:
        """The words, or the characters."""
        return self._read(text) or [""]

    def _read(self, text: str) -> list[str]:
        return first_words(text) if self.units == "words" else list(text[:MOST_WORDS])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.known, 1)}

    def numbers(self, text: str) -> np.ndarray:
        """The numbers of one text; that of every other where it is empty."""
        return np.array([self._places.get(part, 0) for part in self.split(text)], np.int64)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """What is read of a text."""
        return {"texts": f"{len(self.known):,} {self.units} that come in two texts of training, all others "
                         f"are one symbol; of a text the first {MOST_WORDS:,} are read"}  # fmt: skip

    def as_dict(self) -> Record:
        """The words or the characters."""
        return {"name": self.name, "units": self.units, "known": list(self.known)}

    @classmethod
    def from_dict(cls, record: Record) -> "TextSymbols":
        """The encoder of a record."""
        return cls(record["units"], tuple(record["known"]))
