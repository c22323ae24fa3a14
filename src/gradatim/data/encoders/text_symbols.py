"""Texts as sequences of words, or of characters."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from gradatim.data.encoders.encoder import Encoder, Record
from gradatim.data.encoders.words import FEWEST
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.n_grams import MOST_WORDS, common, first_words
from gradatim.data.ragged import Ragged
from gradatim.record_checks import TEXT, Entries, Form, ListOf, Value

MOST_SYMBOLS = 50_000
UNITS = ("words", "characters")


@dataclass(frozen=True)
class TextSymbols(Encoder):
    """A number for each word, or each character, that comes in two texts of training; 0 for every other.

    Words are read in lower case, characters as they are; of a text the first 2,000.
    """

    name: ClassVar[str] = "text_symbols"
    form: ClassVar[Form] = Entries(
        {"units": Value("words or characters", lambda v: v in UNITS), "known": ListOf(TEXT, distinct=True)}
    )
    units: str
    known: tuple[str, ...]

    @classmethod
    def fit(cls, examples: LabelledTexts) -> "TextSymbols":
        """The words, or the characters, of the training texts, the commonest first."""
        units = "characters" if examples.units == "characters" else "words"
        return cls(units, common((cls(units, ())._parts(text) for text in examples.texts), FEWEST, MOST_SYMBOLS))

    @property
    def symbols(self) -> int:
        """Numbers that a network is given."""
        return 1 + len(self.known)

    def _parts(self, text: str) -> list[str]:
        return first_words(text) if self.units == "words" else list(text[:MOST_WORDS])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.known, 1)}

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The texts as numbers, with the classes as the problem's loss reads them."""
        rows = ([self._places.get(part, 0) for part in self._parts(text)] for text in examples.texts)
        return as_ragged((np.array(row or [0], np.int64) for row in rows), examples, problem)

    def prepare_to_ask(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The same; the classes are 0 where there are none, and not looked at."""
        return self.prepare(examples, problem, dtype)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """What is read of a text."""
        return {"texts": f"{len(self.known):,} {self.units} that come in two texts of training, all others "
                         f"are one symbol; of a text the first {MOST_WORDS:,} are read"}  # fmt: skip

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> LabelledTexts:
        """No text."""
        return LabelledTexts((), features=features)

    def as_dict(self) -> Record:
        """The words or the characters."""
        return {"name": self.name, "units": self.units, "known": list(self.known)}

    @classmethod
    def from_dict(cls, record: Record) -> "TextSymbols":
        """The encoder of a record."""
        return cls(record["units"], tuple(record["known"]))


def as_ragged(sequences: Iterable[np.ndarray], examples: LabelledTexts, problem: Any) -> Ragged:
    """Texts as sequences of numbers; without classes these are 0."""
    y = np.zeros(len(examples), np.int64) if examples.y is None else problem.targets(examples.y)
    return Ragged(list(sequences), y, name=examples.name)
