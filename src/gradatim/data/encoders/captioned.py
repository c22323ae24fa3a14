"""What encoders of captioned pictures and of captioned clips have in common."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.pairs import OF_ANSWERS, PairEncoder, of_answers
from gradatim.data.encoders.standardise import FORM, Standardise
from gradatim.data.pairs import Pairs
from gradatim.data.text_units import Units
from gradatim.record_checks import Entries, Form


@dataclass(frozen=True)
class Captioned(PairEncoder):
    """Each channel minus its mean over training, divided by its deviation; captions, as the symbols of
    `answers`. Abstract: a kind gives `name` and `kind`.
    """

    form: ClassVar[Form] = Entries({**OF_ANSWERS, "pictures": FORM})
    pictures: Standardise

    @classmethod
    def fit(cls, examples: Pairs) -> Self:
        """Mean and deviation of what is seen in training, the symbols of its captions."""
        return cls(*of_answers(examples), Standardise.fit(Dataset(examples.inputs)))

    @property
    def sizes(self) -> dict[str, int]:
        """The symbols of captions."""
        return {"num_symbols": len(self.answers)}

    def values(self, examples: Pairs, dtype: Any) -> np.ndarray:
        """The pictures, or the clips, around 0."""
        return self.pictures.inputs(Dataset(examples.inputs), dtype)

    def in_words(self, shape: tuple[int, ...]) -> str:
        """By what they are scaled."""
        return self.pictures.in_words(shape)

    def as_dict(self) -> Record:
        """The symbols, and what is seen is scaled by."""
        return {**super().as_dict(), "pictures": self.pictures.as_dict()}

    @classmethod
    def check(cls, record: Record) -> None:
        """GradatimError naming an entry of a record that cannot be."""
        super().check(record)
        Standardise.check(record["pictures"], "encoder.pictures")

    @classmethod
    def from_dict(cls, record: Record) -> Self:
        """The encoder of a record."""
        units = Units.from_dict(record["answers"])
        return cls(units, record["longest"], Standardise.from_dict(record["pictures"]))
