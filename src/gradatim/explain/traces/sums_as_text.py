"""Sums and products spelled out as a lecture writes them."""

from collections.abc import Iterable

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 4) -> str:
    """A number in at most so many significant digits, with a real minus sign.

    >>> number(-0.25), number(16.0), number(0.98201379), number(-0.0)
    ('−0.25', '16', '0.982', '0')
    """
    text = f"{value + 0.0:.{digits}g}" if abs(value) < 1 or value != int(value) else f"{int(value)}"
    return text.replace("-", "−")


def product_sum(terms: Iterable[tuple[float, ...]]) -> str:
    """Terms as products joined by their signs; a factor below 0 behind the first stands in brackets.

    >>> product_sum([(0.4, 0.5), (-0.2, 0.1), (3, -1)])
    '0.4·0.5 − 0.2·0.1 + 3·(−1)'
    """
    text = ""
    for first, *others in terms:
        sign = "−" if first < 0 else "+"
        factors = [number(abs(first)), *(f"({number(x)})" if x < 0 else number(x) for x in others)]
        lead = ("−" if first < 0 else "") if not text else f" {sign} "
        text += lead + "·".join(factors)
    return text or "0"


def short(value: float, digits: int = 4) -> str:
    """A number of any size in a few digits; far from 1 as a multiple of a power of ten.

    >>> short(2.65614e-05), short(13780.6), short(0.25), short(-1e300), short(0)
    ('2.656·10⁻⁵', '13,781', '0.25', '−1·10³⁰⁰', '0')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return number(value, digits)
    if 1e4 <= abs(value) < 1e9:
        return f"{value:,.0f}".replace("-", "−")
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{number(float(mantissa))}·10{str(int(exponent)).translate(RAISED)}"
