"""Columns under their names: what a file, a frame or a stream held, before anything is decided about it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean

if TYPE_CHECKING:
    from gradatim.data.tables.cells import Cells

KINDS = ("number", "boolean", "date", "text")


@dataclass(frozen=True, repr=False)
class Column:
    """One column as it was read.

    Numbers, booleans (0 and 1) and dates (seconds since 1970) are float64 values (N,), NaN where one is
    missing; texts are int32 numbers (N,) of the texts in `texts`, −1 where one is missing.
    """

    kind: str
    values: np.ndarray
    texts: tuple[str, ...] = ()
    strange: int = 0  # texts among numbers or dates, taken as missing
    first: tuple[int, str] | None = None  # the first of them, and its row
    infinite: int = 0  # taken as missing
    rounded: int = 0  # whole numbers beyond 2^53
    decimal: str = ""  # how the file writes fractions; nothing for texts in memory
    words: dict[str, int] = field(default_factory=dict)  # texts taken as missing, and how often each comes
    declared: str = ""  # by a frame: "category", or "ordered" for one whose texts stand in its order
    labels: tuple = ()  # the values that a frame declares, of any type, one for each text
    note: str = ""  # what else should be known of how it was read

    def __len__(self) -> int:
        return len(self.values)

    @property
    def missing(self) -> np.ndarray:
        """Where there is no value, (N,)."""
        return self.values < 0 if self.kind == "text" else np.isnan(self.values)

    def as_texts(self) -> "Column":
        """The same values as texts: 1 for 1.0, 0.5, true and false, dates in ISO 8601."""
        if self.kind == "text":
            return self
        found, places = np.unique(self.values, return_inverse=True)  # NaN comes last, once
        places = places.astype(np.int32)
        known = len(found) - int(len(found) > 0 and np.isnan(found[-1]))
        places[places >= known] = -1
        return Column("text", places, tuple(format_value(value, self.kind) for value in found[:known]))

    def written(self) -> list[str]:
        """Every row's text, (N,); that of a missing value is empty."""
        column = self.as_texts()
        return np.array([*column.texts, ""], dtype=object)[column.values].tolist()


def format_value(value: float, kind: str = "number") -> str:
    """A value as a person would write it.

    >>> format_value(3.0), format_value(0.1), format_value(1.0, "boolean"), format_value(86400.0, "date")
    ('3', '0.1', 'true', '1970-01-02')
    """
    if kind == "boolean" and value in (0, 1):
        return "true" if value else "false"
    if kind == "date":
        moment = str(np.datetime64("1970-01-01T00:00:00", "s") + np.timedelta64(round(value), "s"))
        return moment.removesuffix("T00:00:00")
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


@dataclass(repr=False)
class Table:
    """Columns of one length by their names, in the file's order; what was noticed; how it was read."""

    columns: dict[str, Column]
    name: str = "data"
    notices: list[str] = field(default_factory=list)
    reading: dict[str, Any] | None = None
    repeated: frozenset[str] = frozenset()  # names that several columns had
    cells: "Cells | None" = None  # as they stand in the file, where they were asked for

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def column(self, name: str) -> Column:
        """The column of this name; UsageError with the nearest names."""
        if name not in self.columns:
            raise UsageError(f"{self.name} has no column {name!r}: {did_you_mean(name, self.columns)}")
        return self.columns[name]


def distinct_names(given: list[str]) -> tuple[list[str], list[str]]:
    """Names that are all there and all different, and what was done to make them so.

    >>> distinct_names(["a", "", "a"])
    (['a', 'column 2', 'a (2)'], ["column 2 has no name: it is called 'column 2'", \
"column 3 is called 'a', as another is: it is called 'a (2)'"])
    """
    names: list[str] = []
    notices = []
    taken, before = set(given), set[str]()
    for number, name in enumerate(given, 1):
        new = name or _free(f"column {number}", taken)
        if not name:
            notices.append(f"column {number} has no name: it is called {new!r}")
        elif name in before:
            new = _free(name, taken)
            notices.append(f"column {number} is called {name!r}, as another is: it is called {new!r}")
        taken.add(new)
        before.add(new)
        names.append(new)
    return names, notices


def duplicates(given: list[str]) -> frozenset[str]:
    """The names that come more than once.

    >>> sorted(duplicates(["a", "b", "a", ""]))
    ['a']
    """
    return frozenset(name for name, times in Counter(given).items() if times > 1 and name)


def _free(name: str, taken: set[str]) -> str:
    number, new = 2, name
    while new in taken:
        new, number = f"{name} ({number})", number + 1
    return new
