"""From a file or a stream to a Table."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.tables.cells import cells_of, cells_of_text
from gradatim.data.tables.decoding import decode
from gradatim.data.tables.file_bytes import read_content
from gradatim.data.tables.missing import MARK, mark_quoted, text_column
from gradatim.data.tables.polars_csv import ParsedNumbers, Piece, parse, piece_of, read_parquet
from gradatim.data.tables.sniffing import Dialect, records, sniff
from gradatim.data.tables.split_records import end_every_record, is_regular, pieces, ragged_record
from gradatim.data.tables.table import Column, Table, distinct_names, duplicates
from gradatim.data.tables.table_from_frame import table_of_frame

PARQUET = b"PAR1"
FEW = 0.01  # of a column's values may be strange before they decide what it is
ROWS_AT_ONCE = 100_000
COLUMNS_AT_ONCE = 1000
MOST_COLUMNS = 100_000
HEAD = 1 << 22  # bytes in which the first record ends


def read_table(
    source: str | Path | bytes | BinaryIO, reading: Dialect | None = None, texts: Collection[str] = (), *,
    missing: Mapping[str, Collection[str]] | None = None, names: Collection[str] = (),
    may_be_empty: bool = False, with_cells: bool = False,
) -> Table:  # fmt: skip
    """A table from a CSV, TSV or Parquet file, plain or gzipped; how it is written is sniffed.

    A column is numbers when all but 1 % of its values are; otherwise, or when it is named in `texts`, it is
    texts. A few strange texts among numbers count as missing, and are told of; but a column with numbers in
    another form among them, such as 1,249.76, is texts, for `kind_of` to look at. `missing` holds the texts
    that stand for a missing value, by column; `names` are those that a header would hold. `with_cells`
    keeps the cells as they stand in the file.

    Raises UsageError or GradatimError in one sentence that names the file and the line.

    >>> read_table(b"name;size\\nAda;1,63\\nBob;\\n").columns["size"].values
    array([1.63,  nan])
    """
    content, name = read_content(source)
    if content.startswith(PARQUET):
        frame = read_parquet(content, name)
        table = table_of_frame(frame, name, texts, missing=missing, may_be_empty=may_be_empty)
        return replace(table, cells=cells_of(table)) if with_cells else table
    content, encoding = decode(content, name, reading.encoding if reading else None)
    if not content or content.isspace():
        raise GradatimError(f"{name} is empty")
    reading = reading or sniff(content, name, encoding, names)
    text = _Text(content, reading, name)
    table = text.table(texts, missing or {}, may_be_empty)
    return replace(table, cells=cells_of_text(content.decode(), table, text.width)) if with_cells else table


class _Text:
    """A text whose way of writing is known."""

    def __init__(self, content: bytes, reading: Dialect, name: str):
        self.content, self.reading, self.name = mark_quoted(content, reading.delimiter), reading, name
        head = records(self.content[:HEAD].decode(errors="ignore"), reading.delimiter, name)
        self.first, second = [*islice((row for row in head if row != [""]), 2), [""], [""]][:2]
        self.regular = is_regular(self.content, reading.delimiter, name)
        self.empty = 0  # fields behind the delimiter that ends every row but the header
        if reading.header and self.regular and len(second) == len(self.first) + 1 and not second[-1]:
            whole = end_every_record(self.content, reading.delimiter)
            self.content, self.empty = whole, int(whole is not self.content)
        self.width = len(self.first) + self.empty
        if self.width > MOST_COLUMNS:
            raise GradatimError(f"{name} has {self.width:,} columns; at most {MOST_COLUMNS:,} are read")

    def table(
        self, texts: Collection[str], missing: Mapping[str, Collection[str]] | None = None,
        may_be_empty: bool = False,
    ) -> Table:  # fmt: skip
        """Its columns: a first reading for numbers, a second for those that are not."""
        given = self._names()
        names, notices = distinct_names(given)
        if self.empty:
            notices.append("every row but the header ends in a delimiter, behind which nothing stands")
        missing = missing or {}
        found = {name: Numbers() for name in names if name not in texts and name not in missing}
        places = [i for i, name in enumerate(names) if name in found]
        height = 0
        for piece in self._pieces():
            height += piece.height
            for start in range(0, len(places), COLUMNS_AT_ONCE):
                some = places[start : start + COLUMNS_AT_ONCE]
                for i, parsed in piece.numbers(some, self.reading.decimal):
                    found[names[i]].add(parsed)
        if not height and not may_be_empty:
            raise GradatimError(f"{self.name} holds a header and no row")
        columns = {name: numbers.column() for name, numbers in found.items() if numbers.are_numbers}
        found.clear()
        columns |= self._texts({name: i for i, name in enumerate(names) if name not in columns}, missing)
        in_order = {name: columns[name] for name in names}
        return Table(in_order, self.name, notices, self.reading.as_dict(), duplicates(given))

    def _texts(self, places: dict[str, int], missing: Mapping[str, Collection[str]]) -> dict[str, Column]:
        """The columns of texts, by their places."""
        known: dict[str, dict[str, int]] = {name: {} for name in places}
        codes: dict[str, list[np.ndarray]] = {name: [np.empty(0, np.int32)] for name in places}
        for piece in self._pieces(list(places.values())) if places else ():
            for name, i in places.items():
                codes[name].append(piece.codes(i, known[name]))
        return {
            name: text_column(
                np.concatenate(codes.pop(name)), known[name], missing.get(name), self.reading.decimal
            )
            for name in places
        }

    def _names(self) -> list[str]:
        if not self.reading.header:
            return [f"column {number}" for number in range(1, self.width + 1)]
        return [name.removeprefix(MARK).strip() for name in self.first]

    def _pieces(self, columns: list[int] | None = None) -> Iterator[Piece]:
        """The records behind the header in pieces: by polars where every quote is in its place.

        With `columns`, only those are asked for.
        """
        if not self.regular:
            rows = islice(self._slowly(), int(self.reading.header), None)
            while some := list(islice(rows, ROWS_AT_ONCE)):
                yield piece_of(some)
            return
        skip = int(self.reading.header)
        for part in pieces(self.content, self.reading.delimiter, self.width, self.name, self.empty):
            piece = parse(part, self.reading.delimiter, self.width, skip, columns)
            skip = 0
            if piece.height:
                yield piece

    def _slowly(self) -> Iterator[list[str]]:
        """The records one by one, each as wide as the first."""
        text = self.content.decode()
        line = 1
        row: list[str] = []
        for row in records(text, self.reading.delimiter, self.name):
            if len(row) == self.width:
                yield row
            elif row != [""]:
                raise GradatimError(ragged_record(self.name, line, len(row), self.width))
            line += 1 + sum(field.count("\n") for field in row)
        if row and "\n" in row[-1] and not text.rstrip().endswith('"'):
            line -= 1 + row[-1].count("\n")
            raise GradatimError(f"{self.name}: the quote in line {line} is never closed")


class Numbers:
    """A column of numbers that is gathered piece by piece, and whether it is one."""

    def __init__(self) -> None:
        self._parts = [np.empty(0)]
        self._counts, self._words = Counter[str](), Counter[str]()
        self._first: tuple[int, str] | None = None
        self._height = 0

    def add(self, part: ParsedNumbers) -> None:
        """The next piece."""
        if part.first is not None and self._first is None:
            self._first = (self._height + part.first[0], part.first[1])
        self._height += len(part.values)
        self._parts.append(part.values)
        self._words.update(part.words)
        self._counts.update(
            infinite=part.infinite, padded=part.padded, beyond=part.beyond, strange=part.strange,
            present=int(np.isfinite(part.values).sum()), written=part.written, apart=part.apart,
        )  # fmt: skip

    @property
    def are_numbers(self) -> bool:
        """Few strange texts, none in another form, no code such as 007, thousands that are not set apart, and
        no column of whole numbers too large to be exact, or of nothing but words such as NA.
        """
        counts = self._counts
        if self._words and not counts["present"] + counts["infinite"]:
            return False
        few = FEW * (counts["present"] + counts["strange"])
        plain = not (counts["written"] or counts["padded"] or counts["apart"])
        return plain and counts["strange"] <= few and counts["beyond"] <= counts["present"] / 2

    def column(self) -> Column:
        """The column; its pieces are let go."""
        values = np.concatenate(self._parts)
        self._parts.clear()
        counts = self._counts
        return Column(
            "number", values, strange=counts["strange"], first=self._first, infinite=counts["infinite"],
            rounded=counts["beyond"], words=dict(self._words),
        )  # fmt: skip
