"""The inputs of a table read from its columns: their raw values, and how well the columns fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradatim.data.tables.dates import dates_of
from gradatim.data.tables.inputs import UNKNOWN, Input
from gradatim.data.tables.missing import is_missing
from gradatim.data.tables.notation import PERCENT, form_parts
from gradatim.data.tables.number_forms import number_form, numbers_in
from gradatim.data.tables.table import Column, Table

TRUE = frozenset(["true", "t", "yes", "y", "on", "1"])
FALSE = frozenset(["false", "f", "no", "n", "off", "0"])

FILLED = ("number", "boolean", "date")  # kinds whose missing values become a usual one

FILLED_IN = "missing values, filled in as training does"


@dataclass
class InputMatch:
    """How another table fits the inputs: what it lacks, what is beyond them, what could not be read."""

    missing_columns: list[str] = field(default_factory=list)
    extra_columns: list[str] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)  # categories: by column, how many values
    unreadable: dict[str, int] = field(default_factory=dict)  # values that are not of the column's kind
    filled: dict[str, int] = field(default_factory=dict)  # missing values, which are filled in
    unsigned: dict[str, int] = field(default_factory=dict)  # numbers without the % that the column has

    def sentences(self) -> list[str]:
        """What a reader should know, a sentence each."""
        said = []
        if self.missing_columns:
            said.append(
                f"missing columns, taken as missing values: {_listed(list(map(repr, self.missing_columns)))}"
            )
        for counts, what in (
            (self.unknown, "unknown categories"), (self.unreadable, "unreadable values"),
            (self.filled, FILLED_IN),
            (self.unsigned, "numbers without a percent sign, read as percent"),
        ):  # fmt: skip
            if counts:
                said.append(f"{what}: " + _listed([f"{n:,} in {name!r}" for name, n in counts.items()]))
        return said


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def inputs_of_table(table: Table, inputs: Sequence[Input]) -> tuple[np.ndarray, InputMatch]:
    """The inputs (N, D) of a table that has these columns in any order, and how it fits them."""
    fitting = InputMatch()
    names = {one.name for one in inputs}
    fitting.extra_columns = [name for name in table.columns if name not in names]
    x = np.empty((len(table), len(inputs)))
    for i, one in enumerate(inputs):
        column = table.columns.get(one.name)
        if column is None:
            fitting.missing_columns.append(one.name)
            x[:, i] = np.nan
            continue
        x[:, i] = values_of(column, one)
        if unknown := int((x[:, i] == UNKNOWN).sum()) if one.kind == "category" else 0:
            fitting.unknown[one.name] = unknown
        unreadable = int(are_unreadable(column, x[:, i]).sum()) + column.strange + column.infinite
        if unreadable:
            fitting.unreadable[one.name] = unreadable
        if one.kind in FILLED and (filled := int(np.isnan(x[:, i]).sum()) - unreadable):
            fitting.filled[one.name] = filled
        if unsigned := _count_unsigned(column, one):
            fitting.unsigned[one.name] = unsigned
    return x, fitting


def are_unreadable(column: Column, values: np.ndarray) -> np.ndarray:
    """Which of a column's rows (N,) hold something that became no value, and is no word for missing."""
    lost = np.isnan(values) & ~column.missing
    if column.kind == "text" and lost.any():
        words = np.array([is_missing(text) for text in column.texts], dtype=bool)
        lost &= ~np.append(words, True)[column.values]
    return lost


def _count_unsigned(column: Column, one: Input) -> int:
    """How many numbers of a column in percent have no sign: 0.05 beside 5 % would be read wrongly."""
    parts = form_parts(one.form) if one.kind == "number" else None
    if parts is None or parts[1] not in PERCENT:
        return 0
    if column.kind != "text":
        return int((~column.missing & (column.values != 0)).sum())
    plain = [parts[1] not in text and text != "0" and not is_missing(text) for text in column.texts]
    return int(np.append(plain, False)[column.values].sum())


def with_texts(inputs: Sequence[Input], table: Table) -> tuple[Input, ...]:
    """The same inputs, those that are free texts with the texts of this table."""
    return tuple(
        replace(one, categories=table.columns[one.name].as_texts().texts)
        if one.kind == "text" and one.name in table.columns
        else one
        for one in inputs
    )


def values_of(column: Column, one: Input) -> np.ndarray:
    """A column's values as this input's, (N,)."""
    if one.kind == "text":  # whose categories are the column's texts, in their order
        return _through(column.as_texts(), np.arange(len(one.categories)))
    if one.kind == "category":
        places = {name: float(place) for place, name in enumerate(one.categories)}
        return _through(column.as_texts(), [places.get(text, UNKNOWN) for text in column.as_texts().texts])
    if one.kind == "boolean":
        return _booleans(column)
    if one.kind == "date":
        if column.kind == "text":
            return _through(column, dates_of(column.texts, one.form))
        return column.values if column.kind == "date" else np.full(len(column), np.nan)
    if column.kind == "text":
        return _through(column, numbers_in(column.texts, one.form or form_in(column), column.decimal))
    return column.values


def form_in(column: Column) -> str:
    """The form in which a column of texts writes numbers, where they are not all plain ones."""
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.texts))
    there = [i for i, text in enumerate(column.texts) if counts[i] and not is_missing(text)]
    texts = [column.texts[i] for i in there]
    if not np.isnan(numbers_in(texts, "", column.decimal)).any():
        return ""
    found = number_form(texts, counts[there], column.decimal)
    return found.form if found else ""


def _through(column: Column, values: Any) -> np.ndarray:
    """The value of every row's text; NaN where it is missing."""
    return np.append(np.asarray(values, dtype=np.float64), np.nan)[column.values]


def _booleans(column: Column) -> np.ndarray:
    if column.kind == "text":
        lower = [text.lower() for text in column.texts]
        return _through(column, [1.0 if t in TRUE else 0.0 if t in FALSE else np.nan for t in lower])
    return np.where((column.values == 0) | (column.values == 1), column.values, np.nan)
