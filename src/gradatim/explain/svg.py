"""The parts of an SVG picture of the report: a frame with two axes, texts, lines, bars and dots.

Colours, line styles and fonts are those of the page: an element only says what it is (`class="line valid"`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from gradatim.explain.axes import Axis

WIDTH, HEIGHT = 400, 260
TOP, BOTTOM, RIGHT = 36, 40, 14  # margins
LETTER = 6.7  # about the width of a digit of 12 units


@dataclass(frozen=True)
class Frame:
    """The rectangle inside the two axes, and the place of a point in it."""

    x_axis: Axis
    y_axis: Axis
    right: float = RIGHT  # margins
    top: float = TOP
    bottom: float = BOTTOM
    height: float = HEIGHT
    width: float = WIDTH
    letters: int = 0  # there is room for, of the labels left of the plot, whatever this axis needs

    @property
    def left(self) -> float:
        """Where the plot begins: right of the widest label."""
        return 12 + LETTER * max(self.letters, *(len(label) for _, label in self.y_axis.ticks), 0)

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.width - self.right

    @property
    def base(self) -> float:
        """The height of the lower axis."""
        return self.height - self.bottom

    def x(self, value: float) -> float:
        """From the left."""
        return self.left + self.x_axis.place(value) * (self.end - self.left)

    def y(self, value: float) -> float:
        """From the top, as SVG counts: a lower value has a larger y."""
        return self.base - self.y_axis.place(value) * (self.base - self.top)


def picture(height: float, said: str, parts: Sequence[str], width: float = WIDTH) -> str:
    """The whole, with what it shows in words for those who do not see it."""
    head = f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(said)}">'
    return "\n".join([head, *parts, "</svg>"])


def grid(frame: Frame, below: bool = True) -> list[str]:
    """A hairline and a label at each tick, and both axes' names; those `below` only where they are asked."""
    left, right, base = frame.left, frame.end, frame.base
    parts = [rule(left, base, right, base, "axis")]
    for value, label in frame.y_axis.ticks:
        y = frame.y(value)
        parts += [rule(left, y, right, y, "grid"), text(left - 6, y + 4, "end", label)]
    for value, label in frame.x_axis.ticks:
        x = frame.x(value)
        parts.append(rule(x, base, x, base + 4, "axis"))
        if below:
            parts.append(text(x, base + 16, "middle", label))
    parts.append(text(0, 11, "name", frame.y_axis.name))
    if below:
        half = LETTER * len(frame.x_axis.name) / 2
        middle = max(min((left + right) / 2, right - half), half)  # a long name stays inside
        parts.append(text(middle, frame.height - 6, "middle name", frame.x_axis.name))
    return parts


def text(x: float, y: float, kind: str, words: str) -> str:
    """Words at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(words)}</text>'


def rule(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def line(points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line through points."""
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return f'<polyline points="{path}" class="line {kind}"/>'


def area(points: Sequence[tuple[float, float]], kind: str) -> str:
    """What points enclose."""
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return f'<polygon points="{path}" class="{kind}"/>'


def sample(x: float, y: float, length: float, kind: str) -> str:
    """A piece of a line, for a key."""
    return f'<path d="M{x:.1f} {y:.1f}h{length:g}" class="line {kind}"/>'


def bar(x: float, y: float, width: float, height: float, kind: str, said: str) -> str:
    """A rectangle that says what it stands for when it is pointed at."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    return f'<rect {place} class="bar {kind}"><title>{escape(said)}</title></rect>'


def circle(x: float, y: float, r: float, kind: str) -> str:
    """A dot or a ring."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}" class="{kind}"/>'


def dots(x: Sequence[float], y: Sequence[float], kind: str) -> str:
    """Many dots as one path, each a line without length whose ends are round."""
    path = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(x, y, strict=True))
    return f'<path d="{path}" class="{kind}"/>'


def shorten(name: object, most: int) -> str:
    """A name that leaves room for the picture.

    >>> shorten("education", 12), shorten("a-very-long-name", 12)
    ('education', 'a-very-long…')
    """
    words = str(name)
    return words if len(words) <= most else words[: most - 1] + "…"
