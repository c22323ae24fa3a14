"""Dates and categories as the several numbers that a network sees of them."""

from typing import Any

import numpy as np

DAY = 86400.0
EARLIEST, LATEST = -6e10, 2.5e11  # the years 69 to 9892


def date_names(name: str, hours: bool) -> list[str]:
    """What the numbers of `date_columns` are."""
    cycles = ["year", "week", *(["day"] if hours else [])]
    return [f"{name} {wave} of {cycle}" for cycle in cycles for wave in ("sin", "cos")]


def date_columns(values: np.ndarray, hours: bool, out: np.ndarray) -> None:
    """Sine and cosine of the place in the year, in the week and, with `hours`, in the day; 0 when missing.

    So the 31st of December stands beside the 1st of January, and Sunday beside Monday.
    """
    present = ~np.isnan(values)
    moment = np.clip(values[present], EARLIEST, LATEST)
    days = np.floor(moment / DAY)
    dates = days.astype("datetime64[D]")
    of_year = (dates - dates.astype("datetime64[Y]")).astype(np.float64) / 365.25
    of_week = (days + 3) % 7 / 7  # the 1st of January 1970 was a Thursday
    for i, share in enumerate([of_year, of_week, *([moment % DAY / DAY] if hours else [])]):
        out[present, 2 * i] = np.sin(2 * np.pi * share)
        out[present, 2 * i + 1] = np.cos(2 * np.pi * share)


def category_columns(column: dict[str, Any], values: np.ndarray, out: np.ndarray) -> None:
    """One-hot columns into `out`, which is 0: the frequent, the rest if there is one, the missing."""
    kept, absent = column["kept"], np.isnan(values)
    frequent = ~absent & (values >= 0) & (values < kept)
    rows = np.flatnonzero(frequent)
    out[rows, values[rows].astype(np.int64)] = 1.0
    if kept < len(column["categories"]):
        out[~frequent & ~absent, kept] = 1.0
    if column["missing"]:
        out[absent, -1] = 1.0
