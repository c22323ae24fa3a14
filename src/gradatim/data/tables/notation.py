"""Numbers as people write them: thousands set apart, decimal commas, money, percent, parentheses.

A form says how a column writes its numbers, by an example and the sign beside it: `1,234.5 $`, `1.234,5 €`.
"""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

DECIMALS = {"1,234.5": ".", "1.234,5": ","}  # spaces and apostrophes part thousands in both
PERCENT = ("%", "‰")
CODES = (  # of money, which stand apart from the number
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KRW|MAD|MXN|MYR|"
    "NGN|NOK|NZD|PEN|PHP|PKR|PLN|QAR|RON|RSD|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|UAH|USD|VND|ZAR|kr|Kč|zł|Ft|lei|"
    "Rs|Fr|руб"
)
SPACE = "[ \u00a0\u2009\u202f]"
SIGN = r"(?:(?:US|CA|AU|NZ|HK|NT|MX|A|C|S|R)?\$|[¢£¥₠-⃀฿؋﷼%‰])"
CODE = rf"(?:{CODES})\.?"
MINUS = "[+\\-\u2212\u2013]"
WRITTEN = (
    rf"^(?P<open>\()?(?P<sign>{MINUS}?){SPACE}*(?P<before>{SIGN}|{CODE}{SPACE})?{SPACE}*(?P<within>\()?"
    rf"(?P<inner>{MINUS}?)(?P<digits>[0-9.,][0-9.,'’ \u00a0\u2009\u202f]*(?:[eE][+-]?[0-9]+)?)"
    rf"(?P<after>{SPACE}*{SIGN}|{SPACE}+{CODE})?(?P<close>\))?$"
)
NOTHING = rf"^({SIGN}){SPACE}*[-\u2013]$"  # a dash beside the sign is accounting's 0
LONGEST = 400  # characters of a number in another form: of longer texts the pattern would take very long
DIGIT = re.compile("[0-9]")
PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


@cache
def form_parts(form: str) -> tuple[str, str] | None:
    """The decimal mark and the sign of a form; None for what is no form.

    >>> form_parts("1.234,5 €"), form_parts("1,234.5"), form_parts("12")
    ((',', '€'), ('.', ''), None)
    """
    style, _, sign = form.partition(" ")
    if style not in DECIMALS or (sign and Notation([f"{sign}1", f"{sign} 1"]).signs != [sign]):
        return None
    return DECIMALS[style], sign


def digits_of(text: str) -> str | None:
    """The digits of a number in any form, with their marks; None for what is no number.

    >>> digits_of("$1,249.76"), digits_of("-1.5"), digits_of("1.2.3")
    ('1,249.76', '1.5', None)
    """
    if PLAIN.fullmatch(text):
        return text.lstrip("+-")
    found = re.match(WRITTEN, text) if len(text) <= LONGEST and DIGIT.search(text) else None
    if found is None:
        return None
    digits = re.sub(SPACE, " ", found["digits"]).replace("’", "'").strip()
    return digits if any(re.match(number_pattern(mark), digits) for mark in (".", ",")) else None


@cache
def number_pattern(decimal: str) -> str:
    """What the digits of a number look like, with thousands set apart or not; in India 12,34,567."""
    others = [mark for mark in (".", ",", " ", "'") if mark != decimal]
    grouped = [rf"[1-9][0-9]{{0,2}}(?:[{mark}][0-9]{{3}})+" for mark in others]
    grouped += [r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"] if decimal == "." else []
    exponent = "(?:[eE][+-]?[0-9]+)?"
    return (
        rf"^(?:(?:{'|'.join(grouped)})(?:[{decimal}][0-9]*)?"
        rf"|(?:[0-9]+(?:[{decimal}][0-9]*)?|[{decimal}][0-9]+){exponent})$"
    )


class Notation:
    """Texts (N,), each taken apart into its sign of money or percent and its digits with their marks."""

    def __init__(self, texts: Sequence[str]):
        import polars as pl

        frame = pl.DataFrame({"text": pl.Series(list(texts), dtype=pl.String)})
        text = pl.col("text").str.replace(NOTHING, "${1}0")
        part = frame.select(text.str.extract_groups(WRITTEN)).unnest("text")
        sign, inner, before, after, opens, within, closes = (
            pl.col(name).fill_null("").str.strip_chars()
            for name in ("sign", "inner", "before", "after", "open", "within", "close")
        )
        minus, parentheses = sign + inner, opens + within + closes
        plain = parentheses == ""
        fits = plain | ((parentheses == "()") & (minus == ""))
        fits &= ((sign == "") | (inner == "")) & ((before == "") | (after == ""))
        digits = pl.col("digits").str.replace_all(SPACE, " ").str.replace_all("’", "'").str.strip_chars()
        found = part.select(
            digits=pl.when(fits).then(digits), plain=plain, plus=minus == "+",
            negative=~plain | ~minus.is_in(["", "+"]), sign=(before + after).str.strip_chars_end("."),
        )  # fmt: skip
        self._digits = found["digits"]
        self.in_parentheses = ~found["plain"].to_numpy()
        self.plus, self._negative, self.sign = (
            found[name].to_numpy() for name in ("plus", "negative", "sign")
        )

    @property
    def signs(self) -> list[str]:
        """The signs of money and percent that stand beside a number."""
        return sorted(set(self.sign[self.are(".")]) - {""})

    @property
    def widths(self) -> np.ndarray:
        """How many digits each has, (N,); none for what is no number."""
        return self._digits.str.replace_all("[^0-9]", "").str.len_chars().fill_null(0).to_numpy()

    def are(self, pattern: str) -> np.ndarray:
        """Which of the texts have digits, with their marks, in which this pattern is found."""
        return self._digits.str.contains(pattern).fill_null(False).to_numpy()

    def values(self, decimal: str) -> np.ndarray:
        """Their numbers (N,) with this decimal mark, NaN where a text is none; whatever sign is beside it."""
        import polars as pl

        plain = self._digits.str.replace_all("[ '.]" if decimal == "," else "[ ',]", "")
        numbers = plain.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
        values = numbers.fill_null(np.nan).to_numpy()
        values = np.where(self.are(number_pattern(decimal)) & np.isfinite(values), values, np.nan)
        return np.where(self._negative, -values, values)
