"""A chart as SVG for a page, whose style sheet has the colours, the strokes and the fonts."""

from collections.abc import Callable
from dataclasses import replace
from math import hypot
from typing import Any

from gradatim.explain.charts.chart import (
    Arrows,
    Band,
    Bars,
    Best,
    Caption,
    Chart,
    Contour,
    Curve,
    Dots,
    Labels,
    Mark,
    Panel,
    Reference,
    Tiles,
)
from gradatim.explain.charts.crowding import beside_points, rows_to_draw, spread_apart, thin
from gradatim.explain.svg import (
    BOTTOM,
    LETTER,
    RIGHT,
    TOP,
    WIDTH,
    Frame,
    area,
    bar,
    circle,
    dots,
    grid,
    line,
    picture,
    rule,
    sample,
    text,
)

NARROW = 320  # the width of a panel where three stand side by side
LINE = 14  # between two lines of text
KEY_LINE, SAMPLE = 17, 30  # between two names of a key; the length of the line before each
BOLD = 7.3  # about the width of a bold letter
MOST_POINTS = 400  # of a line; more would not be seen
FEW_POINTS = 15  # are drawn as dots on the line
MOST_DOTS = 1000  # more would cover each other
CLASSES = {
    "training": "train",
    "validation": "valid",
    "share": "valid whole",
    "class": "",
    "training of a run": "train run",
    "validation of a run": "valid run",
}  # of the page's style sheet


def as_svg(chart: Chart) -> list[str]:
    """A picture for each panel; one picture of all where they are stacked."""
    if chart.stacked:
        return [_stack(chart)]
    width = WIDTH if chart.columns < 3 else NARROW
    panels = [_of_runs(panel) for panel in chart.panels] if chart.compares else chart.panels
    top = max((_top(panel, width) for panel in panels), default=0)  # so that a row begins at one height
    pictures = []
    for panel in panels:
        frame = _frame(panel, width, top)
        parts = [*_parts(panel, frame), *_key(panel, frame)]
        rows = len(panel.keyed())
        height = frame.height + (KEY_LINE * rows + 6 if rows else 0)
        pictures.append(picture(height, panel.words, parts, width))
    return pictures


def _of_runs(panel: Panel) -> Panel:
    """The same where a colour is a run's, not a role's: the best epochs are rings alone."""

    def as_run(mark: Mark) -> Mark:
        if isinstance(mark, Curve) and f"{mark.role} of a run" in CLASSES:
            return replace(mark, role=f"{mark.role} of a run")
        return replace(mark, name="") if isinstance(mark, Best) else mark

    return replace(panel, marks=tuple(map(as_run, panel.marks)))


def _stack(chart: Chart) -> str:
    """The panels on each other, their plots as wide as each other, labels under the lowest alone."""
    letters = max(len(label) for panel in chart.panels for _, label in panel.y_axis.ticks)
    above, parts = 0.0, []
    for panel in chart.panels:
        lowest = panel is chart.panels[-1]
        frame = _frame(panel, WIDTH, _top(panel, WIDTH), letters, bottom=44 if lowest else 12)
        parts += [f'<g transform="translate(0 {above:g})">', *_parts(panel, frame, lowest), "</g>"]
        above += frame.height
    return picture(above, chart.words, parts)


def _frame(panel: Panel, width: float, top: float, letters: int = 0, bottom: float = BOTTOM) -> Frame:
    """Room on the right for the names of curves."""
    names = [len(curve.name) for curve in panel.names()]
    right = max(RIGHT, 7 + BOLD * max(names, default=0))
    return Frame(panel.x_axis, panel.y_axis, right, top, bottom, round(width * panel.height), width, letters)


def _top(panel: Panel, width: float) -> float:
    """Room above for the captions."""
    return max(TOP, _first_line(panel, width) + LINE * len(panel.captions()))


def _first_line(panel: Panel, width: float) -> int:
    """The height of the first caption: beside the axis' name, or below it if both do not fit in one line."""
    wide = BOLD * len(panel.y_axis.name) + LETTER * max(map(len, panel.captions()), default=0)
    return 11 if wide < width - RIGHT else 11 + LINE


def _parts(panel: Panel, frame: Frame, below: bool = True) -> list[str]:
    first = _first_line(panel, frame.width)
    captions = [text(frame.end, first + LINE * k, "end", words) for k, words in enumerate(panel.captions())]
    marks = [part for mark in panel.marks for part in DRAW[type(mark)](frame, mark)]
    return [*grid(frame, below), *marks, *_names(panel, frame), *_beside(panel, frame), *captions]


def _curve(frame: Frame, curve: Curve) -> list[str]:
    """The line itself, and dots where there are so few points that each is worth one."""
    kind = _kind(curve)
    x, y = thin(curve.x, curve.y, MOST_POINTS)
    points = [(frame.x(float(a)), frame.y(float(b))) for a, b in zip(x, y, strict=True)]
    parts = [line(points, kind)]
    if curve.name and curve.role != "class" and len(points) <= FEW_POINTS:
        parts += [circle(a, b, 2.2, f"dot {kind}") for a, b in points]
    return parts


def _dots(frame: Frame, drawn: Dots) -> list[str]:
    """A cloud of many, or one by one."""
    if drawn.role == "example":
        rows = rows_to_draw(len(drawn.x), MOST_DOTS)
        x, y = ([f(float(v)) for v in values[rows]] for f, values in ((frame.x, drawn.x), (frame.y, drawn.y)))
        return [dots(x, y, "cloud")]
    hollow = [False] * len(drawn.x) if drawn.hollow is None else drawn.hollow
    return [
        circle(frame.x(float(x)), frame.y(float(y)), 4, "dot hollow" if empty else "dot valid")
        for x, y, empty in zip(drawn.x, drawn.y, hollow, strict=True)
    ]


def _contour(frame: Frame, mark: Contour) -> list[str]:
    x, y = thin(mark.x, mark.y, MOST_POINTS)
    return [line([(frame.x(float(a)), frame.y(float(b))) for a, b in zip(x, y, strict=True)], "contour")]


def _band(frame: Frame, band: Band) -> list[str]:
    """Along the upper line and back along the lower one."""
    x, high = thin(band.x, band.high, MOST_POINTS)
    _, low = thin(band.x, band.low, MOST_POINTS)
    there = [(frame.x(float(a)), frame.y(float(b))) for a, b in zip(x, high, strict=True)]
    back = [(frame.x(float(a)), frame.y(float(b))) for a, b in zip(x, low, strict=True)]
    return [area([*there, *back[::-1]], "band")]


def _bars(frame: Frame, bars: Bars) -> list[str]:
    """A bar that says what it stands for when it is pointed at, a line high at least; nothing of 0."""
    parts = []
    for k, n in enumerate(bars.counts):
        if n:
            x, end = frame.x(float(bars.low[k])), frame.x(float(bars.high[k]))
            height = max(frame.base - frame.y(float(n)), 1)
            gap = 1.5 if bars.labels else 0.5
            parts.append(bar(x + gap, frame.base - height, end - x - 2 * gap, height, "valid", bars.words[k]))
            if bars.labels:
                parts.append(text((x + end) / 2, frame.base - height - 4, "middle small", bars.labels[k]))
    return parts


def _tiles(frame: Frame, tiles: Tiles) -> list[str]:
    """One image over the whole frame, a square for each number."""
    from gradatim.explain.pictures import picture_of

    page = tiles.page()
    width, height = frame.end - frame.left, frame.base - frame.top
    return [
        f'<image x="{frame.left:g}" y="{frame.top:g}" width="{width:g}" height="{height:g}" '
        f'style="image-rendering: pixelated" href="{picture_of(page, max(page.shape)).uri}"/>'
    ]


def _labels(frame: Frame, labels: Labels) -> list[str]:
    """The points; `_beside` writes their names."""
    return [
        circle(frame.x(float(x)), frame.y(float(y)), 2.2, "dot valid")
        for x, y in zip(labels.x, labels.y, strict=True)
    ]


def _beside(panel: Panel, frame: Frame) -> list[str]:
    """The name of each labelled point beside it, where it covers no other."""
    parts = []
    taken = [(frame.x(float(x)), frame.y(float(y))) for x, y in panel.taken()]
    for mark in panel.marks:
        if not isinstance(mark, Labels):
            continue
        points = [(frame.x(float(x)), frame.y(float(y))) for x, y in zip(mark.x, mark.y, strict=True)]
        widths = [LETTER * 0.85 * len(name) for name in mark.names]
        places = beside_points(points, widths, LINE - 3, but=taken)
        for (x, y), name, beside in zip(points, mark.names, places, strict=True):
            if beside is not None:
                dx, dy, side = beside
                parts.append(text(x + dx, y + dy + 3.5, f"{side} small".strip(), name))
    return parts


def _arrows(frame: Frame, arrows: Arrows) -> list[str]:
    """A line to each end, with two short ones as its head."""
    parts = []
    for start, end in zip(arrows.start, arrows.end, strict=True):
        (x1, y1), (x2, y2) = ((frame.x(float(x)), frame.y(float(y))) for x, y in (start, end))
        parts.append(line([(x1, y1), (x2, y2)], "valid whole"))
        length = hypot(x2 - x1, y2 - y1) or 1.0
        a, b = 7 * (x1 - x2) / length, 7 * (y1 - y2) / length
        head = [(x2 + a - b / 2, y2 + b + a / 2), (x2, y2), (x2 + a + b / 2, y2 + b - a / 2)]
        parts.append(line(head, "valid whole"))
    return parts


def _reference(frame: Frame, mark: Reference) -> list[str]:
    (x1, y1), (x2, y2) = mark.start, mark.end
    return [rule(frame.x(x1), frame.y(y1), frame.x(x2), frame.y(y2), "ideal")]


def _best(frame: Frame, best: Best) -> list[str]:
    """A line through the best epoch, its name above, and a ring around each value."""
    x, half = frame.x(best.epoch), LETTER * len(best.name) / 2
    rings = [circle(x, frame.y(float(y)), 4.5, "ring") for y in best.y]
    if not best.name:
        return rings
    at = min(max(x, frame.left + half), frame.width - half)
    return [
        rule(x, frame.top - 2, x, frame.base, "best"),
        text(at, frame.top - 8, "middle", best.name),
        *rings,
    ]


def _caption(frame: Frame, mark: Caption) -> list[str]:
    """Nothing inside the frame: the captions stand above it."""
    return []


def _kind(curve: Curve) -> str:
    """Its class in the style sheet, and which of several lines it is."""
    several = curve.role == "class" or curve.role.endswith("of a run") or curve.series
    return f"{CLASSES[curve.role]} kind{curve.series}".strip() if several else CLASSES[curve.role]


def _key(panel: Panel, frame: Frame) -> list[str]:
    """Below the picture a piece of each line, and its name."""
    parts = []
    for k, curve in enumerate(panel.keyed()):
        y = frame.height + KEY_LINE * k + KEY_LINE
        parts.append(sample(frame.left, y - 4, SAMPLE, _kind(curve)))
        parts.append(text(frame.left + SAMPLE + 8, y, "key", curve.name))
    return parts


def _names(panel: Panel, frame: Frame) -> list[str]:
    """Each curve's name beside its last point, moved apart where they would touch."""
    parts = []
    for end in dict.fromkeys(_end(curve, frame) for curve in panel.names()):
        curves = [curve for curve in panel.names() if _end(curve, frame) == end]
        heights = spread_apart([frame.y(float(curve.y[-1])) + 4 for curve in curves], LINE - 1)
        too_low = max([0.0, *(height - frame.base for height in heights)])
        parts += [
            text(end + 7, height - too_low, _kind(curve), curve.name)
            for curve, height in zip(curves, heights, strict=True)
        ]
    return parts


def _end(curve: Curve, frame: Frame) -> float:
    """Where a curve's name begins: right of the plot, or of a run that ended before others, at its end."""
    return frame.x(float(curve.x[-1])) if curve.role.endswith("of a run") else frame.end


DRAW: dict[type, Callable[[Frame, Any], list[str]]] = {
    Curve: _curve, Dots: _dots, Contour: _contour, Band: _band, Bars: _bars, Tiles: _tiles,
    Labels: _labels, Arrows: _arrows, Reference: _reference, Best: _best, Caption: _caption,
}  # fmt: skip
