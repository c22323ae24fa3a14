"""Files of texts: a class and a text a line, in either order; fastText's lines; or a text a line."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from gradatim.checks import GradatimError, UsageError
from gradatim.data.tables.decoding import decode
from gradatim.data.tables.file_bytes import read_content
from gradatim.data.unpacking import read_file

MARK = "__label__"  # in front of a class in fastText's files
HEADS = (  # what the two columns are called where the first line says so
    {"label", "labels", "class", "target", "category", "sentiment", "polarity", "y", "tag", "topic"},
    {"text", "texts", "sentence", "sentences", "review", "document", "comment", "message", "x", "content"},
)
HEAD = 1 << 16  # bytes that are looked at before a file is read
FEWEST_WORDS = 2  # of a text, in the mean
LONGEST = 1 << 30  # characters of a field


class Line(NamedTuple):
    """A line with something in it: its number in the file, from 1, and its fields."""

    number: int
    fields: tuple[str, ...]


class LabelledLines(NamedTuple):
    """The texts, a class for each, the numbers of their lines, and what a person should know of the file."""

    texts: list[str]
    labels: list[str]
    numbers: list[int]
    notices: list[str]


def read_text_file(path: Path) -> tuple[str, list[str]]:
    """A file's text with line ends of one kind, and a sentence where it is in another encoding than UTF-8.

    Raises GradatimError for a file that is no text, and UsageError for one that is not there.
    """
    content, name = read_content(path)
    text, encoding = decode(content, name)
    odd = encoding not in ("utf-8", "utf-16-le", "utf-16-be")
    said = [f"{path.name} is not UTF-8 and is read as {encoding}, as Windows extends it"] if odd else []
    return text.decode(), said


def begins_with_label(path: Path) -> bool:
    """Whether the first line of a file that begins with a text is one of fastText's."""
    return _beginning(path).lstrip().startswith(MARK)


def is_two_columns(path: Path) -> bool:
    """Whether the beginning of a file is lines of two columns, parted by a tab or, in a CSV, by a comma, one
    of them of texts in some words.

    A table whose first line gives its columns names of its own is none of those.
    """
    try:
        lines = _fields(_beginning(path).rpartition("\n")[0] or _beginning(path), path)
        if not lines or any(len(line.fields) != 2 for line in lines):
            return False
        place = _place_of_label(lines, (), path)
    except GradatimError:
        return False
    words = [n for line in lines if (n := len(line.fields[1 - place].split()))]
    labels = [line.fields[place] for line in lines]
    is_named = labels.count(labels[0]) == 1 and not _is_head(lines[0].fields)
    is_table = path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))
    return sum(words) >= FEWEST_WORDS * len(words) and not (is_table and is_named)


def _beginning(path: Path) -> str:
    """The first characters of a file; none where it cannot be read, which whoever reads it whole says."""
    try:
        if path.suffix.lower() == ".gz":
            return decode(read_file(path)[:HEAD], str(path))[0].decode()
        with path.open("rb") as file:
            return file.read(HEAD).decode("utf-8-sig", errors="replace")
    except (OSError, GradatimError, UsageError):
        return ""


def read_labelled_lines(path: Path, classes: tuple = ()) -> LabelledLines:
    """The texts and classes of a file with both in every line.

    Which column is the class is known by the `classes`, where there are some, or else by its values, which
    come again. Raises GradatimError naming the line that is not like the others.
    """
    text, notices = read_text_file(path)
    lines = _fields(text, path)
    if not lines:
        raise GradatimError(f"{path} is empty")
    if lines[0].fields[0].startswith(MARK):
        return _of_fasttext(lines, path, notices)
    for line in lines:
        if len(line.fields) != 2:
            raise GradatimError(
                f"{path}, line {line.number:,}: {_columns(len(line.fields))}; a class and a text are two, "
                "parted by a tab"
            )
    if _is_head(lines[0].fields):
        notices.append(f"the first line of {path.name} names the columns")
        lines = lines[1:]
    if not lines:
        raise GradatimError(f"{path} holds no text below the names of its columns")
    place = _place_of_label(lines, classes, path)
    rows = [(line.fields[1 - place], line.fields[place].strip(), line.number) for line in lines]
    without = [number for _, label, number in rows if not label]
    if without:
        some = "1 line has" if len(without) == 1 else f"{len(without):,} lines have"
        notices.append(f"{some} no class and is left out, the first of them line {without[0]:,}")
    kept = [row for row in rows if row[1]]
    return LabelledLines([t for t, _, _ in kept], [c for _, c, _ in kept], [n for _, _, n in kept], notices)


def read_texts(path: Path, classes: tuple) -> LabelledLines:
    """The texts of a file, one a line; where a line holds a class beside it, that is left out."""
    text, notices = read_text_file(path)
    lines = _fields(text, path)
    known = set(map(str, classes))
    if lines and lines[0].fields[0].startswith(MARK):
        return _of_fasttext(lines, path, notices)
    if lines and all(len(line.fields) == 2 for line in lines):
        found = lines[1:] if _is_head(lines[0].fields) else lines
        if found and all(known & {field.strip() for field in line.fields} for line in found):
            return read_labelled_lines(path, classes)
    whole = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not whole:
        raise GradatimError(f"{path} is empty")
    return LabelledLines([line for _, line in whole], [], [number for number, _ in whole], notices)


def _fields(text: str, path: Path) -> list[Line]:
    """The fields of every line that is not blank: of a CSV as its quotes part them, else at tabs."""
    if ".csv" in (suffix.lower() for suffix in path.suffixes):
        csv.field_size_limit(LONGEST)
        reader = csv.reader(StringIO(text, newline=""))
        try:
            return [Line(reader.line_num, tuple(row)) for row in reader if any(map(str.strip, row))]
        except csv.Error as error:
            raise GradatimError(f"{path}, line {reader.line_num:,}: {error}") from error
    lines = enumerate(text.split("\n"), 1)
    return [Line(number, tuple(line.split("\t"))) for number, line in lines if line.strip()]


def _of_fasttext(lines: list[Line], path: Path, notices: list[str]) -> LabelledLines:
    """__label__CLASS, then the text."""
    texts, labels = [], []
    for line in lines:
        words = "\t".join(line.fields).split(maxsplit=1)
        if not words[0].startswith(MARK) or words[0] == MARK:
            raise GradatimError(f"{path}, line {line.number:,} does not begin with {MARK} and a class")
        rest = words[1] if len(words) > 1 else ""
        if rest.startswith(MARK):
            raise GradatimError(f"{path}, line {line.number:,} has two classes; a text here has one")
        texts.append(rest)
        labels.append(words[0].removeprefix(MARK))
    return LabelledLines(texts, labels, [line.number for line in lines], notices)


def _is_head(fields: Sequence[str]) -> bool:
    """Whether these are the names of the two columns."""
    first, second = (field.strip().lower() for field in fields)
    return any(a in HEADS[0] and b in HEADS[1] for a, b in ((first, second), (second, first)))


def _place_of_label(lines: list[Line], classes: tuple, path: Path) -> int:
    """Which of the two columns holds the classes: that whose values a network knows, or come again more
    often; of two that come alike, the shorter.
    """
    columns = [[line.fields[place].strip() for line in lines] for place in (0, 1)]
    if classes:
        known = set(map(str, classes))
        counts = [sum(value in known for value in column) for column in columns]
        if counts[0] != counts[1]:
            return int(counts[1] > counts[0])
    distinct = [len(set(column)) for column in columns]
    if distinct[0] != distinct[1]:
        return int(distinct[1] < distinct[0])
    lengths = [sum(map(len, column)) for column in columns]
    if lengths[0] == lengths[1]:
        raise GradatimError(f"{path}: both columns look alike, and none of them like classes")
    return int(lengths[1] < lengths[0])


def _columns(number: int) -> str:
    return "1 column" if number == 1 else f"{number} columns"
