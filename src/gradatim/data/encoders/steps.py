"""Sequences whose steps are numbers around 0."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.sequences import STEPS, Sequences
from gradatim.data.encoders.standardise import Standardise
from gradatim.data.ragged import Ragged
from gradatim.record_checks import RECORD, Entries, Form


@dataclass(frozen=True)
class Steps(Sequences):
    """x′_t = (x_t − shift)/scale: mean and deviation of each number over all steps of training."""

    name: ClassVar[str] = "steps"
    form: ClassVar[Form] = Entries({**STEPS.forms, "scaling": RECORD})
    for_own: ClassVar[str] = "sequences"
    scaling: Standardise

    @classmethod
    def fit(cls, examples: Ragged) -> Self:
        """Mean and deviation of the training steps."""
        return cls(examples.shape[0], examples.per_step, Standardise.fit(Dataset(examples.values)))

    def steps(self, values: np.ndarray, dtype: Any) -> np.ndarray:
        """(x_t − shift)/scale."""
        return self.scaling.encode(values, dtype)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How numbers are scaled."""
        return {"steps": "each number around 0, with deviation 1 over the steps of training"}

    def as_dict(self) -> Record:
        """The same with the lists of numbers."""
        return {**super().as_dict(), "scaling": self.scaling.as_dict()}

    @classmethod
    def check(cls, record: Record) -> None:
        """GradatimError naming an entry of a record that cannot be."""
        cls.form.check(record, "encoder")
        Standardise.check(record["scaling"], "encoder.scaling")

    @classmethod
    def from_dict(cls, record: Record) -> Self:
        """The encoder of a record."""
        return cls(record["width"], record["per_step"], Standardise.from_dict(record["scaling"]))
