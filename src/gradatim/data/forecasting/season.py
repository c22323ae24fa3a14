"""How long a season is, by the autocorrelation of a series, and how much of the past a window shows."""

from collections.abc import Sequence

import numpy as np

from gradatim.data.forecasting.calendar_inputs import YEAR
from gradatim.data.forecasting.time_step import DAY, WEEK, TimeStep

LEAST = 0.3  # autocorrelation of a season
LONGEST_WINDOW = 200  # steps
SHARE = 5  # a window shows at most a fifth of the rows that are learned from


def season_of(values: np.ndarray, usual: Sequence[int] = ()) -> int:
    """The steps of a season, by the autocorrelation of a series behind its first fall towards zero.

        r_k = (1/(n−k)) Σ_t (y_t − ȳ)(y_{t+k} − ȳ) / r_0,   a line fitted to y taken off first

    Of the seasons that are `usual` for its calendar the one with the highest r_k, where that is at least 0.3;
    else the highest peak of r, at least 0.3, of several within 0.05 the shortest; else the first usual one; 1
    where there is none. No lag counts beyond a third of the rows.

    >>> season_of(np.tile([5.0, 1.0, 1.0, 1.0], 12)), season_of(np.arange(20.0))
    (4, 1)
    """
    r = _autocorrelation(values, len(values) // 3)
    of_calendar = [k for k in usual if 2 <= k < len(r) - 1]
    otherwise = of_calendar[0] if of_calendar else 1
    below = np.flatnonzero(r < LEAST / 2)
    if not len(below):
        return otherwise
    best = max((k for k in of_calendar if k > below[0]), key=lambda k: r[k], default=0)
    if best and r[best] >= LEAST:
        return best
    lags = np.arange(max(int(below[0]), 2), len(r) - 1)
    peaks = lags[(r[lags] >= r[lags - 1]) & (r[lags] >= r[lags + 1]) & (r[lags] >= LEAST)]
    return int(peaks[r[peaks] >= r[peaks].max() - 0.05][0]) if len(peaks) else otherwise


def usual_seasons(step: TimeStep) -> tuple[int, ...]:
    """The seasons of a calendar in steps, the shortest first.

    >>> [usual_seasons(TimeStep("second", s)) for s in (3600, 86400, 604800)]
    [(24, 168), (7, 365), (52,)]
    >>> usual_seasons(TimeStep("month", 1))
    (12,)
    """
    if step.unit in ("month", "month end"):
        return (round(12 / step.size),) if 12 % step.size == 0 and step.size < 12 else ()
    whole = (round(one / step.seconds) for one in (DAY, WEEK, YEAR) if step.is_date)
    return tuple(k for k in whole if k > 1)[:2]


def _autocorrelation(values: np.ndarray, most: int) -> np.ndarray:
    """r_0 … r_{most + 1}; only r_0 of a series that is a line."""
    n = len(values)
    if most < 2:
        return np.ones(1)
    t = np.arange(n) - (n - 1) / 2
    y = values - values.mean()
    y = y - t * (t @ y) / (t @ t)
    if y @ y <= 1e-12 * max(float(values @ values), 1e-300):
        return np.ones(1)
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(y, size)
    r = np.fft.irfft(spectrum * spectrum.conj(), size)[: most + 2] / (n - np.arange(most + 2))
    return r / r[0]


def window_of(season: int, horizon: int, rows: int) -> int:
    """The steps that a window shows: a season and one more, at least the horizon's and one, of at most a
    fifth of the rows; where a season has more than 200 steps, two horizons.

    >>> window_of(12, 12, 144), window_of(365, 24, 3650), window_of(1, 1, 20)
    (13, 49, 4)
    """
    long = max(season, horizon) + 1 if season < LONGEST_WINDOW else 2 * horizon + 1
    return max(min(max(long, 8), rows // SHARE), 1)
