"""What Gaussian processes say of several tasks' functions: each alone, and with the others."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Band, Caption, Chart, Curve, Dots, Mark, Panel
from gradatim.explain.number_format import count, measure

Z = 1.959963984540054  # of 95 % of a Gaussian
HEIGHT = 0.52  # of a panel of width 1


class TaskPosterior(NamedTuple):
    """A function at places x (n,): the true one, its mean and deviation; what was seen, (k,) and (k,)."""

    task: str
    way: str  # in which it learns from the others
    x: np.ndarray
    truth: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    seen_x: np.ndarray
    seen_y: np.ndarray

    @property
    def rmse(self) -> float:
        """How far the mean is from the truth."""
        return float(np.sqrt(np.mean((self.mean - self.truth) ** 2)))

    @property
    def low(self) -> np.ndarray:
        """The lower end of the interval that holds 95 %."""
        return self.mean - Z * self.std

    @property
    def high(self) -> np.ndarray:
        """Its upper end."""
        return self.mean + Z * self.std


def task_posterior_chart(found: Sequence[TaskPosterior], title: str = "") -> Chart:
    """A panel for each, a row a task and a column a way; the axis of values is a task's in both ways."""
    ways = list(dict.fromkeys(one.way for one in found))
    panels = []
    for one in found:
        same = [other for other in found if other.task == one.task]
        values = np.concatenate([np.concatenate([o.low, o.high, o.truth, o.seen_y]) for o in same])
        panels.append(_panel(one, values.tolist(), key=one.task == found[0].task))
    return Chart(title, tuple(panels), columns=len(ways))


def _panel(one: TaskPosterior, values: list[float], key: bool) -> Panel:
    """One function; `key`: whether it says what the lines are."""
    inside = float(np.mean((one.low <= one.truth) & (one.truth <= one.high)))
    words = (
        f"{one.task}, {one.way}: {count(len(one.seen_x))} targets, root mean squared error "
        f"{measure(one.rmse, 2)}, {inside:.0%} of the function inside the 95 % band"
    )
    marks: list[Mark] = [
        Band(one.x, one.low, one.high),
        Curve("training", one.x, one.truth), Curve("validation", one.x, one.mean),
        Dots("bin", one.seen_x, one.seen_y),
        Caption(f"{one.way}: RMSE {measure(one.rmse, 2)}"),
        *([Caption("solid: true, dashed: mean, shaded: 95 %")] if key else []),
    ]  # fmt: skip
    return Panel(linear("x", one.x.tolist()), linear(one.task, values), tuple(marks), words, HEIGHT)
