"""The calendar of future steps, which is known when a forecast is made: waves over day, week and year."""

import numpy as np

from gradatim.data.forecasting.time_step import DAY, HOUR, WEEK, TimeStep

YEAR = 365.2425 * DAY
WAVES = {"year": (YEAR, 2), "week": (WEEK, 2), "day": (DAY, 3)}  # periods in seconds, harmonics


def calendar_waves(step: TimeStep) -> list[tuple[str, int]]:
    """The waves, a period's name and a harmonic, that a series of this step is given.

        sin(2π k t/P), cos(2π k t/P)

    A year for steps up to a month, a week for steps up to a day, a day for those up to six hours.

    >>> calendar_waves(TimeStep("month", 1))
    [('year', 1), ('year', 2)]
    """
    if not step.is_date:
        return []
    shorter = {"year": 5 * WEEK, "week": DAY, "day": 6 * HOUR}
    return [
        (name, k)
        for name, (_, most) in WAVES.items()
        if step.seconds <= shorter[name]
        for k in range(1, most + 1)
    ]


def calendar_of(times: np.ndarray, step: TimeStep) -> np.ndarray:
    """The waves at times (S,) in seconds since 1970, (S, K)."""
    found = [np.zeros((0, len(times)))]
    for name, k in calendar_waves(step):
        angle = 2 * np.pi * k * times / WAVES[name][0]
        found.append(np.stack([np.sin(angle), np.cos(angle)]))
    return np.concatenate(found).T
