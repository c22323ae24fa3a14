"""How a text file writes its table: delimiter, header, decimal comma. Looked for in its first lines."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from io import StringIO
from itertools import islice
from typing import Any

from gradatim.checks import GradatimError, UsageError, did_you_mean
from gradatim.data.tables.missing import is_missing

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE = 1 << 17  # bytes
LINES = 3  # at least, where they are longer
ROWS = 1000
LONGEST = 1 << 27  # characters of one field
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")  # one way to match, so that time is linear
COMMA_NUMBER = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?")
DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?")


@dataclass(frozen=True)
class Reading:
    """How a text file is read; what was sniffed is shown, and can be written down and changed."""

    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    decimal: str = "."

    def as_dict(self) -> dict[str, Any]:
        """The reading for JSON."""
        return asdict(self)


def reading_from(content: Any, where: str) -> Reading:
    """A Reading from a schema's record; UsageError for what cannot be."""
    if not isinstance(content, dict):
        raise UsageError(f"{where}: the reading must be an object such as {Reading().as_dict()}")
    for name in content:
        if name not in Reading().as_dict():
            raise UsageError(f"{where}: unknown entry {name!r}: {did_you_mean(name, Reading().as_dict())}")
    reading = replace(Reading(), **content)
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


def sniff(content: bytes, name: str, encoding: str) -> Reading:
    """How this UTF-8 text writes its table, from its first lines."""
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
    return Reading(encoding, delimiter, _has_header(rows, decimal), decimal)


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
    fields = [field for row in rows for field in row]
    plain = sum(_reads(field.strip(), delimiter) for field in fields)
    return width > 1 and even > len(rows) / 2, round(even / len(rows), 2), plain / len(fields), width


def _reads(field: str, delimiter: str) -> bool:
    if is_missing(field) or NUMBER.fullmatch(field) or DATE_LIKE.fullmatch(field):
        return True
    return delimiter != "," and COMMA_NUMBER.fullmatch(field) is not None


def _has_decimal_comma(rows: list[list[str]]) -> bool:
    fields = [field.strip() for row in rows for field in row]
    commas = sum("," in field and COMMA_NUMBER.fullmatch(field) is not None for field in fields)
    points = sum("." in field and NUMBER.fullmatch(field) is not None for field in fields)
    return commas > points


def _has_header(rows: list[list[str]], decimal: str) -> bool:
    """Whether the first row names the columns.

    A number, or a value that comes again below, speaks against it; a text above numbers speaks for it. Where
    nothing speaks, a first row of different texts is a header.
    """
    if not rows:
        return False
    pattern = COMMA_NUMBER if decimal == "," else NUMBER
    head, body = [field.strip() for field in rows[0]], rows[1:]
    if any(pattern.fullmatch(name) for name in head):
        return False
    votes = 0
    for column, name in enumerate(head):
        below = [row[column].strip() for row in body if len(row) == len(head)]
        below = [field for field in below if not is_missing(field)]
        if not name or not below:
            continue
        readable = sum(bool(pattern.fullmatch(f) or DATE_LIKE.fullmatch(f)) for f in below)
        if readable > 0.9 * len(below):
            votes += 1
        elif name in below:
            votes -= 1
    return votes > 0 or (votes == 0 and len(set(head)) == len(head) and any(head))
