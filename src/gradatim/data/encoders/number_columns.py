"""Rows of numbers without names, each number by an encoding of a table's."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record
from gradatim.data.tables import encoding
from gradatim.data.tables.column_forms import check_columns
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.own_units import own_units


@dataclass(frozen=True)
class NumberColumns(Encoder):
    """Arrays (N, D) as `gradatim.data.tables.number_encodings` encodes the columns of a table."""

    name: ClassVar[str] = "numbers"
    record: Record

    @classmethod
    def fit(cls, dataset: Dataset) -> "NumberColumns":
        """What is needed to encode these numbers; the columns of the Dataset say how, as `combined` where
        there are none.
        """
        x = dataset.x.astype(np.float64)
        names = [
            f"feature {i}" if not dataset.features else str(dataset.features[i]) for i in range(x.shape[1])
        ]
        asked = [one.encoding for one in dataset.columns] or ["combined"] * len(names)
        columns = tuple(Input(name, "number", encoding=one) for name, one in zip(names, asked, strict=True))
        return cls({**encoding.fit(Dataset(x, columns=columns)), "name": cls.name})

    def encode(self, x: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
        """Every number's columns."""
        return encoding.apply(self.record, x.astype(np.float64, copy=False), dtype)

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """One axis."""
        return (encoding.width(self.record),)

    def places(self, width: int) -> list[slice]:
        """Which of the encoded numbers each became."""
        return encoding.places(self.record)

    def names(self, features: tuple[str, ...]) -> tuple[str, ...]:
        """What each of the encoded numbers is."""
        return tuple(encoding.names_out(self.record))

    def decode(self, x: np.ndarray, features: tuple[str, ...]) -> dict[str, list[Any]]:
        """Every number in its own units."""
        return own_units(self.record, x)

    def views(self, width: int) -> list[list[list[int]]]:
        """Of combined numbers the standard, and the piecewise ones."""
        return encoding.views(self.record)

    def ranked(self, features: tuple[str, ...]) -> list[str]:
        """The features that are scaled by their quantiles."""
        return encoding.quantile_columns(self.record)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """The encodings."""
        return {"encodings": encoding.encodings_text(self.record)} | super().choices(features)

    def as_dict(self) -> Record:
        """The record."""
        return self.record

    @classmethod
    def check(cls, record: Record) -> None:
        """GradatimError naming an entry of a record that cannot be."""
        check_columns(record)

    @classmethod
    def from_dict(cls, record: Record) -> "NumberColumns":
        """The encoder of a record."""
        return cls(record)
