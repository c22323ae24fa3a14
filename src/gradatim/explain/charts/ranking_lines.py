"""Lines of a chart about scores: one for each class, or of many their mean beside the best and the worst."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from gradatim.explain.charts.chart import Curve
from gradatim.explain.svg import shorten
from gradatim.problems.ranked import Curve as Points
from gradatim.problems.ranked import Ranked

MOST_LINES = 6  # that can be told apart
GRID = 201  # points of a mean
LETTERS = 24  # of a class' name


class Lines(NamedTuple):
    """What stands for a class in a chart: its points, their mean over classes, the area below them or
    another number that orders classes, and how it is said.
    """

    points: Callable[[Ranked], Points]
    mean: Callable[[Sequence[Ranked]], Points]
    area: Callable[[Ranked], float]
    said: Callable[[float], str]  # the area in words


def ranking_lines(classes: Sequence[Ranked], of: Lines) -> list[Curve]:
    """A line for each class, its area behind its name; of more than six the macro average, and those classes
    with the largest and the smallest area.
    """
    if len(classes) <= MOST_LINES:
        return [_line(k, of.points(one), one.name, of.area(one), of) for k, one in enumerate(classes)]
    areas = [of.area(one) for one in classes]
    mean = _line(
        0,
        of.mean(classes),
        f"macro average of {len(classes)} classes",
        float(np.mean(areas)),
        of,
        LETTERS * 2,
    )
    ends = [("highest", classes[int(np.argmax(areas))]), ("lowest", classes[int(np.argmin(areas))])]
    return [
        mean,
        *(_line(k, of.points(one), f"{word}: {shorten(one.name, LETTERS)}", of.area(one), of, LETTERS * 2)
          for k, (word, one) in enumerate(ends, 1)),
    ]  # fmt: skip


def _line(k: int, points: Points, name: str, area: float, of: Lines, letters: int = LETTERS) -> Curve:
    return Curve("class", *points, f"{shorten(name, letters)}, {of.said(area)}", k)


def steps(x: np.ndarray, y: np.ndarray) -> Points:
    """A line that goes up or down first, and then on to the next x.

    >>> steps(np.array([0, 1]), np.array([5, 7]))
    (array([0, 0, 1]), array([5, 7, 7]))
    """
    return np.repeat(x, 2)[:-1], np.repeat(y, 2)[1:]


def mean_of_lines(every: Sequence[Points]) -> Points:
    """The mean height of lines over the same stretch from 0 to 1."""
    grid = np.linspace(0, 1, GRID)
    return grid, np.mean([np.interp(grid, *points) for points in every], 0)


def mean_of_steps(every: Sequence[Points]) -> Points:
    """Likewise, where the height at x is that of the next point from x on."""
    grid = np.linspace(0, 1, GRID)
    heights = [y[np.minimum(np.searchsorted(x, grid), len(x) - 1)] for x, y in every]
    return grid, np.mean(heights, 0)
