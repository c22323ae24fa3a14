"""The cells of a table as they stand in its file, with columns written behind them in the file's own way."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from gradatim.data.tables.sniffing import LONGEST
from gradatim.data.tables.table import Table, distinct_names


class _Lines(NamedTuple):
    """What a writer of CSV writes to, a line at a time."""

    write: Callable[[str], Any]


@dataclass(frozen=True, repr=False)
class Cells:
    """Rows to the last character: their texts, and the columns' names; `header` is None where there is none.

    `delimiter` stands between fields, `decimal` in a number; they hold for what is written behind them, too.
    """

    has_own_form: ClassVar[bool] = False  # whether the file that was read is no CSV

    names: tuple[str, ...]
    header: str | None
    rows: list[str]
    delimiter: str = ","
    decimal: str = "."

    def with_columns(self, columns: dict[str, list[Any]]) -> str:
        r"""The rows with columns behind them.

        >>> cells = Cells(("size",), "size", ["1,50", '"2"'], ";", ",")
        >>> cells.with_columns({"cost": [0.5, 7.0], "town": ["a;b", "c"]})
        'size;cost;town\n1,50;0,5;"a;b"\n"2";7,0;c\n'
        """
        new = distinct_names([*self.names, *columns])[0][len(self.names) :]
        header = self.written([self.names])[0] if self.header is None else self.header
        behind = self.written([new, *zip(*columns.values(), strict=True)])
        rows = zip([header, *self.rows], behind, strict=True)
        return "".join(f"{row}{self.delimiter}{fields}\n" for row, fields in rows)

    def written(self, rows: Iterable[Sequence[Any]]) -> list[str]:
        """Rows of values as this file would write them: fields in quotes where they must be."""
        lines: list[str] = []
        writer = csv.writer(_Lines(lines.append), delimiter=self.delimiter, lineterminator="")
        writer.writerows(rows if self.decimal == "." else map(self._with_decimal, rows))
        return lines

    def _with_decimal(self, row: Sequence[Any]) -> list[Any]:
        return [repr(v).replace(".", self.decimal) if isinstance(v, float) else v for v in row]

    def is_like(self, other: "Cells") -> bool:
        """Whether the other's rows can stand below these."""
        return (self.names, self.delimiter, self.decimal) == (other.names, other.delimiter, other.decimal)

    def below(self, parts: Sequence["Cells"]) -> "Cells":
        """The rows of several tables that are written like this one, as one's."""
        return replace(self, rows=[row for part in parts for row in part.rows])

    def as_read(self, columns: dict[str, list[Any]]) -> str:
        """What is predicted, in the form of the file that was read: for a table with columns behind it."""
        return self.with_columns(columns)


def cells_of_text(text: str, table: Table, width: int) -> Cells:
    """The cells of a table that was read from this text, whose records have so many fields."""
    how = table.reading or {}
    records = _records(text, how["delimiter"], width)
    header = next(records) if how["header"] else None
    return Cells(tuple(table.columns), header, list(records), how["delimiter"], how["decimal"])


def cells_of(table: Table) -> Cells:
    """The cells of a table that stands in no text."""
    found = Cells(tuple(table.columns), None, [])
    columns = [column.written() for column in table.columns.values()]
    return replace(found, rows=found.written(zip(*columns, strict=True)))


def _records(text: str, delimiter: str, width: int) -> Iterator[str]:
    """The records of a text to the last character, without their line ends, blank lines left out.

    Where a record ends with a delimiter behind its last field, that is left out, too.
    """
    csv.field_size_limit(LONGEST)
    lines = text.split("\n")
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, skipinitialspace=True)
    start = 0
    for fields in reader:
        record = "\n".join(lines[start : reader.line_num])
        start = reader.line_num
        if fields and (fields != [""] or width == 1):
            yield record.rstrip(" ").removesuffix(delimiter) if len(fields) == width + 1 else record


def one_below_another(parts: Sequence[Cells | None]) -> Cells | None:
    """The cells of several tables as those of one; None unless all are written alike."""
    first = parts[0]
    if first is None or not all(part is not None and first.is_like(part) for part in parts):
        return None
    return first.below([part for part in parts if part is not None])
