"""Sentences and what they become in another language, both as symbols."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.pairs import OF_ANSWERS, PairEncoder, of_answers
from gradatim.data.pairs import Kind, Pairs
from gradatim.data.ragged import Ragged
from gradatim.data.sentence_pairs import SENTENCES
from gradatim.data.text_units import Units
from gradatim.record_checks import Entries, Form


@dataclass(frozen=True)
class SentencePairs(PairEncoder):
    """The symbols of a sentence, `sentences`, with its end, and those of its translations, `answers`."""

    name: ClassVar[str] = "sentence pairs"
    form: ClassVar[Form] = Entries({**OF_ANSWERS, "sentences": Units.FORM})
    kind: ClassVar[Kind] = SENTENCES
    sentences: Units

    @classmethod
    def fit(cls, examples: Pairs) -> "SentencePairs":
        """The symbols of training sentences, on both sides in the same kind of units."""
        answers, longest = of_answers(examples)
        return cls(answers, longest, Units.fit(answers.kind, examples.inputs, examples.most))

    @property
    def symbols(self) -> int:
        """Numbers that a network is given."""
        return len(self.sentences)

    @property
    def sizes(self) -> dict[str, int]:
        """The symbols of answers, and of them the end."""
        return {"num_symbols": len(self.answers), "end": 1}

    def values(self, examples: Pairs, dtype: Any) -> Ragged:
        """The numbers of each sentence, with its end."""
        return Ragged([np.array(self.sentences.ended(text)) for text in examples.inputs])

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """What sentences and answers are made of."""
        return {"sentences": self.sentences.in_words(), **super().choices(features)}

    def as_dict(self) -> Record:
        """The symbols of both sides."""
        return {**super().as_dict(), "sentences": self.sentences.as_dict()}

    @classmethod
    def from_dict(cls, record: Record) -> "SentencePairs":
        """The encoder of a record."""
        return cls(
            Units.from_dict(record["answers"]), record["longest"], Units.from_dict(record["sentences"])
        )
