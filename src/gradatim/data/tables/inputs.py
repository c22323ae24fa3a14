"""The inputs of a table as numbers: raw values and codes, before anything is fitted.

A number, a boolean (0 or 1) and a date (seconds since 1970) stand for themselves, a category for its place
among the categories of its column, a free text for its place among the texts; NaN is a missing value, −1 a
category that is not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradatim.data.tables.table import format_value

UNKNOWN = -1.0
KINDS = ("number", "boolean", "date", "category", "text")


@dataclass(frozen=True)
class Input:
    """One column that a network learns from."""

    name: str
    kind: str
    categories: tuple[str, ...] = ()  # or the texts
    form: str = ""  # of dates "day first", "month first"; of numbers "1,234.5 $"
    missing_values: tuple[str, ...] | None = field(default=None, repr=False)  # instead of the usual words
    calendar: bool = field(default=False, repr=False)  # of a date, its place in year, week and day only
    encoding: str = field(default="", repr=False)  # of numbers, where a schema names it

    def as_dict(self) -> dict[str, Any]:
        """The input for JSON."""
        found: dict[str, Any] = {"name": self.name, "kind": self.kind}
        if self.kind == "category":
            found["categories"] = list(self.categories)
        if self.missing_values is not None:
            found["missing_values"] = list(self.missing_values)
        return found | {
            name: getattr(self, name) for name in ("form", "calendar", "encoding") if getattr(self, name)
        }


def input_from(content: dict[str, Any]) -> Input:
    """An Input from its record."""
    words = content.get("missing_values")
    return Input(
        content["name"], content["kind"], tuple(content.get("categories", ())), content.get("form", ""),
        None if words is None else tuple(words), content.get("calendar", False),
        content.get("encoding", ""),
    )  # fmt: skip


def encoded_as(inputs: Sequence[Input], encoding: str) -> tuple[Input, ...]:
    """The same inputs, the numbers whose encoding no schema names with this one.

    >>> encoded_as([Input("size", "number"), Input("town", "category")], "piecewise")[0].encoding
    'piecewise'
    """
    return tuple(
        replace(one, encoding=encoding) if one.kind == "number" and not one.encoding else one
        for one in inputs
    )


def value_text(one: Input, value: float) -> float | str:
    """A raw value as a person reads it: a category by its name, a date in ISO 8601.

    >>> value_text(Input("town", "category", ("Rome",)), 0.0), value_text(Input("size", "number"), 1.5)
    ('Rome', 1.5)
    """
    if np.isnan(value):
        return "missing"
    if one.kind == "category":
        return one.categories[int(value)] if value >= 0 else "(unknown)"
    if one.kind == "text":
        return f"{value:.0f} known words"
    return format_value(value, one.kind) if one.kind in ("date", "boolean") else float(value)


def texts_beside(inputs: Sequence[Input], others: Sequence[Input]) -> tuple[Input, ...]:
    """The same inputs, those that are free texts with the texts that the others of their names have."""
    texts = {one.name: one.categories for one in others if one.kind == "text"}
    return tuple(
        replace(one, categories=texts.get(one.name, ())) if one.kind == "text" else one for one in inputs
    )


def recode(x: np.ndarray, old: Sequence[Input], new: Sequence[Input], in_place: bool = False) -> np.ndarray:
    """Inputs (N, D) of one table's columns as those of others: by name, a missing one as missing values.

    `in_place` writes them into x, for the same columns in the same order.
    """
    places = {one.name: i for i, one in enumerate(old)}
    recoded = x if in_place else np.full((len(x), len(new)), np.nan)
    for i, one in enumerate(new):
        if one.name not in places:
            continue
        place = places[one.name]
        if one.kind == "category" and old[place].categories != one.categories:
            recoded[:, i] = _renumbered(x[:, place], old[place].categories, one.categories)
        elif not in_place:
            recoded[:, i] = x[:, place]
    return recoded


def _renumbered(values: np.ndarray, old: tuple[str, ...], new: tuple[str, ...]) -> np.ndarray:
    places = {name: float(place) for place, name in enumerate(new)}
    through = np.array([*(places.get(name, UNKNOWN) for name in old), UNKNOWN])
    known = ~np.isnan(values)
    found = np.full(len(values), np.nan)
    found[known] = through[values[known].astype(np.int64)]  # −1 finds the last, which is unknown too
    return found


def narrow_categories(x: np.ndarray, inputs: Sequence[Input]) -> tuple[Input, ...]:
    """The same inputs with the categories that these examples hold, the most frequent first."""
    found = []
    for i, one in enumerate(inputs):
        if one.kind == "category":
            values = x[:, i]
            codes = values[values >= 0].astype(np.int64)
            counts = np.bincount(codes, minlength=len(one.categories))
            seen = sorted((-int(counts[k]), one.categories[k]) for k in np.flatnonzero(counts))
            one = replace(one, categories=tuple(name for _, name in seen))
        found.append(one)
    return tuple(found)
