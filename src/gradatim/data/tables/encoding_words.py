"""What a fitted column becomes for the network, in words."""

from typing import Any

from gradatim.data.tables.kinds import count_text

Record = dict[str, Any]
SCALED = {
    "standard": "standardised (mean {shift}, deviation {scale})",
    "robust": "(x − {shift})/{scale}, of median and quartiles",
    "quantile": "normal score of its rank",
    "piecewise": "(x − {shift})/{scale} bent towards ±3, and its place in {bins}",
    "periodic": "(x − {shift})/{scale} bent towards ±3, and {waves} sines and cosines",
}


def encoding_in_words(column: Record) -> str:
    """How one column of the record becomes numbers.

    >>> column = {"name": "town", "kind": "category", "categories": ["a", "b"], "kept": 2, "missing": True}
    >>> encoding_in_words(column)
    'one-hot: 2 categories, and one number that says missing'
    """
    words = WORDS[column["kind"]](column)
    if not column["missing"]:
        return words
    filled = f", missing as {_brief(column['fill'])}" if column["kind"] == "number" else ""
    return f"{words}{filled}, and one number that says missing"


def _number(column: Record) -> str:
    by: dict[str, str] = {name: _brief(column[name]) for name in ("shift", "scale") if name in column}
    by["bins"] = count_text(len(column.get("edges", ())) - 1, "bin")
    by["waves"] = str(2 * len(column.get("frequencies", ())))
    words = SCALED[column["scaler"]].format(**by)
    if "limit" in column and column["scaler"] == "robust":
        words += ", bent towards ±3"
    if "bounds" in column and column["scaler"] == "standard":
        words += ", kept within {} and {}".format(*map(_brief, column["bounds"]))
    return f"{words}; beside it {_number(column['piecewise'])}" if "piecewise" in column else words


def _brief(number: float) -> str:
    return f"{number:,.0f}" if 10_000 <= abs(number) < 1e12 else f"{number:.4g}"


def _category(column: Record) -> str:
    kept, every = column["kept"], len(column["categories"])
    rest = "" if kept == every else f", and one for the {every - kept:,} rarer ones"
    return f"one-hot: {kept:,} {'category' if kept == 1 else 'categories'}{rest}"


def _date(column: Record) -> str:
    cycles = ["year", "week", *(["day"] if column["hours"] else [])]
    place = f"sine and cosine of its place in the {' and the '.join(cycles)}"
    return place if column.get("calendar") else f"the day, standardised, and {place}"


def _text(column: Record) -> str:
    return f"tf-idf of {len(column['words']):,} words"


WORDS = {
    "number": _number, "boolean": lambda column: "−1 or 1", "category": _category, "date": _date,
    "text": _text,
}  # fmt: skip
