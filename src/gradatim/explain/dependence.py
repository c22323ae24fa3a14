"""Partial dependence as SVG (Friedman 2001): the mean answer when one column is set to a value everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.explain.axes import Axis, linear
from gradatim.explain.number_format import measure
from gradatim.explain.svg import LETTER, WIDTH, Frame, bar, grid, line, picture, rule, shorten, text

ROW, BOTTOM = 24, 44  # heights: of a category, of the axis below
NAMES = 132  # the width of the categories' names
LETTERS, NAME_LETTERS = 18, 40
SHAPES = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True)
class Answer:
    """The mean answer of one name, a number for each of the column's values."""

    name: str
    means: list[float]


@dataclass(frozen=True)
class Effect:
    """What one column does: the answers over its values, `labels` of a category or a date, `rug` the deciles
    of a number among the examples, and how many of its categories are left out.
    """

    column: str
    kind: str  # of the input: number, date, boolean or category
    grid: list[float]
    answers: list[Answer]
    of: str  # what an answer is: "probability of yes"
    labels: list[str]
    rug: list[float]
    left_out: int = 0
    answers_left_out: int = 0

    @property
    def is_numeric(self) -> bool:
        """Whether its values are drawn as a line."""
        return self.kind in ("number", "date")


def dependence_pictures(effects: Sequence[Effect]) -> list[str]:
    """A picture of each column; answers of one kind share one scale, so that they can be compared."""
    pictures = []
    for effect in effects:
        values = [
            mean for other in effects if other.of == effect.of for one in other.answers for mean in one.means
        ]
        draw = _over_numbers if effect.is_numeric else _over_categories
        pictures.append(draw(effect, values))
    return pictures


def _over_numbers(effect: Effect, values: list[float]) -> str:
    """A line with dots at the grid's values, and the deciles of the examples as strokes on the axis."""
    across = linear(shorten(effect.column, NAME_LETTERS), effect.grid, 5)
    if effect.labels:  # dates
        low, high = effect.grid[0], effect.grid[-1]
        marks = ((low, effect.labels[0]), (high, effect.labels[-1]))
        across = Axis(across.name, low - 0.2 * (high - low), high + 0.2 * (high - low) or low + 1, marks)
    frame = Frame(across, linear(_said(effect), values, 4), top=36 + _legend_height(effect))
    parts = [*_legend(effect, 30), *grid(frame)]
    for value in effect.rug:
        if across.low <= value <= across.high:
            parts.append(rule(frame.x(value), frame.base - 9, frame.x(value), frame.base, "rug"))
    for k, answer in enumerate(effect.answers):
        points = [(frame.x(x), frame.y(y)) for x, y in zip(effect.grid, answer.means, strict=True)]
        parts.append(line(points, f"kind{k}"))
        parts += [shape(k, x, y) for x, y in (points if len(effect.answers) == 1 else points[::3])]
    return picture(frame.height, _told(effect), parts)


def _over_categories(effect: Effect, values: list[float]) -> str:
    """A row for each category: a bar of one answer, the shapes of several."""
    lowest = min(values)
    axis = linear(_said(effect), values if lowest < 0 or len(effect.answers) > 1 else [0.0, *values], 4)
    top = 34 + _legend_height(effect)
    base = top + ROW * len(effect.labels)
    right = WIDTH - 50
    zero = min(max(0.0, axis.low), axis.high)

    def place(value: float) -> float:
        return NAMES + axis.place(value) * (right - NAMES)

    parts = [text(0, 11, "name", shorten(effect.column, NAME_LETTERS)), *_legend(effect, 30)]
    for value, label in axis.ticks:
        parts += [rule(place(value), top, place(value), base, "grid"),
                  text(place(value), base + 15, "middle", label)]  # fmt: skip
    for row, label in enumerate(effect.labels):
        middle = top + ROW * (row + 0.5)
        parts.append(text(NAMES - 8, middle + 4, "end", shorten(label, LETTERS)))
        means = [answer.means[row] for answer in effect.answers]
        if len(means) == 1:
            ends = sorted((place(zero), place(means[0])))
            said = f"{label}: {measure(means[0])}"
            parts.append(bar(ends[0], middle - 7, max(ends[1] - ends[0], 0.5), 14, "valid", said))
            parts.append(text(max(ends[1], place(zero)) + 6, middle + 4, "", measure(means[0], 3)))
        else:
            parts.append(rule(NAMES, middle, right, middle, "grid"))
            parts += [shape(k, place(mean), middle) for k, mean in enumerate(means)]
    parts.append(text((NAMES + right) / 2, base + 36, "middle name", axis.name))
    return picture(base + BOTTOM, _told(effect), parts)


def shape(k: int, x: float, y: float) -> str:
    """The k-th answer's sign, so that colour is not all that tells them apart."""
    kind = f"shape kind{k}"
    if SHAPES[k] == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" class="{kind}"/>'
    corners = {
        "square": ((-3.3, -3.3), (3.3, -3.3), (3.3, 3.3), (-3.3, 3.3)),
        "triangle": ((0, -4.4), (4.3, 3.3), (-4.3, 3.3)),
        "diamond": ((0, -4.8), (4.8, 0), (0, 4.8), (-4.8, 0)),
    }[SHAPES[k]]
    path = "".join(f"{'L' if i else 'M'}{x + dx:.1f} {y + dy:.1f}" for i, (dx, dy) in enumerate(corners))
    return f'<path d="{path}z" class="{kind}"/>'


def _said(effect: Effect) -> str:
    return shorten(effect.of, 48)


def _legend_height(effect: Effect) -> int:
    return 18 * ((len(effect.answers) + 1) // 2) if len(effect.answers) > 1 else 0


def _legend(effect: Effect, top: float) -> list[str]:
    """The shapes and names of several answers, two in a row."""
    if len(effect.answers) < 2:
        return []
    parts = []
    for k, answer in enumerate(effect.answers):
        x, y = 6 + (WIDTH // 2) * (k % 2), top + 18 * (k // 2)
        parts += [shape(k, x, y), text(x + 10, y + 4, "", shorten(answer.name, int(180 / LETTER)))]
    return parts


def _told(effect: Effect) -> str:
    """The picture in words."""
    where = effect.labels or [measure(value) for value in effect.grid]
    told = [
        f"{answer.name}: {measure(answer.means[0], 3)} at {where[0]}, "
        f"{measure(answer.means[-1], 3)} at {where[-1]}"
        for answer in effect.answers
    ]
    return f"{effect.of} by {effect.column}; {'; '.join(told)}"
