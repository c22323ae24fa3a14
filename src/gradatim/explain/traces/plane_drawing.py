"""Points of two classes in small planes, each with a line: how a boundary moves."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

from gradatim.explain.traces.svg_parts import circle, line, path, svg, text

SIDE, GAP, HEAD, MARGIN = 150, 22, 24, 8
ACROSS = 3  # panels in a row
R = 6
FULL = 'fill="currentColor" stroke="currentColor" stroke-width="1.4"'
EMPTY = 'fill="var(--paper, none)" stroke="currentColor" stroke-width="1.6"'
FAINT = 'stroke="currentColor" stroke-width="0.8" fill="none" opacity="0.35"'
BOLD = 'stroke="var(--valid, #3b7dc4)" stroke-width="2.4" fill="none"'
RING = 'stroke="var(--valid, #3b7dc4)" stroke-width="1.8" fill="none" stroke-dasharray="3 2"'


class Panel(NamedTuple):
    """A plane: its heading, the line w₁x₁ + w₂x₂ + b = 0, and the numbers of the points to be ringed."""

    name: str
    w: Sequence[float]
    b: float
    ringed: Sequence[int] = ()


def plane_drawing(
    points: Sequence[Sequence[float]], classes: Sequence[bool], panels: Sequence[Panel], words: str
) -> str:
    """A panel for every line; a class that is true is filled, the other hollow.

    >>> drawn = plane_drawing([[0, 0], [1, 1]], [False, True], [Panel("update 1", [1, 1], -1)], "AND")
    >>> drawn.count("<circle"), "update 1" in drawn
    (2, True)
    """
    box = [_room(axis) for axis in zip(*points, strict=True)]
    across = min(ACROSS, len(panels))
    parts = []
    for number, panel in enumerate(panels):
        left = MARGIN + (number % across) * (SIDE + GAP)
        top = MARGIN + (number // across) * (SIDE + HEAD + GAP)
        parts.append(f'<g transform="translate({left} {top})">{_panel(points, classes, panel, box)}</g>')
    rows = ceil(len(panels) / across)
    width = 2 * MARGIN + across * (SIDE + GAP) - GAP
    return svg(width, 2 * MARGIN + rows * (SIDE + HEAD + GAP) - GAP, words, parts)


def _panel(
    points: Sequence[Sequence[float]], classes: Sequence[bool], panel: Panel, box: list[tuple[float, float]]
) -> str:
    def place(x: Sequence[float]) -> tuple[float, float]:
        (x0, x1), (y0, y1) = box
        return SIDE * (x[0] - x0) / (x1 - x0), HEAD + SIDE * (1 - (x[1] - y0) / (y1 - y0))

    parts = [text(0, 14, panel.name, 12.5, anchor="start"), path(f"M0 {HEAD}h{SIDE}v{SIDE}h-{SIDE}z", FAINT)]
    ends = crossing(panel.w, panel.b, box)
    if ends:
        parts.append(line(*place(ends[0]), *place(ends[1]), BOLD))
        parts.append(_side(panel, ends, place))
    else:
        where = "the line is outside" if any(panel.w) else "no line: w = 0"
        parts.append(text(SIDE / 2, HEAD + SIDE / 2, where, 12, "dim"))
    for number, (point, fires) in enumerate(zip(points, classes, strict=True)):
        x, y = place(point)
        parts.append(circle(x, y, R, FULL if fires else EMPTY))
        if number in panel.ringed:
            parts.append(circle(x, y, R + 5, RING))
    return "".join(parts)


def _room(values: Sequence[float]) -> tuple[float, float]:
    """From where to where an axis goes."""
    low, span = min(values), (max(values) - min(values)) or 1.0
    return low - 0.45 * span, low + 1.45 * span


def _side(
    panel: Panel,
    ends: Sequence[tuple[float, float]],
    place: Callable[[Sequence[float]], tuple[float, float]],
) -> str:
    """A short stroke from the line's middle to the side where the unit fires."""
    middle = [(a + b) / 2 for a, b in zip(*ends, strict=True)]
    step = [m + 1e-3 * w / (abs(panel.w[0]) + abs(panel.w[1])) for m, w in zip(middle, panel.w, strict=True)]
    (u, v), (u2, v2) = place(middle), place(step)
    length = ((u2 - u) ** 2 + (v2 - v) ** 2) ** 0.5
    return line(u, v, u + 12 * (u2 - u) / length, v + 12 * (v2 - v) / length, BOLD)


def crossing(w: Sequence[float], b: float, box: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where the line w₁x₁ + w₂x₂ + b = 0 enters and leaves a box; empty where it does not cross it.

    >>> crossing([1, 1], -1, [(0, 1), (0, 1)])
    [(0, 1.0), (1, 0.0)]
    """
    found: set[tuple[float, float]] = set()
    (x0, x1), (y0, y1) = box
    if w[1]:
        found |= {(x, -(w[0] * x + b) / w[1] + 0.0) for x in (x0, x1)}
    if w[0]:
        found |= {(-(w[1] * y + b) / w[0] + 0.0, y) for y in (y0, y1)}
    room = 1e-9 * (x1 - x0 + y1 - y0)
    inside = sorted((x, y) for x, y in found if x0 - room <= x <= x1 + room and y0 - room <= y <= y1 + room)
    ends = [inside[0], inside[-1]] if inside else []
    return ends if len(set(ends)) == 2 else []
