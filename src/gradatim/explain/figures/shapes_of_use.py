"""The five shapes in which networks are used on sequences, each as boxes and arrows over time."""

from typing import Any

from gradatim.explain.figures.style import HATCHES, Picture, Theme
from gradatim.models.shapes_of_use import SHAPES, ShapeOfUse

INPUT, STATE, ANSWER = 0.0, 1.25, 2.5  # heights of the three rows
BOX = (0.62, 0.7)
GAP = 0.9  # between two drawings
PLAIN = 0.5  # from the middle of one step to its border


def shapes_figure() -> Picture:
    """All five side by side, from `models.shapes_of_use`."""
    width = sum(shape.steps for shape in SHAPES) + GAP * (len(SHAPES) - 1)
    words = "; ".join(
        f"{one.name}: inputs at {_listed(one.reads)}, answers at {_listed(one.says)}"
        + (", each answer fed back" if one.feeds_back else "")
        for one in SHAPES
    )

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.subplots()
        left = 0.0
        for shape in SHAPES:
            _draw(axes, theme, shape, left)
            left += shape.steps + GAP
        _rows(axes, theme)
        axes.text(-1.6, -1.75, "dashed: an answer that is fed back as the next input", fontsize=9, va="top")
        axes.set_xlim(-1.7, width + 0.1)
        axes.set_ylim(-2.2, 4.1)
        axes.set_aspect("equal")
        axes.axis("off")

    return Picture(draw, (0.68 * (width + 1.8), 4.4), words)


def _draw(axes: Any, theme: Theme, shape: ShapeOfUse, left: float) -> None:
    """One shape, its first step's middle half a unit from `left`."""
    at = [left + PLAIN + step for step in range(shape.steps)]
    blue, orange, green = theme.lines[:3]
    for step, x in enumerate(at):
        _box(axes, theme, x, STATE, blue, 0)
        if step in shape.reads:
            _box(axes, theme, x, INPUT, green, 1)
            _arrow(axes, theme, (x, INPUT + BOX[1] / 2), (x, STATE - BOX[1] / 2))
        if step in shape.says:
            _box(axes, theme, x, ANSWER, orange, 2)
            _arrow(axes, theme, (x, STATE + BOX[1] / 2), (x, ANSWER - BOX[1] / 2))
        if step:
            _arrow(axes, theme, (at[step - 1] + BOX[0] / 2, STATE), (x - BOX[0] / 2, STATE))
        if shape.feeds_back and step in shape.says and step + 1 < shape.steps:
            _fed_back(axes, theme, x, at[step + 1])
    middle = left + shape.steps / 2
    title = shape.name.replace("many to many, ", "many to many,\n")
    axes.text(middle, 3.1, title, ha="center", va="bottom", fontsize=10, weight="bold")
    example = shape.example.replace(", ", ",\n")
    axes.text(middle, -0.55, example, ha="center", va="top", fontsize=9)


def _box(axes: Any, theme: Theme, x: float, y: float, colour: str, kind: int) -> None:
    """A box of one of the three rows, told apart by its hatch, too."""
    from matplotlib.patches import FancyBboxPatch

    width, height = BOX
    axes.add_patch(FancyBboxPatch(
        (x - width / 2, y - height / 2), width, height, boxstyle="round,pad=0,rounding_size=0.12",
        facecolor=theme.paper, edgecolor=colour, linewidth=1.8, hatch=HATCHES[kind], zorder=2,
    ))  # fmt: skip


def _arrow(axes: Any, theme: Theme, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = {"arrowstyle": "-|>", "color": theme.ink, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=end, xytext=start, arrowprops=arrow)


def _fed_back(axes: Any, theme: Theme, x: float, after: float) -> None:
    """From an answer to the next state, dashed."""
    start, end = (x + BOX[0] / 2, ANSWER - 0.2), (after - 0.2, STATE + BOX[1] / 2)
    arrow = {"arrowstyle": "-|>", "color": theme.ink, "linewidth": 1.1, "linestyle": (0, (3, 2)),
             "shrinkA": 0, "shrinkB": 0}  # fmt: skip
    axes.annotate("", xy=end, xytext=start, arrowprops=arrow)


def _rows(axes: Any, theme: Theme) -> None:
    """What the rows are."""
    for y, name, colour in ((INPUT, "input", 2), (STATE, "state", 0), (ANSWER, "answer", 1)):
        axes.text(-0.25, y, name, ha="right", va="center", fontsize=10, color=theme.lines[colour])


def _listed(steps: tuple[int, ...]) -> str:
    """Steps as a person counts them.

    >>> _listed((0,)), _listed((2, 3, 4))
    ('step 1', 'steps 3 to 5')
    """
    return f"step {steps[0] + 1}" if len(steps) == 1 else f"steps {steps[0] + 1} to {steps[-1] + 1}"
