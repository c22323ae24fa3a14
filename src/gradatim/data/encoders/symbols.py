"""Sequences of whole numbers by their place among those of training."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.sequences import STEPS, Sequences
from gradatim.data.encoders.words import FEWEST
from gradatim.data.ragged import Ragged
from gradatim.record_checks import Entries, Form, ListOf, Value, is_number

WHOLE = Value("a whole number", lambda v: is_number(v) and isinstance(v, int))


@dataclass(frozen=True)
class Symbols(Sequences):
    """1 … V for the whole numbers that come twice in training, sorted; 0 stands for every other, as of words.

    >>> Symbols(None, False, (3, 7)).steps(np.array([7, 3, 5]), np.float32).tolist()
    [2, 1, 0]
    """

    name: ClassVar[str] = "symbols"
    form: ClassVar[Form] = Entries({**STEPS.forms, "known": ListOf(WHOLE, distinct=True)})
    for_own: ClassVar[str] = "sequences"
    known: tuple[int, ...]

    @classmethod
    def fit(cls, examples: Ragged) -> Self:
        """The whole numbers of training."""
        found, counts = np.unique(examples.values, return_counts=True)
        return cls(None, examples.per_step, tuple(found[counts >= FEWEST].tolist()))

    @property
    def symbols(self) -> int:
        """Numbers that a network is given."""
        return len(self.known) + 1

    def steps(self, values: np.ndarray, dtype: Any) -> np.ndarray:
        """The numbers' places."""
        known = np.asarray(self.known, np.int64)
        places = np.searchsorted(known, values)
        there = np.append(known, -1)[places] == values
        return np.where(there, places + 1, 0)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How whole numbers become symbols."""
        return {"symbols": f"{len(self.known):,} that come twice in training; all others are one symbol"}

    def as_dict(self) -> Record:
        """The same with the numbers."""
        return {**super().as_dict(), "known": list(self.known)}

    @classmethod
    def from_dict(cls, record: Record) -> Self:
        """The encoder of a record."""
        return cls(record["width"], record["per_step"], tuple(record["known"]))
