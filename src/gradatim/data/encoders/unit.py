"""Inputs between 0 and 1, as units that are on or off read them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record, convert
from gradatim.record_checks import NUMBER, Entries, Form


@dataclass(frozen=True)
class UnitInterval(Encoder):
    """x′ = (x − low)/(high − low), cut off at 0 and 1: one low and one high for all numbers of training."""

    name: ClassVar[str] = "unit"
    for_tables: ClassVar[str] = "unit_table"
    form: ClassVar[Form] = Entries({"low": NUMBER, "high": NUMBER})
    low: float
    high: float

    @classmethod
    def fit(cls, dataset: Dataset) -> "UnitInterval":
        """The smallest and the largest number of training examples."""
        return cls(float(dataset.x.min()), float(dataset.x.max()))

    def encode(self, x: np.ndarray, dtype: object = np.float32) -> np.ndarray:
        """Between 0 and 1."""
        span = self.high - self.low or 1.0
        return convert(np.clip((x.astype(np.float64) - self.low) / span, 0, 1), x, dtype)

    def in_own_units(self, x: np.ndarray) -> np.ndarray:
        """From low … high again."""
        return self.low + x.astype(np.float64) * (self.high - self.low or 1.0)

    def in_words(self, shape: tuple[int, ...]) -> str:
        """By what it is scaled."""
        return f"from {self.low:g} … {self.high:g} to 0 … 1"

    def as_dict(self) -> Record:
        """Two numbers."""
        return {"name": self.name, "low": self.low, "high": self.high}

    @classmethod
    def from_dict(cls, record: Record) -> "UnitInterval":
        """The encoder of a record."""
        return cls(float(record["low"]), float(record["high"]))
