"""Columns of a table between 0 and 1, as units that are on or off read them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Record, convert
from gradatim.data.encoders.table import TableEncoder
from gradatim.data.tables import encoding
from gradatim.record_checks import NUMBER, Entries, ListOf, require


@dataclass(frozen=True)
class UnitTable(TableEncoder):
    """X′ = (x − low)/(high − low), cut off at 0 and 1, each of the numbers that a table's columns become.

    Low and high are those of training examples. One-hot columns and those that say missing stay 0 and 1.
    """

    name: ClassVar[str] = "unit_table"

    @classmethod
    def fit(cls, dataset: Dataset) -> "UnitTable":
        """How columns become numbers, and the smallest and the largest of each."""
        plain = TableEncoder.fit(dataset)
        x = plain.inputs(dataset, np.float64)
        limits = {"low": x.min(0).tolist(), "high": x.max(0).tolist()}
        return cls({**plain.record, "name": cls.name, **limits})

    def encode(self, x: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
        """Raw columns between 0 and 1."""
        low, high = np.array(self.record["low"]), np.array(self.record["high"])
        found = (super().encode(x, np.float64) - low) / np.where(high > low, high - low, 1)
        found = np.clip(found, 0, 1)
        return convert(found, found, dtype)

    def decode(self, x: np.ndarray, features: tuple[str, ...]) -> dict[str, list[Any]]:
        """Every column in its own units, a category by the name of the most probable."""
        low, high = np.array(self.record["low"]), np.array(self.record["high"])
        return super().decode(low + x.astype(np.float64) * (high - low), features)

    def columns_in_words(self) -> list[str]:
        """How each column becomes numbers."""
        return [f"{words}; then from 0 to 1" for words in super().columns_in_words()]

    def without_rare_words(self, most: int) -> "TableEncoder":
        """The same: a machine's units are what it was trained with."""
        return self

    def common_words(self, x: np.ndarray, most: int) -> np.ndarray:
        """All of them."""
        return x

    @classmethod
    def check(cls, record: Record) -> None:
        """GradatimError naming an entry of a record that cannot be."""
        super().check(record)
        Entries({"low": ListOf(NUMBER), "high": ListOf(NUMBER)}).check(record, "encoder")
        width = encoding.width(record)
        for name in ("low", "high"):
            count = len(record[name])
            require(count == width, f"encoder.{name}", f"{width} numbers, as the network's inputs", count)

    @classmethod
    def from_dict(cls, record: Record) -> "UnitTable":
        """The encoder of a record."""
        return cls({name: value for name, value in record.items() if name != "target"})
