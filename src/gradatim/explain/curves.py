"""Learning curves as SVG, drawn without a plotting library."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from gradatim.explain import axes
from gradatim.explain.axes import Axis
from gradatim.explain.svg import HEIGHT, LETTER, WIDTH, Frame, grid, line, picture, rule, text

RIGHT = 80  # the margin for the lines' names
LINE = 13  # between two lines of text
MOST_POINTS = 400  # of a line; more would not be seen
FEW_POINTS = 15  # are drawn as dots on the line


@dataclass(frozen=True)
class Curve:
    """One line: its name, what it is (the class of its elements) and its points."""

    name: str
    kind: str
    points: list[tuple[int, float]]  # epoch, value


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
    frame = Frame(axes.of_epochs(min(epochs), max(epochs)), y_axis, RIGHT)
    parts = [
        *grid(frame),
        *_best(frame, curves, best_epoch),
        *(part for curve in curves for part in _line(frame, curve)),
        *_names(frame, curves),
    ]
    return picture(HEIGHT, describe(curves, y_axis.name), parts)


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


def _best(frame: Frame, curves: Sequence[Curve], epoch: int | None) -> list[str]:
    """A line through the best epoch, its name above, and a ring around the value of each curve."""
    if epoch is None or not frame.x_axis.low <= epoch <= frame.x_axis.high:
        return []
    x, words = frame.x(epoch), f"best: epoch {epoch}"
    half = LETTER * len(words) / 2
    at = min(max(x, frame.left + half), WIDTH - half)
    parts = [rule(x, frame.top - 2, x, frame.base, "best"), text(at, frame.top - 8, "middle", words)]
    for curve in curves:
        rings = [value for at_epoch, value in curve.points if at_epoch == epoch]
        parts += [f'<circle cx="{x:.1f}" cy="{frame.y(value):.1f}" r="4.5" class="ring"/>' for value in rings]
    return parts


def _line(frame: Frame, curve: Curve) -> list[str]:
    """The line itself, and dots where there are so few points that each is worth one."""
    points = [(frame.x(epoch), frame.y(value)) for epoch, value in thin(curve.points)]
    parts = [line(points, curve.kind)]
    if len(points) <= FEW_POINTS:
        parts += [f'<circle cx="{x:.2f}" cy="{y:.2f}" r="2.2" class="dot {curve.kind}"/>' for x, y in points]
    return parts


def _names(frame: Frame, curves: Sequence[Curve]) -> list[str]:
    """Each curve's name beside its last point, moved apart where they would touch."""
    curves = sorted(curves, key=lambda curve: -curve.points[-1][1])
    heights = [frame.y(curve.points[-1][1]) + 4 for curve in curves]
    if len(heights) == 2 and heights[1] - heights[0] < LINE:
        middle = min(sum(heights) / 2, frame.base - LINE / 2)
        heights = [middle - LINE / 2, middle + LINE / 2]
    x = WIDTH - RIGHT + 7
    return [text(x, y, curve.kind, curve.name) for y, curve in zip(heights, curves, strict=True)]
