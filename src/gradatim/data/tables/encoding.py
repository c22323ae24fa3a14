"""A table's inputs as a network sees them: scaled, filled in, expanded. Fitted on the training examples only.

What is fitted is a record of numbers and strings that JSON holds, and that any later table is treated by.
"""

from collections import Counter
from typing import Any

import numpy as np

from gradatim.checks import GradatimError, UsageError, one_of, whole
from gradatim.data.dataset import Dataset
from gradatim.data.tables.bag_of_words import counts_of, fit_words, word_columns
from gradatim.data.tables.encoding_names import NUMBERS
from gradatim.data.tables.inputs import Input, input_from, narrow_categories, recode, texts_beside
from gradatim.data.tables.kinds import count_text
from gradatim.data.tables.number_encodings import encode_number, fit_number, number_names
from gradatim.data.tables.one_hot_and_dates import category_columns, date_columns, date_names

Record = dict[str, Any]


def fit(
    dataset: Dataset, numbers: str = "auto", *, min_frequency: int = 1, max_categories: int = 100
) -> Record:
    """What is needed to encode these columns, from the training examples.

    numbers   as `numbers`, or their own entry of a schema, says: an encoding of
              `gradatim.data.tables.number_encodings`, or auto: standard, or quantile where a few enormous
              values decide mean and deviation. A missing one is the median before that, and where training
              misses some, a column of 0 and 1 says so
    booleans  −1 and 1, 0 when missing
    dates     the day, scaled, and sine and cosine of the day in the year, in the week, and in the day; of the
              column that rows are split by in time, without the day
    text      tf-idf of the commonest words: see `gradatim.data.tables.bag_of_words`
    category  a column of 0 and 1 for each that is frequent, one for the rest, one for missing values

    `min_frequency` and `max_categories` are scikit-learn's: which categories have a place of their own.
    """
    one_of("numbers", numbers, NUMBERS)
    whole("min_frequency", min_frequency, 1)
    whole("max_categories", max_categories, 1)
    inputs = narrow_categories(dataset.x, dataset.columns)
    x = dataset.x
    many = sum(one.kind == "number" for one in inputs)
    columns = []
    for i, one in enumerate(inputs):
        values = x[:, i]
        record: Record = {**one.as_dict(), "missing": bool(np.isnan(values).any())}
        if one.kind in ("number", "date") and not one.calendar:
            name = (one.encoding or numbers) if one.kind == "number" else "auto"
            record |= fit_number(values, name, many)
        if one.kind == "date":
            record["hours"] = bool((values[~np.isnan(values)] % 86400 != 0).any())
        if one.kind == "text":
            record |= fit_words(values, one.categories)
        if one.kind == "category":
            record |= _kept(values, dataset.columns[i], one, min_frequency, max_categories)
        columns.append(record)
    found: Record = {"name": "table", "numbers": numbers, "columns": columns}
    if any(one.form or one.missing_values is not None for one in dataset.target_columns):
        found["target_columns"] = [one.as_dict() for one in dataset.target_columns]
    if columns and not width(found):
        raise UsageError(
            f"no word of {columns[0]['name']!r} comes in two rows of training: nothing is left to learn from"
        )
    return found


def _kept(values: np.ndarray, was: Input, one: Input, min_frequency: int, max_categories: int) -> Record:
    codes = values[values >= 0].astype(np.int64)
    counts = np.bincount(codes, minlength=len(was.categories))
    place = {name: number for number, name in enumerate(was.categories)}
    frequent = sum(counts[place[name]] >= min_frequency for name in one.categories)
    return {"kept": int(min(frequent, max_categories))}


def inputs_of(record: Record) -> tuple[Input, ...]:
    """The raw inputs that a record encodes."""
    return tuple(input_from(column) for column in record["columns"])


def inputs_in_order(record: Record, dataset: Dataset) -> np.ndarray:
    """The raw inputs (N, D) of any Dataset of a table as the record's inputs: by name, in its order.

    Of a free text, how many of its words are known; behind all columns, how often each of them comes.
    """
    inputs = texts_beside(inputs_of(record), dataset.columns)
    x = dataset.x if dataset.columns == inputs else recode(dataset.x, dataset.columns, inputs)
    if width_before(record) == len(inputs):
        return x
    counts = []
    x = x.copy()
    for i, (column, one) in enumerate(zip(record["columns"], inputs, strict=True)):
        if one.kind == "text":
            counts.append(counts_of(column, x[:, i], one.categories))
            x[:, i] = np.where(np.isnan(x[:, i]), np.nan, counts[-1].sum(1))
    return np.concatenate([x, *counts], 1)


def with_fewer_words(record: Record, most: int) -> Record:
    """The same with the commonest words of each free text only."""
    columns = (
        {**column, "words": column["words"][:most], "idf": column["idf"][:most]}
        if "words" in column
        else column
        for column in record["columns"]
    )
    return {**record, "columns": list(columns)}


def of_fewer_words(record: Record, x: np.ndarray, most: int) -> np.ndarray:
    """Raw inputs (N, D) of a record as those of `with_fewer_words(record, most)`."""
    places = _word_places(record)
    if all(place.stop - place.start <= most for place in places.values()):
        return x
    columns, counts = x[:, : len(record["columns"])].copy(), []
    for i, place in places.items():
        counts.append(x[:, place][:, :most])
        columns[:, i] = np.where(np.isnan(x[:, i]), np.nan, counts[-1].sum(1))
    return np.concatenate([columns, *counts], 1)


def quantile_columns(record: Record) -> list[str]:
    """The columns that `auto` scales by their quantiles."""
    if record["numbers"] != "auto":
        return []
    by_itself = ("", "combined")
    return [
        column["name"]
        for column in record["columns"]
        if column.get("scaler") == "quantile" and column.get("encoding", "") in by_itself
    ]


def encodings_text(record: Record) -> str:
    """The encodings that were asked for, and of how many columns."""
    asked = Counter(column["encoding"] for column in record["columns"] if column.get("encoding"))
    return ", ".join(f"{name} of {count_text(n, 'column')}" for name, n in asked.items())


def notices(record: Record) -> list[str]:
    """What a person should know of the words of each free text."""
    return [
        f"column {column['name']!r} is free text, of which {count_text(len(column['words']), 'word')} "
        "are counted: those in the most rows of training"
        for column in record["columns"] if column["kind"] == "text"
    ]  # fmt: skip


def width_before(record: Record) -> int:
    """How many raw inputs an example has: a column each, and a word each of free texts."""
    return len(record["columns"]) + sum(len(column.get("words", ())) for column in record["columns"])


def apply(record: Record, x: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
    """Raw inputs (N, D), coded by the record's inputs, as the network sees them, (N, width).

    Raises GradatimError for a number that `dtype` cannot hold, by row and column.
    """
    out = np.zeros((len(x), width(record)), dtype=dtype)
    words = _word_places(record)
    for column, i, place in _places(record):
        with np.errstate(over="ignore"):
            if i in words:
                _encode_text(column, x[:, i], x[:, words[i]], out[:, place])
                continue
            _encode(column, x[:, i], out[:, place])
        if not np.isfinite(out[:, place]).all():
            row = int((~np.isfinite(out[:, place]).all(1)).argmax())
            raise GradatimError(
                f"row {row + 1}, column {column['name']!r} holds {x[row, i]:g}: "
                f"too large for {np.dtype(dtype).name}"
            )
    return out


def _encode(column: Record, values: np.ndarray, out: np.ndarray) -> None:
    """One column's numbers into its places."""
    kind, absent = column["kind"], np.isnan(values)
    if kind == "category":
        category_columns(column, values, out)
        return
    if kind == "boolean":
        out[:, 0] = np.where(absent, 0.0, 2 * values - 1)
    elif not column.get("calendar"):
        encode_number(column, values, out[:, : len(number_names(column))])
    if kind == "date":
        date_columns(values, column["hours"], out if column.get("calendar") else out[:, 1:])
    if column["missing"]:
        out[:, -1] = absent


def places(record: Record) -> list[slice]:
    """Which of the encoded numbers each raw column became, in the order of the columns."""
    found = {i: place for _, i, place in _places(record)}
    return [found[i] for i in range(len(found))]


def views(record: Record) -> list[list[list[int]]]:
    """What members of an ensemble read, each as ranges [start, stop) of the encoded numbers: of columns that
    are combined one reads the standard number, another the piecewise one; all read the other columns.
    """
    combined = [(column, place) for column, _, place in _places(record) if "piecewise" in column]
    if not combined:
        return [[[0, width(record)]]]
    beside = [[place.start + 1, place.start + len(number_names(column))] for column, place in combined]
    single = [[place.start, place.start + 1] for _, place in combined]
    return [_without(taken, width(record)) for taken in (beside, single)]


def _without(taken: list[list[int]], stop: int) -> list[list[int]]:
    """The ranges between 0 and `stop` that rising ranges leave."""
    ends = [0, *(end for one in taken for end in one), stop]
    return [[a, b] for a, b in zip(ends[::2], ends[1::2], strict=True) if a < b]


def raw_places(record: Record) -> list[np.ndarray]:
    """Which of the raw inputs each column is: itself, and the counts of its words."""
    words = _word_places(record)
    return [
        np.r_[i, np.arange(words[i].start, words[i].stop)] if i in words else np.array([i])
        for i in range(len(record["columns"]))
    ]


def _encode_text(column: Record, known: np.ndarray, counts: np.ndarray, out: np.ndarray) -> None:
    """A free text's words into their places."""
    out[:, : counts.shape[1]] = word_columns(column, counts)
    if column["missing"]:
        out[:, -1] = np.isnan(known)


def _word_places(record: Record) -> dict[int, slice]:
    """Where the counts of words of each free text stand among the raw inputs, by its column's number."""
    found, start = {}, len(record["columns"])
    for i, column in enumerate(record["columns"]):
        if column["kind"] == "text":
            found[i] = slice(start, start + len(column["words"]))
            start = found[i].stop
    return found


def _places(record: Record) -> list[tuple[Record, int, Any]]:
    """Every column with its raw place and its places among the encoded."""
    found, start = [], 0
    for i, column in enumerate(record["columns"]):
        stop = start + len(names_of_column(column))
        found.append((column, i, slice(start, stop)))
        start = stop
    return found


def names_of_column(column: Record) -> list[str]:
    """What each of the numbers of one column is."""
    name, absent = column["name"], [f"{column['name']} missing"] if column["missing"] else []
    if column["kind"] == "category":
        other = [f"{name}=(other)"] if column["kept"] < len(column["categories"]) else []
        return [f"{name}={category}" for category in column["categories"][: column["kept"]]] + other + absent
    if column["kind"] == "text":
        return [f"{name}: {word}" for word in column["words"]] + absent
    itself = [] if column.get("calendar") else number_names(column)
    return [*itself, *(date_names(name, column["hours"]) if column["kind"] == "date" else ()), *absent]


def names_out(record: Record) -> list[str]:
    """What each encoded column is.

    >>> column = {"name": "size", "kind": "number", "missing": True, "shift": 0.0, "scale": 1.0, "fill": 0.0}
    >>> names_out({"name": "table", "columns": [column]})
    ['size', 'size missing']
    """
    return [name for column, *_ in _places(record) for name in names_of_column(column)]


def width(record: Record) -> int:
    """How many numbers the network sees of an example."""
    return sum(len(names_of_column(column)) for column in record["columns"])
