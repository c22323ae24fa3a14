"""Numbers as a reader wants them."""

from collections.abc import Callable
from typing import SupportsFloat

SPACE = "\u202f"  # narrow, and no line breaks at it
LARGE = 1e12  # from there on a power of ten is easier to read
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def count(number: float) -> str:
    """A whole number, with commas from five digits on: a year has none.

    >>> count(2026), count(16640), count(-1706775.2)
    ('2026', '16,640', '−1,706,775')
    """
    digits = f"{number:,.0f}"
    return _signed(digits if len(digits.lstrip("-")) > 5 else digits.replace(",", ""))


def percent(share: float, decimals: int = 1) -> str:
    r"""A share of one; it never says 0 % or 100 % of what is neither. An explained share may be below 0.

    >>> percent(0.9814), percent(0.99999), percent(1)
    ('98.1\u202f%', '>\u202f99.9\u202f%', '100\u202f%')
    >>> percent(-0.304), percent(-0.0001), percent(-2.0, 0)
    ('−30.4\u202f%', '>\u202f−0.1\u202f%', '−200\u202f%')
    """
    least = 10.0**-decimals
    if share < 0:
        below = f"−{max(-100 * share, least):.{decimals}f}{SPACE}%"
        return below if -100 * share >= least / 2 else f">{SPACE}{below}"
    if share in (0, 1):
        return f"{share:.0%}".replace("%", f"{SPACE}%")
    if 100 * share < least / 2:
        return f"<{SPACE}{least:.{decimals}f}{SPACE}%"
    if 100 * share >= 100 - least / 2:
        return f">{SPACE}{100 - least:.{decimals}f}{SPACE}%"
    return f"{100 * share:.{decimals}f}{SPACE}%"


def hundredths(share: float | None) -> str:
    """A share of one as a whole per cent without the sign, for tables; a dash where there is none.

    >>> hundredths(0.974), hundredths(0.9999), hundredths(0.0001), hundredths(None)
    ('97', '99', '1', '–')
    """
    if share is None:
        return "–"
    return str(round(100 * share) if share in (0, 1) else min(max(round(100 * share), 1), 99))


def exponent(number: float) -> int:
    """The power of ten of the first digit; 16 digits tell a number from a power of ten, and a 17th would show
    10⁻⁶ as what is stored for it, 9.9999999999999995·10⁻⁷.

    >>> exponent(1000), exponent(0.99999999999999), exponent(1e-6)
    (3, -1, -6)
    """
    return int(f"{abs(number):.15e}".split("e")[1])


def scientific(number: float, power: int, decimals: int) -> str:
    """A number as a multiple of a power of ten.

    >>> scientific(0.000012, -5, 1)
    '1.2·10⁻⁵'
    """
    return _signed(f"{number / 10.0**power:.{decimals}f}·{ten(power)}")


def measure(value: object, digits: int = 4) -> str:
    """So many digits of a number, of a large one all before the point; anything else as it is.

    >>> measure(0.0620517), measure(-1.25e-7), measure("red"), measure(12.0), measure(96638.19)
    ('0.06205', '−1.25·10⁻⁷', 'red', '12', '96,638')
    """
    if isinstance(value, bool | str) or not isinstance(value, SupportsFloat):
        return str(value)
    number = float(value)
    if abs(number) < LARGE and (number.is_integer() or abs(number) >= 1000):
        return count(number)
    mantissa, e, power = f"{number:.{digits}g}".partition("e")
    return _signed(f"{mantissa}·{ten(int(power))}" if e else mantissa)


def duration(seconds: float) -> str:
    r"""Seconds, or minutes and seconds, or hours and minutes.

    >>> duration(0.34), duration(134), duration(7260)
    ('0.34\u202fs', '2\u202fmin 14\u202fs', '2\u202fh 1\u202fmin')
    """
    if seconds < 9.95:
        return f"{seconds:.2g}{SPACE}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{SPACE}s"
    if whole < 3600:
        return f"{whole // 60}{SPACE}min {whole % 60}{SPACE}s"
    return f"{whole // 3600}{SPACE}h {whole % 3600 // 60}{SPACE}min"


def measure_name(name: str) -> str:
    """A measure's name as a reader knows it.

    >>> measure_name("rmse"), measure_name("top_5_accuracy"), measure_name("r2"), measure_name("bleu_4")
    ('RMSE', 'top-5 accuracy', 'R²', 'BLEU-4')
    """
    first, _, rest = name.partition(" ")
    if rest:  # of one of several tasks, or the mean over them
        return f"mean {measure_name(rest)}" if first == "mean" else f"{measure_name(first)} {rest}"
    known = {
        "auc": "AUC", "rmse": "RMSE", "mae": "MAE", "r2": "R²", "top_5_accuracy": "top-5 accuracy",
        "chrf": "chrF", "boundary_f": "boundary F", "map": "mAP", "map_50": "mAP 50",
    }  # fmt: skip
    if name.startswith("ap("):
        return f"AP{name[2:]}"
    if name.startswith("bleu"):
        return name.replace("bleu", "BLEU").replace("_", "-")
    return known.get(name, name.replace("_", " ").replace("iou", "IoU").replace("v rand", "V_rand"))


def ten(power: int) -> str:
    """A power of ten.

    >>> ten(-5)
    '10⁻⁵'
    """
    return "10" + str(power).translate(_RAISED)


def _signed(digits: str) -> str:
    """The sign of a number below 0 as a minus, not a hyphen."""
    return digits.replace("-", "−")


def heading(name: str) -> str:
    """A measure's name above a column, where BLEU-4 is not broken at its hyphen."""
    return measure_name(name).replace("BLEU-", "BLEU\u2011")


FILTERS: dict[str, Callable[..., str]] = {
    "count": count, "percent": percent, "hundredths": hundredths, "measure": measure, "duration": duration,
    "called": heading,
}  # fmt: skip
