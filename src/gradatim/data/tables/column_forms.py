"""What the record of a table's encoder holds, column by column."""

from typing import Any

from gradatim.checks import GradatimError
from gradatim.data.tables.encoding_names import ENCODINGS, NUMBERS
from gradatim.data.tables.inputs import KINDS
from gradatim.record_checks import (
    COUNT,
    NUMBER,
    TEXT,
    TRUTH,
    Entries,
    ListOf,
    Maybe,
    Value,
    is_number,
    one_in,
    require,
)

TEXTS = ListOf(TEXT)
INPUT = Entries(
    {"name": TEXT, "kind": one_in(KINDS), "categories": TEXTS, "missing_values": Maybe(TEXTS), "form": TEXT,
     "calendar": TRUTH, "missing": TRUTH, "encoding": one_in(ENCODINGS)},
    optional=("categories", "missing_values", "form", "calendar", "missing", "encoding"),
)  # fmt: skip
COLUMN = Entries({"missing": TRUTH})
RECORD = Entries(
    {"columns": ListOf(INPUT), "numbers": one_in(NUMBERS), "target_columns": ListOf(INPUT)},
    optional=("target_columns",),
)
POSITIVE = Value("a finite number above 0", lambda v: is_number(v) and v > 0)
NOT_ZERO = Value("a finite number other than 0", lambda v: is_number(v) and v != 0)
BY_KIND = {
    "number": Entries({}),
    "boolean": Entries({}),
    "date": Entries({"hours": TRUTH}),
    "category": Entries({"categories": ListOf(TEXT, distinct=True), "kept": COUNT}),
    "text": Entries({"words": ListOf(TEXT, distinct=True), "idf": ListOf(NUMBER)}),
}
SCALER = Entries({"scaler": one_in(ENCODINGS), "fill": NUMBER})
AFFINE = {"shift": NUMBER, "scale": NOT_ZERO, "limit": POSITIVE}
BOUNDS = {"bounds": ListOf(NUMBER, at_least=2)}  # of combined numbers
BY_SCALER = {
    "quantile": Entries({"quantiles": ListOf(NUMBER, at_least=2), **BOUNDS}, optional=("bounds",)),
    "standard": Entries({**AFFINE, **BOUNDS}, optional=("limit", "bounds")),
    "robust": Entries(AFFINE, optional=("limit",)),  # earlier versions had none
    "piecewise": Entries({**AFFINE, "edges": ListOf(NUMBER, at_least=2)}),
    "periodic": Entries({**AFFINE, "frequencies": ListOf(NUMBER, at_least=1)}),
}


def check_columns(record: dict[str, Any]) -> None:
    """GradatimError naming the entry of a table's record that cannot be, or does not fit another."""
    RECORD.check(record, "encoder")
    names = set()
    for place, column in enumerate(record["columns"]):
        entry = f"encoder.columns[{place}]"
        COLUMN.check(column, entry)
        _check_column(column, entry)
        if column["name"] in names:
            raise GradatimError(f"{entry}.name must be another than those of the columns before it")
        names.add(column["name"])


def _check_column(column: dict[str, Any], entry: str) -> None:
    kind = column["kind"]
    BY_KIND[kind].check(column, entry)
    if kind in ("number", "date") and not column.get("calendar"):
        SCALER.check(column, entry)
        BY_SCALER[column["scaler"]].check(column, entry)
        if "piecewise" in column:
            Entries({}).check(column["piecewise"], f"{entry}.piecewise")
            _check_column({**column["piecewise"], "kind": "number"}, f"{entry}.piecewise")
        bounds = column.get("bounds", [0.0, 0.0])
        require(len(bounds) == 2, f"{entry}.bounds", "two numbers", bounds)
        for name in ("quantiles", "edges", "bounds"):
            values = column.get(name, [])
            require(values == sorted(values), f"{entry}.{name}", "in rising order", values)
    if kind == "category":
        most = len(column["categories"])
        require(column["kept"] <= most, f"{entry}.kept", f"at most {most}, the categories", column["kept"])
    if kind == "text":
        words = len(column["words"])
        require(len(column["idf"]) == words, f"{entry}.idf", f"{words} numbers, as the words", column["idf"])
    elif "words" in column:
        raise GradatimError(f"{entry}.words is only of a text")
