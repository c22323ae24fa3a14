"""Learning curves as SVG, drawn without a plotting library.

Colours, line styles and fonts are those of the page: an element only says what it is (`class="line valid"`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite

from gradatim.explain import axes
from gradatim.explain.axes import Axis

WIDTH, HEIGHT = 400, 260
TOP, BOTTOM, RIGHT = 36, 40, 80  # margins: names above and below, the lines' names on the right
LETTER = 6.7  # about the width of a digit of 12 units
LINE = 13  # between two lines of text
MOST_POINTS = 400  # of a line; more would not be seen
FEW_POINTS = 15  # are drawn as dots on the line


@dataclass(frozen=True)
class Curve:
    """One line: its name, what it is (the class of its elements) and its points."""

    name: str
    kind: str
    points: list[tuple[int, float]]  # epoch, value


@dataclass(frozen=True)
class Frame:
    """The rectangle inside the two axes, and the place of a point in it."""

    x_axis: Axis
    y_axis: Axis

    @property
    def left(self) -> float:
        """Where the plot begins: right of the widest label."""
        return 12 + LETTER * max(len(label) for _, label in self.y_axis.marks)

    def x(self, epoch: float) -> float:
        """From the left."""
        return self.left + self.x_axis.place(epoch) * (WIDTH - RIGHT - self.left)

    def y(self, value: float) -> float:
        """From the top, as SVG counts: a lower value has a larger y."""
        return HEIGHT - BOTTOM - self.y_axis.place(value) * (HEIGHT - BOTTOM - TOP)


def loss_curves(records: Sequence[dict], best_epoch: int | None) -> str | None:
    """Training loss, and validation loss if there is one; on a logarithmic axis if they span > 2 decades."""
    curves = [
        Curve("training", "train", _points(records, "train_loss")),
        Curve("validation", "valid", _points(records, "valid_loss")),
    ]
    curves = [curve for curve in curves if curve.points]
    if not curves:
        return None
    return draw(curves, axes.of_losses("loss", _values(curves)), best_epoch)


def accuracy_curve(records: Sequence[dict], best_epoch: int | None) -> str | None:
    """Validation accuracy in per cent, if it was measured."""
    points = [(epoch, 100 * value) for epoch, value in _points(records, "valid_accuracy")]
    if not points:
        return None
    curves = [Curve("validation", "valid", points)]
    return draw(curves, axes.linear("accuracy (%)", _values(curves), highest=100), best_epoch)


def draw(curves: Sequence[Curve], y_axis: Axis, best_epoch: int | None) -> str:
    """The SVG of some curves over epochs; a line at the best epoch, a name at the end of each curve."""
    epochs = [epoch for curve in curves for epoch, _ in curve.points]
    frame = Frame(axes.of_epochs(min(epochs), max(epochs)), y_axis)
    parts = [
        *_grid(frame),
        *_best(frame, curves, best_epoch),
        *(part for curve in curves for part in _line(frame, curve)),
        *_names(frame, curves),
    ]
    said = escape(describe(curves, y_axis.name))
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
    return "\n".join([head, *parts, "</svg>"])


def describe(curves: Sequence[Curve], quantity: str) -> str:
    """The curves in words, for those who do not see them.

    >>> describe([Curve("training", "train", [(1, 2.3), (20, 0.0451)])], "loss")
    'loss by epoch; training: 2.3 in epoch 1, 0.0451 in epoch 20'
    """
    ends = [
        f"{curve.name}: " + ", ".join(f"{value:.4g} in epoch {epoch}" for epoch, value in _ends(curve.points))
        for curve in curves
    ]
    return "; ".join([f"{quantity} by epoch", *ends])


def thin(points: list[tuple[int, float]], most: int = MOST_POINTS) -> list[tuple[int, float]]:
    """At most so many points: the ends, and the lowest and highest of each stretch, so that no peak is lost.

    >>> thin([(1, 0.0), (2, 5.0), (3, 1.0), (4, 0.0), (5, 9.0), (6, 2.0), (7, 3.0)], most=4)
    [(1, 0.0), (4, 0.0), (5, 9.0), (7, 3.0)]
    """
    if len(points) <= most:
        return points
    stretches = (most - 2) // 2
    inner = points[1:-1]
    kept = {points[0], points[-1]}
    for k in range(stretches):
        stretch = inner[k * len(inner) // stretches : (k + 1) * len(inner) // stretches]
        kept.add(min(stretch, key=lambda point: point[1]))
        kept.add(max(stretch, key=lambda point: point[1]))
    return sorted(kept)


def _points(records: Sequence[dict], key: str) -> list[tuple[int, float]]:
    """The epochs at which a quantity was measured, and what it was."""
    found = [(int(record["epoch"]), record.get(key)) for record in records]
    return [(epoch, float(value)) for epoch, value in found if value is not None and isfinite(value)]


def _values(curves: Sequence[Curve]) -> list[float]:
    return [value for curve in curves for _, value in curve.points]


def _ends(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    return points[:1] if len(points) == 1 else [points[0], points[-1]]


def _text(x: float, y: float, kind: str, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(words)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _grid(frame: Frame) -> list[str]:
    """A hairline and a label at each mark, and both axes' names."""
    left, right, base = frame.left, WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [_rule(left, base, right, base, "axis")]
    for value, label in frame.y_axis.marks:
        y = frame.y(value)
        parts += [_rule(left, y, right, y, "grid"), _text(left - 6, y + 4, "end", label)]
    for epoch, label in frame.x_axis.marks:
        x = frame.x(epoch)
        parts += [_rule(x, base, x, base + 4, "axis"), _text(x, base + 16, "middle", label)]
    middle = (left + right) / 2
    return [
        *parts,
        _text(0, 11, "name", frame.y_axis.name),
        _text(middle, HEIGHT - 6, "middle name", "epoch"),
    ]


def _best(frame: Frame, curves: Sequence[Curve], epoch: int | None) -> list[str]:
    """A line through the best epoch, its name above, and a ring around the value of each curve."""
    if epoch is None or not frame.x_axis.low <= epoch <= frame.x_axis.high:
        return []
    x, words = frame.x(epoch), f"best: epoch {epoch}"
    half = LETTER * len(words) / 2
    at = min(max(x, frame.left + half), WIDTH - half)
    parts = [_rule(x, TOP - 2, x, HEIGHT - BOTTOM, "best"), _text(at, TOP - 8, "middle", words)]
    for curve in curves:
        rings = [value for at_epoch, value in curve.points if at_epoch == epoch]
        parts += [f'<circle cx="{x:.1f}" cy="{frame.y(value):.1f}" r="4.5" class="ring"/>' for value in rings]
    return parts


def _line(frame: Frame, curve: Curve) -> list[str]:
    """The line itself, and dots where there are so few points that each is worth one."""
    points = [(frame.x(epoch), frame.y(value)) for epoch, value in thin(curve.points)]
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    parts = [f'<polyline points="{path}" class="line {curve.kind}"/>']
    if len(points) <= FEW_POINTS:
        parts += [f'<circle cx="{x:.2f}" cy="{y:.2f}" r="2.2" class="dot {curve.kind}"/>' for x, y in points]
    return parts


def _names(frame: Frame, curves: Sequence[Curve]) -> list[str]:
    """Each curve's name beside its last point, moved apart where they would touch."""
    curves = sorted(curves, key=lambda curve: -curve.points[-1][1])
    heights = [frame.y(curve.points[-1][1]) + 4 for curve in curves]
    if len(heights) == 2 and heights[1] - heights[0] < LINE:
        middle = min(sum(heights) / 2, HEIGHT - BOTTOM - LINE / 2)
        heights = [middle - LINE / 2, middle + LINE / 2]
    x = WIDTH - RIGHT + 7
    return [_text(x, y, curve.kind, curve.name) for y, curve in zip(heights, curves, strict=True)]
