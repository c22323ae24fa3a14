"""Windows of the past of series, and the steps ahead that are forecast from them."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.forecasting.season import season_of, usual_seasons, window_of
from gradatim.data.forecasting.series_table import SeriesColumns, SeriesRows
from gradatim.data.forecasting.time_step import TimeStep, time_text
from gradatim.data.question import Question
from gradatim.data.splits import Splits

ORIGINS = 5  # from which the test part forecasts at least, where the series is long enough
CALIBRATION = 2  # horizons that the validation part has at least


@dataclass(frozen=True, repr=False)
class ForecastWindows:
    """Origins in series: at each of them `lags` steps of the past are seen, `horizon` steps are forecast.

        x_i = (y_{t−L}, …, y_{t−1}) and what else is known at t = origins[i];   y_i = (y_t, …, y_{t+H−1})

    `series` are the rows, which all parts of a split share; a window never crosses from one series to the
    next, and no step that was filled in is a target.
    """

    layout: ClassVar[str] = "rows"
    unit: ClassVar[str] = "forecasts"
    judged_on: ClassVar[str] = "test"
    read_by: ClassVar[str] = "forecast"
    form: ClassVar[str] = "forecasts"
    encoder: ClassVar[str] = "forecast"
    only_own: ClassVar[str] = ""
    features: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple] = ()
    classes: ClassVar[tuple] = ()
    weights = groups = times = official_test = official_valid = None
    task: ClassVar[str] = "forecasting"

    series: SeriesRows
    of: SeriesColumns
    origins: np.ndarray
    lags: int
    horizon: int
    season: int
    has_target: bool = True
    name: str = "data"
    source: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.origins)

    def __repr__(self) -> str:
        return f"ForecastWindows({self.name!r}, {len(self)} of {self.lags} steps, {self.horizon} ahead)"

    @property
    def shape(self) -> tuple[int, ...]:
        """The steps of the past that a window shows."""
        return (self.lags,)

    @property
    def targets(self) -> tuple[str, ...]:
        """The column that is forecast."""
        return (self.of.target,)

    @property
    def question(self) -> Question:
        """The target so many steps ahead."""
        return Question(self.task, tuple(f"{self.of.target} +{h}" for h in range(1, self.horizon + 1)))

    @property
    def y(self) -> np.ndarray | None:
        """The targets, (N, H); None where they are not known yet."""
        return self.series.target[self.ahead()] if self.has_target else None

    @property
    def strata(self) -> None:
        """The parts are parts of time."""

    def past(self) -> np.ndarray:
        """The rows of each window, (N, L)."""
        return self.origins[:, None] + np.arange(-self.lags, 0)

    def ahead(self) -> np.ndarray:
        """The rows that each forecast is of, (N, H)."""
        return self.origins[:, None] + np.arange(self.horizon)

    def take(self, rows: np.ndarray) -> "ForecastWindows":
        """The windows of these numbers."""
        return replace(self, origins=self.origins[rows])

    def asking(self, question: Question, targets: tuple[str, ...]) -> "ForecastWindows":
        """The same: what it asks is in it."""
        return self

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the series, of what its columns are and of the horizon."""
        rows = self.series
        digest = sha256(repr((self.of.as_dict(), self.horizon, rows.names, rows.step)).encode())
        for part in (rows.target, rows.observed, rows.inputs, rows.times, rows.offsets):
            part = np.ascontiguousarray(part)
            digest.update(f"{part.dtype.str}{part.shape}".encode())
            digest.update(part.data.cast("B") if part.size else b"")
        return digest.hexdigest()

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """Forecasts by their series, the time of their first step, and the last values before it."""
        is_date, shown = self.series.step.is_date, max(1, most - 2)
        found = []
        for origin in self.origins[np.asarray(rows, int)]:
            number = int(np.searchsorted(self.series.offsets, origin, "right")) - 1
            name = self.series.names[number]
            values: dict[str, Any] = {"series": name} if name else {}
            values["from"] = time_text(self.series.times[origin], is_date)
            last = self.series.target[max(origin - min(shown, self.lags), 0) : origin][::-1]
            values |= {f"{k} before": float(value) for k, value in enumerate(last, 1)}
            found.append((None, values, ""))
        return found


def windows_of(
    series: SeriesRows, of: SeriesColumns, horizon: int, name: str, like: ForecastWindows | None = None
) -> ForecastWindows:
    """Every window of the series whose steps ahead are all known.

    How much of the past a window shows, and what a season is, is decided by the first half of the longest
    series, which is never tested on; or as in the windows `like` these.

    Raises UsageError where no series is long enough for one.
    """
    lengths = series.ends - series.offsets[:-1]
    if like is not None:
        lags, season = like.lags, like.season
    else:
        longest = int(lengths.argmax())
        first = int(series.offsets[longest])
        half = series.target[first : first + max(int(lengths[longest]) // 2, 1)]
        season = season_of(half, usual_seasons(series.step))
        lags = window_of(season, horizon, int(lengths[longest]))
    origins = []
    for start, end in zip(series.offsets[:-1], series.ends, strict=True):
        there = np.arange(start + lags, end - horizon + 1)
        missing = np.concatenate([[0], np.cumsum(~series.observed[start:end])])
        origins.append(there[missing[there + horizon - start] == missing[there - start]])
    found = np.concatenate(origins)
    if not len(found):
        rows = int(lengths.max())
        least = lags + horizon
        raise UsageError(
            f"--horizon {horizon} is too long: a forecast needs {least} steps, {lags} to look at and "
            f"{horizon} ahead, and the longest series of {name} has {rows}"
            + (" without a gap ahead" if rows >= least else "")
        )
    return ForecastWindows(series, of, found, lags, horizon, season, True, name, notices=series.notices)


def divide_by_time(examples: ForecastWindows, valid: float, test: float) -> Splits:
    """The last steps to test, those before them to validate: no target is in two parts.

    `test` and `valid` are shares of the steps in time; a test part has room for five origins at least, a
    validation part for two horizons, or a third of what is left. Every window belongs to the part that all
    its targets lie in; one whose targets lie in two parts belongs to none.

    Raises UsageError where no window is left to train on.
    """
    rows, H = examples.series, examples.horizon
    known = np.concatenate([np.arange(a, b) for a, b in zip(rows.offsets[:-1], rows.ends, strict=True)])
    moments = np.unique(rows.times[known])
    n = len(moments)
    tested = max(round(test * n), H + ORIGINS - 1) if test else 0
    rest = n - tested
    checked = max(round(valid * rest), min(CALIBRATION * H, rest // 3)) if valid else 0
    first = rows.times[examples.origins]
    last = rows.times[examples.origins + H - 1]

    def cut(place: int) -> float:
        return float(moments[place]) if 0 <= place < n else (np.inf if place >= n else -np.inf)

    late, later = cut(n - tested - checked), cut(n - tested)
    chosen = [last < late, (first >= late) & (last < later), first >= later]
    if not chosen[0].any():
        raise UsageError(
            f"{examples.name} is too short for --horizon {H}: {n} steps in time leave none to learn from "
            f"beside {checked} to validate and {tested} to test; give more rows or a shorter horizon"
        )
    train, *others = [examples.take(np.flatnonzero(part)) if part.any() else None for part in chosen]
    return Splits(train, *others)


def windows_ahead(series: SeriesRows, like: ForecastWindows, name: str) -> ForecastWindows:
    """The one window of each series behind which there is no target any more, with room for the steps ahead.

    Raises UsageError for a series that is too short to look at, and where an input whose future is known is
    not known far enough.
    """
    L, H, of = like.lags, like.horizon, like.of
    parts = []
    for i, (start, end) in enumerate(zip(series.offsets[:-1], series.ends, strict=True)):
        called = f"the series {series.names[i]!r}" if series.names[i] else name
        if end - start < L:
            raise UsageError(f"{called} has {end - start} rows; a forecast looks at the last {L}")
        for k, one in enumerate(of.inputs):
            reach = int(series.reach[i, k] - end)
            if one.name in of.known and reach < H:
                raise UsageError(
                    f"the column {one.name!r} of {called} ends {max(reach, 0)} rows behind the last value of "
                    f"{of.target!r}; a forecast of {H} steps needs {H} rows in which {of.target!r} is empty"
                )
        there = np.arange(end - L, min(end + H, int(series.offsets[i + 1])))
        more = L + H - len(there)
        times = series.step.after(float(series.times[there[-1]]), more) if more else np.zeros(0)
        parts.append((
            np.append(series.target[there], np.full(more, np.nan)),
            np.append(series.observed[there], np.zeros(more, bool)),
            np.concatenate([series.inputs[there], np.full((more, len(of.inputs)), np.nan)]),
            np.append(series.times[there], times),
        ))  # fmt: skip
    offsets = np.arange(len(parts) + 1) * (L + H)
    target, observed, inputs, times = (np.concatenate([part[k] for part in parts]) for k in range(4))
    rows = replace(
        series, target=target, observed=observed, inputs=inputs, times=times, offsets=offsets,
        ahead=np.full(len(parts), H),
    )  # fmt: skip
    return ForecastWindows(
        rows, of, offsets[:-1] + L, L, H, like.season, False, name, notices=series.notices
    )  # fmt: skip


def empty_windows(
    of: SeriesColumns, lags: int, horizon: int, season: int, step: TimeStep, names: tuple[str, ...] = ()
) -> ForecastWindows:
    """No window, of series with these columns, and the names of those that were learned from."""
    none = np.zeros(0)
    rows = SeriesRows(
        none, none.astype(bool), np.zeros((0, len(of.inputs))), none, np.zeros(1, int), np.zeros(0, int),
        np.zeros((0, len(of.inputs)), int), names, step,
    )  # fmt: skip
    return ForecastWindows(rows, of, np.zeros(0, int), lags, horizon, season, has_target=False)
