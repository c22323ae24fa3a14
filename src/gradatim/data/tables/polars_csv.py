"""The one place where polars reads: whole records as columns of text, and those as numbers or codes.

Its defaults accept ragged, mis-delimited and mis-encoded files silently, so what comes here is UTF-8 whose
records have been found and counted (`pieces`), and polars is asked for texts only.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.tables.missing import MARK, MISSING, WORDS
from gradatim.data.tables.notation import WRITTEN
from gradatim.data.unpacking import check_size

PADDED = r"^[+-]?0+[1-9]|^[+-]?00+$"
APART = {mark: rf"^[+-]?(?:0|[1-9][0-9]{{0,2}}(?:[{mark}][0-9]{{3}})*)$" for mark in (".", ",")}
HEAD = 1000  # texts of a column that are looked at more closely
NUMBER = 8  # bytes of a cell in memory, at least
WHOLE = 2.0**53  # from here on not every whole number is a float


@dataclass
class ParsedNumbers:
    """Numbers (N,), NaN where there is none, and what else was found among the texts."""

    values: np.ndarray
    infinite: int = 0  # ∞, or beyond 1.8e308; they are missing
    padded: int = 0  # whole numbers that begin with 0, as codes do
    beyond: int = 0  # whole numbers of 2^53 or more
    strange: int = 0  # texts that are neither numbers nor missing
    first: tuple[int, str] | None = None  # the first such text, and its row
    written: bool = False  # whether some of these may be numbers in another form
    words: dict[str, int] = field(default_factory=dict)  # such as NA, and how often each of them comes
    apart: bool = False  # whether the decimal mark may part thousands, as in 12.500


class Piece:
    """Some whole records, column by column."""

    def __init__(self, columns: dict[int, Any], height: int):
        self._columns, self.height = columns, height

    def numbers(self, columns: Sequence[int], decimal: str = ".") -> Iterator[tuple[int, ParsedNumbers]]:
        """These columns' texts as numbers: at once where nothing is missing or strange, which is usual."""
        import polars as pl

        if not columns:
            return
        frame = pl.DataFrame([self._columns[i].alias(str(i)) for i in columns])
        values = frame.select(pl.all().cast(pl.Float64, strict=False))
        padded = frame.select(pl.all().str.contains(PADDED).sum()).row(0)
        marked = frame.head(HEAD).select(pl.all().str.contains(decimal, literal=True).any()).row(0)
        for i, column, zeros, mark in zip(columns, values.iter_columns(), padded, marked, strict=True):
            texts = self._columns[i]
            if column.null_count():
                found = numbers_of(texts, decimal)
            else:
                found = _looked_at(ParsedNumbers(column.to_numpy().copy(), padded=zeros), texts)
            found.apart = mark and _are_apart(texts, decimal)
            yield i, found

    def codes(self, column: int, known: dict[str, int]) -> np.ndarray:
        """A column's texts as numbers of a list that grows, −1 where there is none."""
        import polars as pl

        texts = self._columns[column].str.strip_chars()
        found = texts.unique(maintain_order=True)
        for text in found:
            if text:
                known.setdefault(text, len(known))
        places = pl.Series([known.get(text, -1) for text in found], dtype=pl.Int32)
        return texts.replace_strict(found, places, return_dtype=pl.Int32).to_numpy()


def parse(piece: bytes, delimiter: str, width: int, skip: int = 0, columns: list[int] | None = None) -> Piece:
    """Whole, regular records of `width` fields, the first `skip` left out; some columns of them."""
    import polars as pl

    try:
        frame = pl.read_csv(
            piece, has_header=False, separator=delimiter, infer_schema=False, empty_string_is_null=False,
            quote_char='"' if b'"' in piece else None, schema={f"{i}": pl.String for i in range(width)},
            columns=columns, glob=False,
        )  # fmt: skip
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise GradatimError(f"the table cannot be read: {str(error).splitlines()[0]}") from error
    frame = frame.slice(skip).fill_null("")
    return Piece({int(one.name): one for one in frame.get_columns()}, frame.height)


def piece_of(rows: Sequence[Sequence[str]]) -> Piece:
    """Records that were read one by one."""
    import polars as pl

    columns = zip(*rows, strict=True)
    series = {i: pl.Series(list(column), dtype=pl.String) for i, column in enumerate(columns)}
    return Piece(series, len(rows))


def numbers_of(texts: Any, decimal: str = ".") -> ParsedNumbers:
    """A column of text as numbers; whatever is no number is counted."""
    import polars as pl

    values = texts.cast(pl.Float64, strict=False)
    if values.null_count():
        texts = texts.str.strip_chars().str.strip_prefix(MARK)
        plain = texts.str.replace(",", ".", literal=True) if decimal == "," else texts
        if decimal == ",":  # a point there parts thousands, or is strange
            plain = pl.select(pl.when(texts.str.contains(".", literal=True)).then(None).otherwise(plain))
            plain = plain.to_series()
        values = plain.cast(pl.Float64, strict=False)
    found = ParsedNumbers(values.fill_null(float("nan")).to_numpy().copy())
    found.padded = int(texts.str.contains(PADDED).sum())
    if values.null_count():
        strange = values.is_null() & ~texts.is_in(sorted(MISSING))
        found.strange = int(strange.sum())
        words = texts.filter(values.is_null() & ~strange & (texts != "")).value_counts()
        found.words = {word: n for word, n in words.iter_rows() if word in WORDS}
        if found.strange:
            row = strange.arg_max()
            found.first = (row, texts[row])
            found.written = bool(texts.filter(strange).head(HEAD).str.contains(WRITTEN).any())
    return _looked_at(found, texts)


def numbers_of_texts(texts: Sequence[str], decimal: str = ".") -> np.ndarray:
    """The number of every text, NaN for what is none."""
    import polars as pl

    return numbers_of(pl.Series(list(texts), dtype=pl.String), decimal).values


def _are_apart(texts: Any, decimal: str) -> bool:
    """Whether the first texts, some with the mark, are all whole numbers if it parts their thousands."""
    if not all(re.fullmatch(APART[decimal], text.strip()) for text in texts.head(3)):
        return False
    head = texts.head(HEAD).str.strip_chars()
    head = head.filter(~head.is_in(sorted(MISSING)))
    return bool(head.str.contains(APART[decimal]).all())


def _looked_at(found: ParsedNumbers, texts: Any) -> ParsedNumbers:
    """The same with the infinite, which become missing, and the large whole numbers counted."""
    values = found.values
    infinite = np.isinf(values)
    found.infinite = int(infinite.sum())
    values[infinite] = np.nan
    with np.errstate(invalid="ignore"):
        large = np.flatnonzero(np.abs(values) >= WHOLE)
    if len(large):
        found.beyond = int(texts.gather(large).str.contains(r"^[+-]?\d+$").sum())
    return found


def read_parquet(content: bytes, name: str) -> Any:
    """A polars frame from the bytes of a Parquet file.

    Raises GradatimError for a damaged one, and for one whose cells, of NUMBER bytes each, take more than half
    of the machine's memory, however few bytes they are packed in.
    """
    import polars as pl

    with _parquet(name):
        rows = pl.scan_parquet(BytesIO(content)).select(pl.len()).collect().item()
        check_size(rows * len(pl.read_parquet_schema(BytesIO(content))) * NUMBER, f"{name}, unpacked,")
        return pl.read_parquet(content, glob=False, use_statistics=False)


def head_of_parquet(path: Path, rows: int) -> Any:
    """The first rows of a Parquet file as a polars frame; GradatimError for a damaged one."""
    import polars as pl

    with _parquet(str(path)), path.open("rb") as file:
        return pl.read_parquet(file, n_rows=rows, glob=False, use_statistics=False)


@contextmanager
def _parquet(name: str) -> Iterator[None]:
    """Whatever polars says of a Parquet file, in a sentence."""
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        reason = (str(error).splitlines() or ["unknown"])[0]
        raise GradatimError(f"{name} is a damaged Parquet file, or of a newer kind: {reason}") from error
