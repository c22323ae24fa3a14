"""What encoders of pairs have in common: texts as sequences of symbols, each with its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.encoders.encoder import Encoder, Record
from gradatim.data.pairs import Kind, Pairs, PreparedPairs
from gradatim.data.ragged import Ragged
from gradatim.data.text_units import Units
from gradatim.record_checks import COUNT, Entries, Form

SHORTEST = 10  # symbols that an answer may have, however short those of training are
OF_ANSWERS: Mapping[str, Form] = {"answers": Units.FORM, "longest": COUNT}


@dataclass(frozen=True)
class PairEncoder(Encoder):
    """Inputs in a way of their own, and references as the symbols of `answers`, each with its end. Abstract.

    `longest` is the number of symbols of the longest answer of training. A kind gives `values` and `kind`.
    """

    form: ClassVar[Form] = Entries(dict(OF_ANSWERS))
    kind: ClassVar[Kind]
    answers: Units
    longest: int

    def values(self, examples: Pairs, dtype: Any) -> Any:
        """The inputs as the network sees them: Ragged, or an array (N, …)."""
        raise NotImplementedError

    @property
    def most_steps(self) -> int:
        """How many symbols an answer may have."""
        return max(SHORTEST, self.longest + self.longest // 2)

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> PreparedPairs:
        """Every reference with its input."""
        sequences = [np.array(self.answers.ended(text)) for some in examples.references for text in some]
        counts = np.array([len(some) for some in examples.references], np.int64)
        rows = np.repeat(np.arange(len(counts)), counts)
        answers = Ragged(sequences) if sequences else Ragged.empty((), False)
        return PreparedPairs(self.values(examples, dtype), rows, answers, len(self.answers))

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """What the answers are made of."""
        return {"answers": self.answers.in_words()}

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Pairs:
        """No pair."""
        inputs = np.empty((0, *shape)) if shape else ()
        return Pairs(inputs, (), self.kind)

    def as_dict(self) -> Record:
        """The symbols of the answers."""
        return {"name": self.name, "answers": self.answers.as_dict(), "longest": self.longest}


def of_answers(examples: Pairs) -> tuple[Units, int]:
    """The symbols of training answers, and how long the longest of them is."""
    units = examples.answers
    longest = max((len(units.cut(text)) for some in examples.references for text in some), default=0)
    return units, longest + 1
