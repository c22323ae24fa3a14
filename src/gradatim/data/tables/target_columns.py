"""A column of the target: how it is read, and what should be known of that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.tables.input_values import form_in
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.kinds import INPUTS, Kind, count_text, kind_of, no_numbers, numbers_of, words_kept
from gradatim.data.tables.missing import WORDS
from gradatim.data.tables.table import Column, Table, format_value


@dataclass(frozen=True)
class TargetColumn:
    """A column as it stands in the table, and as the numbers that its texts write, where they do."""

    name: str
    column: Column
    numbers: Column
    kind: Kind
    is_known: bool = False  # from a schema or a run, rather than looked at

    @property
    def classes(self) -> Column:
        """The column whose values are the classes: $5 stays so."""
        return self.column if self.kind.form else self.numbers

    def take(self, rows: np.ndarray) -> "TargetColumn":
        """The same of these rows."""
        column, numbers = (
            replace(one, values=one.values[rows]) for one in (self.column, self.numbers)
        )  # fmt: skip
        return replace(self, column=column, numbers=numbers)

    def as_input(self) -> Input:
        """How it is read, for later tables."""
        return Input(self.name, self.kind.kind, (), self.kind.form)

    def notices(self) -> list[str]:
        """What should be known of how it was read."""
        said = [self.kind.why] if self.kind.kind in ("number", "date") else [self.column.note]
        if self.is_known:
            said = [no_numbers(self.numbers)] if self.numbers.strange else []
        elif self.kind.kind not in ("number", "date"):
            said += words_kept(self.column)
        return [f"target {self.name!r}: {one}" for one in said if one]

    def check_varies(self) -> None:
        """Raise UsageError for one value in every row."""
        column = self.numbers
        if (column.values != column.values[0]).any():
            return
        value = column.texts[column.values[0]] if column.kind == "text" else format_value(column.values[0])
        said = f"the target {self.name!r} is {value!r:.60} in every row: there is nothing to learn"
        for word in WORDS.intersection(self.column.words):
            said += f'; {word!r} is taken as missing: "missing_values": [] in the schema keeps it'
        raise UsageError(said)

    def words_missing(self) -> list[str]:
        """A notice of words that stand for a missing target, and how they become classes."""
        words = {word: n for word, n in self.column.words.items() if word in WORDS}
        rows = ", ".join(f"{count_text(n, 'row')} whose target is {word!r}" for word, n in words.items())
        kind = "kind 'category' and " if self.column.kind == "number" else ""
        keep = f'{kind}"missing_values": [] in the schema makes them classes'
        return [f"left out: {rows}, which stands for missing; {keep}"] if words else []


def target_column(table: Table, name: str, known: Mapping[str, Input]) -> TargetColumn:
    """A column of the target, read as is known, or looked at.

    Raises UsageError where it is to be numbers and more than half of its values are none.
    """
    column = table.column(name)
    is_known = name in known and known[name].kind in INPUTS
    kind = Kind(known[name].kind, "", known[name].form) if is_known else kind_of(name, column)
    if column.kind != "text" or kind.kind != "number":
        return TargetColumn(name, column, column, kind, is_known)
    kind = replace(kind, form=kind.form or form_in(column))
    numbers = numbers_of(column, kind.form)
    present = len(column) - int(column.missing.sum())
    if numbers.strange > present / 2:
        raise UsageError(
            f"the target {name!r} is to be a number; of {present:,} values {no_numbers(numbers)}"
        )
    return TargetColumn(name, column, numbers, kind, is_known)
