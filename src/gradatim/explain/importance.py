"""Permutation importance as bars (Breiman 2001; Fisher, Rudin & Dominici 2019)."""

from dataclasses import dataclass, replace

from gradatim.explain.axes import Axis, linear
from gradatim.explain.number_format import measure
from gradatim.explain.svg import WIDTH, Frame, bar, picture, rule, shorten, text

MOST = 15  # columns that are drawn
ROW, TOP, BOTTOM = 22, 20, 44  # heights
NAMES, RIGHT = 160, 72  # widths: of the columns' names, of the numbers behind the bars
LETTERS = 24


@dataclass(frozen=True)
class Rise:
    """By how much the mean loss rises when a column is shuffled: the shuffles' mean and deviation."""

    column: str
    mean: float
    deviation: float


@dataclass(frozen=True)
class Importance:
    """The rises of all columns, largest first, on `rows` of `of` examples, whose loss is `loss`."""

    rises: list[Rise]
    loss: float
    rows: int
    of: int
    shuffles: int

    @property
    def shown(self) -> list[Rise]:
        """Those that are drawn."""
        return self.rises[:MOST]


def importance_bars(found: Importance) -> str:
    """A bar for each of the most important columns, its spread as a whisker, its number behind it."""
    shown = found.shown
    axis = _axis([rise.mean + sign * rise.deviation for rise in shown for sign in (-1, 1)])
    frame = Frame(axis, linear("", [0, 1]), RIGHT, TOP, BOTTOM, TOP + BOTTOM + ROW * len(shown))
    span = WIDTH - RIGHT - NAMES

    def across(value: float) -> float:
        return NAMES + axis.place(value) * span

    parts = []
    for value, label in axis.ticks:
        parts.append(rule(across(value), TOP - 6, across(value), frame.base, "grid"))
        parts.append(text(across(value), frame.base + 15, "middle", label))
    parts.append(rule(across(0), TOP - 6, across(0), frame.base, "axis"))
    for k, rise in enumerate(shown):
        middle = TOP + ROW * (k + 0.5)
        ends = sorted((across(0), across(rise.mean)))
        said = f"{rise.column}: {measure(rise.mean)} ± {measure(rise.deviation)}"
        parts += [
            text(NAMES - 8, middle + 4, "end", shorten(rise.column, LETTERS)),
            bar(ends[0], middle - 7, max(ends[1] - ends[0], 0.5), 14, "valid", said),
            rule(across(rise.mean - rise.deviation), middle, across(rise.mean + rise.deviation), middle,
                 "whisker"),
            text(WIDTH - RIGHT + 8, middle + 4, "", measure(rise.mean, 3)),
        ]  # fmt: skip
    parts.append(text(NAMES + span / 2, frame.base + 36, "middle name", axis.name))
    told = "; ".join(
        f"{rise.column} {measure(rise.mean, 3)} ± {measure(rise.deviation, 2)}" for rise in shown
    )
    return picture(frame.height, f"{axis.name}: {told}", parts)


def _axis(reach: list[float]) -> Axis:
    """From 0, or from a little below it where a shuffle has helped a little."""
    name, low, high = "rise of the mean loss when shuffled", min(reach), max(reach)
    if low < -0.1 * high:
        return linear(name, [0.0, low, high], 4)
    axis = linear(name, [0.0, high], 4)
    return replace(axis, low=min(low, 0.0))
