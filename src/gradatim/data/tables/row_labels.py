"""By which number and which name a person finds a row of a table again."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.data.tables.schema import Schema
from gradatim.data.tables.table import Column, Table

if TYPE_CHECKING:
    from gradatim.data.dataset import Dataset

SNIPPET = 90  # letters of a free text that are shown


@dataclass(frozen=True)
class RowLabels:
    """The numbers (N,) of rows in their table, from 1 on, and the column that names them."""

    numbers: np.ndarray
    name: str = ""
    column: Column | None = None

    def take(self, rows: np.ndarray) -> "RowLabels":
        """Those of some of the examples."""
        column = None if self.column is None else replace(self.column, values=self.column.values[rows])
        return RowLabels(self.numbers[rows], self.name, column)

    def identifiers(self) -> list[str]:
        """The texts of the column, (N,)."""
        return [] if self.column is None else self.column.written()


def labels_of(table: Table, schema: Schema | None = None, like: RowLabels | None = None) -> RowLabels:
    """The labels of all rows of a table: its first identifier is that of the schema, or the one of `like`."""
    names = [one.name for one in schema.fields if one.kind == "identifier"] if schema is not None else []
    names += [like.name] if like is not None else []
    name = next((name for name in names if name in table.columns), "")
    return RowLabels(np.arange(1, len(table) + 1), name, table.columns.get(name))


def row_as_read(dataset: "Dataset", features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The features of every row, its identifier before them, a free text by its first words."""
    found = [dict(one) for one in features]
    for i, column in enumerate(dataset.columns):
        if column.kind == "text":
            for one, code in zip(found, dataset.x[:, i], strict=True):
                if column.name in one and code >= 0:
                    one[column.name] = snippet(column.categories[int(code)])
    labels = dataset.row_labels
    if labels is None or labels.column is None:
        return found
    named = zip(labels.identifiers(), found, strict=True)
    return [{labels.name: snippet(text), **one} for text, one in named]


def snippet(text: str) -> str:
    """The beginning of a text, on one line.

    >>> snippet("a\\n  long   text"), len(snippet("word " * 100)) <= SNIPPET
    ('a long text', True)
    """
    words = " ".join(text[: 10 * SNIPPET].split())
    return words if len(words) <= SNIPPET else words[: SNIPPET - 1].rsplit(" ", 1)[0][: SNIPPET - 1] + "…"
