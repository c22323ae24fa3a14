"""A forecast behind the past that it was made from, and how errors grow with the steps ahead."""

import numpy as np

from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Chart, Contour, Curve, Dots, Mark, Panel
from gradatim.explain.number_format import count, measure
from gradatim.explain.svg import shorten
from gradatim.problems.evidence import Forecast

LETTERS = 22  # of a target's name
HEIGHT = 0.6  # of a panel of width 1


def forecast_charts(
    found: Forecast, linear_ends: tuple[float, float] | None = None, title: str = ""
) -> Chart:
    """The last forecast and its interval; the mean absolute error of every step ahead, `linear_ends` those of
    the linear autoregression at the first step and the last.
    """
    return Chart(title, (_fan(found), _errors(found, linear_ends)), columns=2)


def _fan(found: Forecast) -> Panel:
    """Steps count from the last known one, which is 0."""
    H, L = len(found.predicted), len(found.past)
    before, ahead = np.arange(1 - L, 1), np.arange(1, H + 1)
    name = shorten(found.name, LETTERS)
    known = np.concatenate([found.past, found.true])
    marks: list[Mark] = [
        Contour(ahead, found.low), Contour(ahead, found.high),
        Curve("training", np.concatenate([before, ahead]), known, "true"),
        Curve("validation", ahead, found.predicted, "forecast"),
    ]  # fmt: skip
    every = np.concatenate([known, found.predicted, found.low, found.high]).tolist()
    inside = int(((found.low <= found.true) & (found.true <= found.high)).sum())
    words = (
        f"the last forecast of {name}, {count(H)} steps ahead, from {measure(float(found.predicted[0]))} to "
        f"{measure(float(found.predicted[-1]))}; {inside} of {H} true values lie in the 90 % interval"
    )
    return Panel(
        linear("steps from the last known value", [float(1 - L), float(H)]), linear(name, every),
        tuple(marks), words, HEIGHT,
    )  # fmt: skip


def _errors(found: Forecast, linear_ends: tuple[float, float] | None) -> Panel:
    H = len(found.mae)
    ahead = np.arange(1, H + 1)
    marks: list[Mark] = []
    values = found.mae.tolist()
    for series, (name, errors) in enumerate(
        (("last value", found.last_value), ("seasonal naive", found.seasonal)), 1
    ):
        if len(errors) == H:
            marks.append(Curve("class", ahead, errors, name, series))
            values += errors.tolist()
    if linear_ends is not None:
        marks.append(Dots("bin", np.array([1, H]), np.array(linear_ends)))
        values += list(linear_ends)
    marks.append(Curve("validation", ahead, found.mae, "network"))
    words = (
        f"mean absolute error by steps ahead: network {measure(float(found.mae[0]))} at 1 and "
        f"{measure(float(found.mae[-1]))} at {count(H)}"
    )
    return Panel(
        linear("steps ahead", [1.0, float(max(H, 2))]), linear("mean absolute error", [0.0, *values]),
        tuple(marks), words, HEIGHT,
    )  # fmt: skip
