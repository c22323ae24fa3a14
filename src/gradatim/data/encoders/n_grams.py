"""Texts as their words and their n-grams."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.text_encoder import MOST_SYMBOLS, TextEncoder
from gradatim.data.encoders.words import FEWEST
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.n_grams import (
    MOST_N_GRAMS,
    MOST_WORDS,
    character_n_grams,
    common,
    first_words,
    word_n_grams,
)
from gradatim.record_checks import TEXT, Entries, Form, ListOf

NAMES = ListOf(TEXT, distinct=True)


@dataclass(frozen=True)
class NGrams(TextEncoder):
    """A text as the numbers of its words, in their order, and behind them those of its n-grams, each once.

        x = (w_1, …, w_T, f_1, …, f_M),   w_t ∈ {0, …, V},   f_m ∈ {V + 1, …, V + F}

    V `words` come in two texts of training; 0 stands for every other. So do F n-grams, first `word_n_grams`,
    then `character_n_grams`; others are left out. Of units that are not read there are none.
    """

    name: ClassVar[str] = "n_grams"
    form: ClassVar[Form] = Entries({"words": NAMES, "word_n_grams": NAMES, "character_n_grams": NAMES})
    words: tuple[str, ...]
    word_n_grams: tuple[str, ...]
    character_n_grams: tuple[str, ...]

    @classmethod
    def fit(cls, examples: LabelledTexts) -> "NGrams":
        """Words and n-grams of the training texts, the commonest first; UsageError where there is none."""
        texts = [first_words(text) for text in examples.texts]
        by_words, by_characters = examples.units != "characters", examples.units != "words"
        found = cls(
            common(texts, FEWEST, MOST_SYMBOLS) if by_words else (),
            common(map(word_n_grams, texts), FEWEST, MOST_N_GRAMS) if by_words else (),
            common(map(character_n_grams, texts), FEWEST, MOST_N_GRAMS) if by_characters else (),
        )
        if found.symbols == 1:
            raise UsageError("no word and no part of one comes in two texts of training")
        return found

    @property
    def symbols(self) -> int:
        """Numbers that a network is given: 0, the words and the n-grams."""
        return 1 + len(self.words) + len(self.word_n_grams) + len(self.character_n_grams)

    @property
    def sizes(self) -> dict[str, int]:
        """Which of the numbers are words, and which are n-grams of words."""
        return {"words": len(self.words), "word_n_grams": len(self.word_n_grams)}

    @cached_property
    def _places(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """The number of each word and n-gram."""
        starts = np.cumsum([1, len(self.words), len(self.word_n_grams)]).tolist()
        lists = (self.words, self.word_n_grams, self.character_n_grams)
        return tuple(  # type: ignore[return-value]
            {name: number for number, name in enumerate(names, start)}
            for start, names in zip(starts, lists, strict=True)
        )

    def numbers(self, text: str) -> np.ndarray:
        """The numbers of one text; that of an unknown word alone where it has no word."""
        words = first_words(text)
        of_words, of_pairs, of_letters = self._places
        read = [of_words.get(word, 0) for word in words] if self.words else []
        found = set(_known(of_pairs, word_n_grams(words)) if of_pairs else ())
        found.update(_known(of_letters, character_n_grams(words)) if of_letters else ())
        return np.array([*(read or [0]), *sorted(found)], np.int64)

    def split(self, text: str) -> list[str]:
        """The words, and behind them the n-grams."""
        words = first_words(text) if self.words else []
        every = (*self.words, *self.word_n_grams, *self.character_n_grams)
        read = words or [""]
        return [*read, *(every[number - 1] for number in self.numbers(text)[len(read) :].tolist())]

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """What is read of a text."""
        lists = {
            "words in their order": self.words, "words and pairs of them": self.word_n_grams,
            "groups of 3 to 5 characters of a word": self.character_n_grams,
        }  # fmt: skip
        said = ", ".join(f"{len(names):,} {what}" for what, names in lists.items() if names)
        return {"texts": f"{said or 'nothing'}; they come in two texts of training; of a text the first "
                         f"{MOST_WORDS:,} words are read"}  # fmt: skip

    def as_dict(self) -> Record:
        """The words and the n-grams."""
        return {
            "name": self.name, "words": list(self.words), "word_n_grams": list(self.word_n_grams),
            "character_n_grams": list(self.character_n_grams),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: Record) -> "NGrams":
        """The encoder of a record."""
        lists = ("words", "word_n_grams", "character_n_grams")
        return cls(*(tuple(record[name]) for name in lists))


def _known(places: dict[str, int], names: Iterator[str]) -> Iterator[int]:
    return (places[name] for name in names if name in places)
