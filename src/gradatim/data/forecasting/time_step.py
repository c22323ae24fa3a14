"""The step between the rows of a series: found, checked, and taken again beyond the last row."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.tables.table import format_value

MINUTE, HOUR, DAY, WEEK = 60.0, 3600.0, 86400.0, 604800.0
SHORTEST_MONTH = 28 * DAY
CLOSE = 1e-6  # of a step: how far a row may be from its place
NAMES = ((WEEK, "week"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1.0, "second"))
FORMS = tuple(  # in which a file may write its times
    day + hour
    for day in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m")
    for hour in ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", "T%H:%M:%SZ")
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TimeStep:
    """So many units of time: of "second", "month" (or "month end"), or of a plain "number".

    >>> TimeStep("month", 1).words, TimeStep("second", 7200).words, TimeStep("number", 1).words
    ('1 month', '2 hours', '1')
    """

    unit: str
    size: float

    @property
    def is_date(self) -> bool:
        """Whether the times are dates, which have a calendar."""
        return self.unit != "number"

    @property
    def seconds(self) -> float:
        """About how many seconds it has; 0 of a plain number."""
        return {"second": self.size, "number": 0.0}.get(self.unit, self.size * 30 * DAY)

    @property
    def words(self) -> str:
        """The step as a person says it."""
        if self.unit == "number":
            return f"{self.size:g}"
        if self.unit != "second":
            return _several(self.size, "month")
        each, name = next((one for one in NAMES if self.size % one[0] == 0), NAMES[-1])
        return _several(self.size / each, name)

    def places(self, times: np.ndarray) -> np.ndarray:
        """How many steps each time (N,) lies behind the first."""
        if self.unit in ("month", "month end"):
            months = _months(times)
            return (months - months[0]) / self.size
        return (times - times[0]) / self.size

    def after(self, time: float, count: int) -> np.ndarray:
        """The times of the `count` rows that follow one at `time`."""
        steps = np.arange(1, count + 1)
        if self.unit in ("month", "month end"):
            return np.array([_month_later(time, int(k * self.size), self.unit) for k in steps])
        return time + steps * self.size


def step_of(times: np.ndarray, is_date: bool, name: str) -> TimeStep:
    """The step of a series whose rows stand at these rising times (N,), the commonest there is.

    Raises UsageError where the times repeat, or are not whole steps apart.
    """
    if len(times) < 2:
        return TimeStep("second", DAY) if is_date else TimeStep("number", 1.0)
    unit = _month_unit(times) if is_date else ""
    marks = _months(times).astype(np.float64) if unit else times
    apart = np.diff(marks)
    sizes, counts = np.unique(np.round(apart, 6), return_counts=True)
    size = float(sizes[int(counts.argmax())])
    found = TimeStep(unit or ("second" if is_date else "number"), size)
    whole = apart / size
    odd = np.flatnonzero(np.abs(whole - np.round(whole)) > CLOSE)
    if len(odd):
        k = int(odd[0])
        other = TimeStep(found.unit, float(apart[k])).words
        raise UsageError(
            f"{name} mixes frequencies: most rows are {found.words} apart, but the row at "
            f"{time_text(times[k + 1], is_date)} comes {other} after the one before it; "
            "give a table of one frequency"
        )
    return found


def time_text(time: float, is_date: bool) -> str:
    """A time as a person writes it."""
    return format_value(float(time), "date" if is_date else "number")


def form_of(text: str, time: float) -> str | None:
    """The form in which a file writes a time as this text; None for one that is not known.

    >>> form_of("1949-02", -660009600.0), form_of("2.1.1970", 86400.0)
    ('%Y-%m', None)
    """
    moment = EPOCH + timedelta(seconds=float(time))
    return next((form for form in FORMS if moment.strftime(form) == text.strip()), None)


def written_times(times: np.ndarray, is_date: bool, like: tuple[str, float] | None) -> list[str]:
    """Times as a file writes them, `like` one of its texts and the time that it stands for."""
    form = form_of(*like) if is_date and like is not None else None
    if form is None:
        return [time_text(time, is_date) for time in times]
    return [(EPOCH + timedelta(seconds=float(time))).strftime(form) for time in times]


def _several(count: float, name: str) -> str:
    return f"{count:g} {name}{'' if count == 1 else 's'}"


def _dates(times: np.ndarray, unit: str) -> Any:
    return np.asarray(times, np.float64).astype("datetime64[s]").astype(f"datetime64[{unit}]")


def _months(times: np.ndarray) -> np.ndarray:
    return _dates(times, "M").astype(np.int64)


def _month_unit(times: np.ndarray) -> str:
    """The unit of rows that stand at one day of their months, or at the last of them; else nothing."""
    if np.diff(times).min() < SHORTEST_MONTH:
        return ""
    starts = _dates(times, "M").astype("datetime64[s]").astype(np.float64)
    within = times - starts
    if (within == within[0]).all():
        return "month"
    ends = (_dates(times, "M") + 1).astype("datetime64[s]").astype(np.float64) - times
    return "month end" if (ends == ends[0]).all() else ""


def _month_later(time: float, months: int, unit: str) -> float:
    moment = EPOCH + timedelta(seconds=float(time))
    number = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(number, 12)
    last = monthrange(year, month + 1)[1]
    day = last if unit == "month end" else min(moment.day, last)
    return (moment.replace(year=year, month=month + 1, day=day) - EPOCH).total_seconds()
