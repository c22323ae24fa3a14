"""Dates in the forms people write them, as seconds since 1970 (UTC where no zone is given)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

TIME = (
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<fraction>\.\d+)?)?"
    r" ?(?P<half>[AaPp][Mm])? ?(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
YEAR = r"(?P<year>\d{4})"
PATTERNS = tuple(
    re.compile(pattern + TIME)
    for pattern in (
        YEAR + r"[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        YEAR + r"-(?P<month>\d{2})",
        r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -]" + MONTH + r"[ ,-]{1,2}(?P<year>\d{4}|\d{2})",
        MONTH + r" (?P<day>\d{1,2})(?:st|nd|rd|th)?,? " + YEAR,
    )
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_FIRST, MONTH_FIRST = "day first", "month first"
FORMS = ("", DAY_FIRST, MONTH_FIRST)
SAMPLE = 200


def date_form(texts: Sequence[str]) -> str | None:
    """How these different texts write dates, or None when most of them write none.

    01/02/2024 is decided by the column: a first number above 12 somewhere makes it day first, a second one
    month first; where nothing decides, 01/02 is month first and 01.02. and 01-02 day first.

    >>> date_form(["01/02/2024", "31/12/2023"]), date_form(["2024-01-31"]), date_form(["a", "b"])
    ('day first', '', None)
    """
    some = [texts[i] for i in np.linspace(0, len(texts) - 1, min(len(texts), SAMPLE)).astype(int)]
    if sum(
        seconds(text, MONTH_FIRST) is not None or seconds(text, DAY_FIRST) is not None for text in some
    ) < (0.9 * len(some)):
        return None
    return day_or_month(texts)[0]


def day_or_month(texts: Sequence[str]) -> tuple[str, bool]:
    """Whether day or month stands first in dates such as 01/02/2024, and whether that is only a guess.

    >>> day_or_month(["01/02/2024"]), day_or_month(["01/02/2024", "31/12/2023"]), day_or_month(["2024-01-31"])
    (('month first', True), ('day first', False), ('', False))
    """
    found = [match for text in texts if (match := PATTERNS[2].fullmatch(text))]
    if not found:
        return "", False
    if any(int(match["one"]) > 12 for match in found):
        return DAY_FIRST, False
    if any(int(match["two"]) > 12 for match in found):
        return MONTH_FIRST, False
    guess = any(match["one"] != match["two"] for match in found)
    return MONTH_FIRST if found[0]["mark"] == "/" else DAY_FIRST, guess


def dates_of(texts: Sequence[str], form: str) -> np.ndarray:
    """Seconds since 1970 of every text, NaN for what is no date."""
    found = (seconds(text, form) for text in texts)
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)


def seconds(text: str, form: str) -> float | None:
    """Seconds since 1970 of one text; None when it is no date.

    >>> seconds("2 Jan 1970", "") == seconds("1970-01-02", "") == seconds("02.01.70", "day first") == 86400.0
    True
    """
    for pattern in PATTERNS:
        if match := pattern.fullmatch(text):
            try:
                return _moment(match.groupdict(), form)
            except (ValueError, OverflowError):  # the 31st of February
                return None
    return None


def _moment(part: dict[str, str | None], form: str) -> float:
    year = int(part["year"] or 0)
    if year < 100 and len(part["year"] or "") == 2:
        year += 1900 if year >= 69 else 2000  # as POSIX reads two digits
    if part.get("one"):
        one, two = int(part["one"] or 0), int(part["two"] or 0)
        day, month = (one, two) if form == DAY_FIRST else (two, one)
    else:
        day = int(part.get("day") or 1)
        name = part.get("name")
        month = MONTHS.index(name[:3].lower()) + 1 if name else int(part["month"] or 1)
    hour = int(part["hour"] or 0)
    if part["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if part["half"].lower() == "pm" else 0)
    zone = UTC if part["zone"] in (None, "Z", "UTC") else _zone(part["zone"] or "")
    moment = datetime(year, month, day, hour, int(part["minute"] or 0), int(part["second"] or 0), tzinfo=zone)
    return (moment - EPOCH).total_seconds() + float(part["fraction"] or 0)


def _zone(text: str) -> timezone:
    away = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-away if text[0] == "-" else away)
