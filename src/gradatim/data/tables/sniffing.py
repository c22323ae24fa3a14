"""How a text file writes its table: delimiter, header, decimal comma. Looked for in its first lines."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from io import StringIO
from itertools import islice
from typing import Any

from gradatim.checks import GradatimError, UsageError, did_you_mean
from gradatim.data.tables.header import has_header, kind_of_field
from gradatim.data.tables.missing import is_missing
from gradatim.data.tables.notation import digits_of, number_pattern

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE = 1 << 17  # bytes
LINES = 3  # at least, where they are longer
ROWS = 1000
LONGEST = 1 << 27  # characters of one field


@dataclass(frozen=True)
class Dialect:
    """How a text file is read; what was sniffed is shown, and can be written down and changed."""

    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    decimal: str = "."

    def as_dict(self) -> dict[str, Any]:
        """The reading for JSON."""
        return asdict(self)


def dialect_from(content: Any, where: str) -> Dialect:
    """A Reading from a schema's record; UsageError for what cannot be."""
    if not isinstance(content, dict):
        raise UsageError(f"{where}: the reading must be an object such as {Dialect().as_dict()}")
    for name in content:
        if name not in Dialect().as_dict():
            raise UsageError(f"{where}: unknown entry {name!r}: {did_you_mean(name, Dialect().as_dict())}")
    reading = replace(Dialect(), **content)
    if reading.delimiter not in DELIMITERS:
        raise UsageError(f"{where}: the delimiter must be one of {list(DELIMITERS)}")
    if reading.decimal not in (".", ",") or not isinstance(reading.header, bool):
        raise UsageError(f'{where}: the decimal must be "." or ",", the header true or false')
    return reading


def records(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    """The records of a text: the definition of what a table's file says. Blank lines are no records.

    RFC 4180, with spaces allowed before a field's quote, and with a quote inside a field that does not begin
    with one read as it stands.
    """
    csv.field_size_limit(LONGEST)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for fields in reader:
            if fields:
                yield fields
    except csv.Error as error:
        raise GradatimError(f"{name}, line {reader.line_num}: {error}") from error


def sniff(content: bytes, name: str, encoding: str, names: Collection[str] = ()) -> Dialect:
    """How this UTF-8 text writes its table, from its first lines; a row with one of `names` is a header."""
    sample = content[: max(SAMPLE, _end_of_line(content, LINES))]
    if len(sample) < len(content):
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    text = sample.decode(errors="ignore")
    tried = []
    for number, delimiter in enumerate(DELIMITERS):
        rows = list(islice(records(text, delimiter, name), ROWS))
        tried.append((*_fit(rows, delimiter), -number, delimiter, rows))
    *_, delimiter, rows = max(tried, key=lambda fit: fit[:-2])
    decimal = "," if delimiter != "," and _has_decimal_comma(rows) else "."
    return Dialect(encoding, delimiter, has_header(rows, names), decimal)


def _end_of_line(content: bytes, number: int) -> int:
    """The byte behind the line of this number, from 1; the end where there are fewer."""
    end = 0
    for _ in range(number):
        end = content.find(b"\n", end) + 1
        if not end:
            return len(content)
    return end


def _fit(rows: list[list[str]], delimiter: str) -> tuple[bool, float, float, int]:
    """How well a delimiter divides: several columns at all; even rows; fields that read as something."""
    rows = [row for row in rows if any(row)] or [[""]]
    width, even = Counter(map(len, rows)).most_common(1)[0]
    fields = [field.strip() for row in rows for field in row]
    plain = sum(is_missing(field) or kind_of_field(field) != "text" for field in fields)
    return width > 1 and even > len(rows) / 2, round(even / len(rows), 2), plain / len(fields), width


def _has_decimal_comma(rows: list[list[str]]) -> bool:
    found = [digits for row in rows for field in row if (digits := digits_of(field.strip()))]
    marks = Counter(mark for digits in found for mark in (".", ",") if _has_fraction(digits, mark))
    return marks[","] > marks["."]


def _has_fraction(digits: str, mark: str) -> bool:
    return mark in digits and re.match(number_pattern(mark), digits) is not None
