"""Words by their number in the vocabulary of training."""

from collections import Counter
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.encoders.encoder import Encoder, Record
from gradatim.data.ragged import Ragged
from gradatim.data.sentences import Sentences
from gradatim.record_checks import TEXT, Entries, Form, ListOf

FEWEST = 2  # times that a word of training must come to have a number of its own


@dataclass(frozen=True)
class Words(Encoder):
    """A number for each word that comes twice in training, as it is written, or else in small letters.

    0 stands for every other word: the rare ones of training teach what is to be made of an unknown one.
    """

    name: ClassVar[str] = "words"
    form: ClassVar[Form] = Entries({"words": ListOf(TEXT, distinct=True)})
    words: tuple[str, ...]

    @classmethod
    def fit(cls, sentences: Sentences) -> "Words":
        """The words of training sentences, the commonest first."""
        counts = Counter(word for sentence in sentences.words() for word in sentence)
        kept = [word for word, n in counts.items() if n >= FEWEST]
        return cls(tuple(sorted(kept, key=lambda word: (-counts[word], word))))

    @property
    def symbols(self) -> int:
        """Numbers that a network is given."""
        return len(self.words) + 1

    def numbers(self, vocabulary: tuple[str, ...]) -> np.ndarray:
        """The numbers of distinct words, (V,), or several of each, (V, …)."""
        place = {word: number for number, word in enumerate(self.words, 1)}
        return np.array([place.get(word, place.get(word.lower(), 0)) for word in vocabulary], np.int64)

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The sentences as numbers, with the tags as the problem's loss reads them."""
        found = copy(examples.numbers)
        found.__dict__.pop("fingerprint", None)
        found.values = self.numbers(examples.vocabulary)[found.values]
        found.y = None if found.y is None else problem.targets(found.y)
        return found

    def prepare_to_ask(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The sentences as numbers; the tags are 0 where there are none, and not looked at."""
        found = self.prepare(examples, problem, dtype)
        if found.y is None:
            found.y, found.per_step = np.zeros(len(found.values), np.int64), True
        return found

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How words become numbers."""
        return {"words": f"{len(self.words):,} that come twice in training; all others are one symbol"}

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Sentences:
        """No sentence."""
        return Sentences(None)

    def as_dict(self) -> Record:
        """The words."""
        return {"name": self.name, "words": list(self.words)}

    @classmethod
    def from_dict(cls, record: Record) -> "Words":
        """The encoder of a record."""
        return cls(tuple(record["words"]))
