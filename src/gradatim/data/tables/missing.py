"""The texts that stand for a missing value."""

MISSING = frozenset(  # those of pandas, and what other programs and people write
    ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A",
     "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?", "-", "--", ".", "NaT", "(null)", "#NULL!",
     "#DIV/0!", "#VALUE!", "#REF!"]
)  # fmt: skip


def is_missing(text: str) -> bool:
    """Whether a text stands for a missing value.

    >>> is_missing("NA"), is_missing("Namibia")
    (True, False)
    """
    return text in MISSING
