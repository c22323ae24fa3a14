"""A net of threshold units: an arrow excites, a line that ends in a ring inhibits."""

from collections.abc import Mapping, Sequence

from gradatim.by_hand.mcculloch_pitts import ThresholdUnit
from gradatim.explain.traces.svg_parts import arrow, circle, line, svg, text

WIDTH, HEIGHT, R = 560, 250, 27
RING = 5


def threshold_drawing(columns: Sequence[Sequence[str]], net: Mapping[str, ThresholdUnit]) -> str:
    """Inputs and units in columns from left to right, θ inside every unit.

    >>> drawn = threshold_drawing([["x1"], ["y"]], {"y": ThresholdUnit((), 0, ("x1",))})
    >>> drawn.count("<circle"), "θ = 0" in drawn
    (3, True)
    """
    places = {
        name: (60 + k * (WIDTH - 120) / (len(columns) - 1), HEIGHT * (n + 1) / (len(column) + 1))
        for k, column in enumerate(columns)
        for n, name in enumerate(column)
    }
    parts = []
    for name, unit in net.items():
        for source in (*unit.excitatory, *unit.inhibitory):
            parts.append(_connection(places[source], places[name], source in unit.inhibitory))
    for name, (x, y) in places.items():
        parts.append(circle(x, y, R))
        if name in net:
            parts += [text(x, y - 3, name, 15), text(x, y + 13, f"θ = {net[name].threshold}", 12, "dim")]
        else:
            parts.append(text(x, y + 5, name, 15))
    return svg(WIDTH, HEIGHT, "Threshold units; arrows excite, rings inhibit", parts)


def _connection(start: tuple[float, float], end: tuple[float, float], inhibits: bool) -> str:
    (x, y), (to, down) = start, end
    length = ((to - x) ** 2 + (down - y) ** 2) ** 0.5
    u, v = (to - x) / length, (down - y) / length
    x, y = x + R * u, y + R * v
    if not inhibits:
        return arrow(x, y, to - R * u, down - R * v)
    gap = R + 2 * RING
    ring = circle(to - (R + RING) * u, down - (R + RING) * v, RING)
    return line(x, y, to - gap * u, down - gap * v) + ring
