"""Columns of a table as numbers: what `gradatim.data.tables.encoding` fits, as an encoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record
from gradatim.data.tables import encoding
from gradatim.data.tables.column_forms import check_columns
from gradatim.data.tables.encoding_words import encoding_in_words
from gradatim.data.tables.for_trees import are_categories, tree_columns
from gradatim.data.tables.inputs import Input, input_from, value_text
from gradatim.data.tables.own_units import own_units

AT_ONCE = 4096  # rows with free texts, whose words are many raw numbers
REASONS = {  # how a kind of column becomes numbers, and why
    "text": ("texts", "a bag of words, as tf-idf: on validation of a real text, the more words the better"),
    "number": ("numbers", "standard: on validation of four tables, robust and quantile were no better"),
    "category": (
        "categories", "one-hot: of four tables, embeddings were better on one and worse on three"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class TableEncoder(Encoder):
    """Numbers scaled, missing values filled and marked, dates on circles, one-hot categories, words."""

    name: ClassVar[str] = "table"
    record: Record

    @classmethod
    def fit(cls, dataset: Dataset) -> "TableEncoder":
        """What is needed to encode these columns, from training examples."""
        return cls(encoding.fit(dataset))

    def raw(self, data: Dataset) -> np.ndarray:
        """The columns by the names that were learned from, then a number for each word of free texts."""
        return encoding.inputs_in_order(self.record, data)

    def encode(self, x: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
        """Raw columns as the network sees them."""
        return encoding.apply(self.record, x, dtype)

    def pieces(self, data: Dataset) -> Iterator[Dataset]:
        """Some rows at a time, where they hold free texts."""
        if len(data) <= AT_ONCE or all(one.kind != "text" for one in data.columns):
            yield data
            return
        for start in range(0, len(data), AT_ONCE):
            yield data.take(np.arange(start, min(start + AT_ONCE, len(data))))

    def raw_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """One number for each column and each word."""
        return (encoding.width_before(self.record),)

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """One axis."""
        return (encoding.width(self.record),)

    def ranked(self, features: tuple[str, ...]) -> list[str]:
        """The columns that are scaled by their quantiles."""
        return encoding.quantile_columns(self.record)

    def notices(self, features: tuple[str, ...]) -> list[str]:
        """Those of every encoder, and how many words of free texts are counted."""
        return super().notices(features) + encoding.notices(self.record)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How the kinds of columns that are there become numbers."""
        columns = self.record["columns"]
        kinds = {column["kind"] for column in columns if not column.get("encoding")}
        found = {name: reason for kind, (name, reason) in REASONS.items() if kind in kinds}
        if text := encoding.encodings_text(self.record):
            found["encodings"] = text
        return found | super().choices(features)

    def columns_in_words(self) -> list[str]:
        """How each column becomes numbers."""
        return [encoding_in_words(column) for column in self.record["columns"]]

    def tree_columns(self, x: np.ndarray) -> np.ndarray:
        """Numbers as they are, categories as codes, dates expanded."""
        return tree_columns(self.record, x)

    def tree_categories(self, width: int) -> np.ndarray:
        """Which of these hold codes of categories."""
        return are_categories(self.record)

    def columns(self, data: Dataset) -> tuple[Input, ...]:
        """The columns that were learned from."""
        return encoding.inputs_of(self.record)

    def places(self, width: int) -> list[slice]:
        """Which of the encoded numbers each column became."""
        return encoding.places(self.record)

    def raw_places(self, width: int) -> list[Any]:
        """Which of the raw numbers each column is: of a free text how often each word comes, too."""
        return encoding.raw_places(self.record)

    def names(self, features: tuple[str, ...]) -> tuple[str, ...]:
        """What each of the encoded numbers is."""
        return tuple(encoding.names_out(self.record))

    def decode(self, x: np.ndarray, features: tuple[str, ...]) -> dict[str, list[Any]]:
        """Every column in its own units, a category by the name of the most probable."""
        return own_units(self.record, x)

    def features(self, x: np.ndarray, names: tuple[str, ...], most: int) -> dict[str, Any]:
        """The first columns: a category by its name, a date in ISO 8601."""
        inputs = encoding.inputs_of(self.record)[:most]
        return {one.name: value_text(one, value) for one, value in zip(inputs, x, strict=False)}

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Dataset:
        """The columns without rows."""
        inputs = encoding.inputs_of(self.record)
        names = tuple(one.name for one in inputs)
        targets = tuple(map(input_from, self.record.get("target_columns", ())))
        return Dataset(np.empty((0, len(inputs))), features=names, columns=inputs, target_columns=targets)

    def views(self, width: int) -> list[list[list[int]]]:
        """Of combined numbers the standard, and the piecewise ones."""
        return encoding.views(self.record)

    def category_places(self) -> list[tuple[int, int]]:
        """Where each category's numbers begin and end."""
        found = zip(self.record["columns"], encoding.places(self.record), strict=True)
        return [(place.start, place.stop) for column, place in found if column["kind"] == "category"]

    def without_rare_words(self, most: int) -> "TableEncoder":
        """The same with the commonest words of each free text only."""
        return TableEncoder(encoding.with_fewer_words(self.record, most))

    def common_words(self, x: np.ndarray, most: int) -> np.ndarray:
        """Without how often the rare words come."""
        return encoding.of_fewer_words(self.record, x, most)

    def as_dict(self) -> Record:
        """The record."""
        return self.record

    @classmethod
    def check(cls, record: Record) -> None:
        """GradatimError naming an entry of a record that cannot be."""
        check_columns(record)

    @classmethod
    def from_dict(cls, record: Record) -> "TableEncoder":
        """The encoder of a record; what older ones say of the target is the problem's."""
        return cls({name: value for name, value in record.items() if name != "target"})
