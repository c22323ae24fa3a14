"""Pieces of a trace's drawing: SVG in the colours of the page around it."""

from collections.abc import Sequence
from html import escape

EDGE = 'stroke="currentColor" stroke-width="1.4" fill="none"'
BOX = 'fill="var(--panel, none)" stroke="currentColor" stroke-width="1.4"'


def svg(width: float, height: float, words: str, parts: Sequence[str]) -> str:
    """The whole drawing, with what it shows in words for those who do not see it."""
    head = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-family="inherit"'
    return f'<svg {head} role="img" aria-label="{escape(words)}">{"".join(parts)}</svg>'


def text(x: float, y: float, words: str, size: float = 14, kind: str = "", anchor: str = "middle") -> str:
    """Words at a place; of the kind `dim` fainter, of the kind `halo` with the paper around the letters."""
    name = f' class="{kind}"' if kind else ""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}"'
    return f'<text {place} fill="currentColor"{name}>{escape(words)}</text>'


def line(x: float, y: float, to: float, end: float, style: str = EDGE) -> str:
    """A straight line."""
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to:.1f}" y2="{end:.1f}" {style}/>'


def path(d: str, style: str = EDGE) -> str:
    """A path."""
    return f'<path d="{d}" {style}/>'


def circle(x: float, y: float, r: float, style: str = BOX) -> str:
    """A circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}" {style}/>'


def arrow(x: float, y: float, to: float, end: float, style: str = EDGE) -> str:
    """A line that ends in an arrow's head.

    >>> arrow(0, 0, 10, 0).count("<path")
    1
    """
    length = max(((to - x) ** 2 + (end - y) ** 2) ** 0.5, 1e-9)
    u, v = 9 * (to - x) / length, 9 * (end - y) / length
    left = f"{to - u - v / 2:.1f} {end - v + u / 2:.1f}"
    right = f"{to - u + v / 2:.1f} {end - v - u / 2:.1f}"
    return line(x, y, to, end, style) + path(f"M{left}L{to:.1f} {end:.1f}L{right}", style)
