"""The texts that stand for a missing value, and where they are texts after all."""

import re
from collections.abc import Collection

import numpy as np

from gradatim.data.tables.table import Column

WORDS = frozenset(  # what people also write as a value: Namibia, no basement, the minus class
    ["NA", "N/A", "n/a", "None", "NULL", "null", "?", "-", "--", "."]
)
MISSING = WORDS | frozenset(  # those of pandas, and what other programs and people write
    ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
     "NaN", "nan", "NaT", "(null)", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!"]
)  # fmt: skip
MARK = "\0"  # before a word in quotes; no table holds it otherwise


def is_missing(text: str) -> bool:
    """Whether a text stands for a missing value.

    >>> is_missing("NA"), is_missing("Namibia")
    (True, False)
    """
    return text in MISSING


def mark_quoted(content: bytes, delimiter: str) -> bytes:
    r"""The same text with a mark before each of `WORDS` that is a whole field in quotes.

    Within a quoted field every quote is doubled, so that no such field lies inside another.

    >>> mark_quoted(b'a,b\n"NA",NA\n', ",")
    b'a,b\n"\x00NA",NA\n'
    """
    border = re.escape(delimiter.encode())
    for word in WORDS if b'"' in content else ():
        field = b'"%s"' % word.encode()
        if field in content:
            whole = rb"%s(?<![^\n%s ]%s)(?= *(?:[\n%s]|$))" % (
                re.escape(field),
                border,
                re.escape(field),
                border,
            )
            content = re.sub(whole, b'"' + MARK.encode() + field[1:], content)
    return content


def text_column(
    codes: np.ndarray, known: dict[str, int], missing: Collection[str] | None = None, decimal: str = ""
) -> Column:
    """A column of texts from the numbers (N,) of `known` texts, −1 where there is none.

    The texts in `missing` are missing; without it, those in `MISSING` that have no mark, but for a minus that
    has a plus beside it.
    """
    words: dict[str, int] = {}
    through = np.full(len(known) + 1, -1, dtype=np.int32)
    texts: dict[str, int] = {}
    for text, code in known.items():
        plain = text.replace(MARK, "").strip()
        is_minus = text == "-" and "+" in known
        if plain in missing if missing is not None else text in MISSING and not is_minus:
            words[plain] = code
        else:
            through[code] = texts.setdefault(plain, len(texts))
    if words:
        words = {word: int((codes == code).sum()) for word, code in words.items()}
    if words or len(texts) < len(known):
        codes = through[codes]  # −1 finds the last, which is −1
    return Column("text", codes, tuple(texts), decimal=decimal, words=words)
