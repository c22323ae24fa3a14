"""A network as one picture: units, or blocks as tall as maps are large, as wide as they have channels."""

from html import escape
from math import ceil, log2
from typing import Any

from gradatim.explain.architecture_blocks import Column, columns
from gradatim.explain.architecture_units import dense_columns, draw_units
from gradatim.printable import legible

PITCH, MARGIN, FLOOR, BOTTOM = 116, 40, 340, 476  # pixels
TALLEST, LOWEST = 190, 10  # of a block's front
LINE = 15  # between two lines of text
MOST = 13  # blocks in a row
ROW = 370  # from one row to the next
THINNEST, THICKEST = 8, 46
SLANT = 0.28  # how much of its height a block reaches back
COLOURS = {  # front, side, top; told apart without colour by their words
    "convolution": ("#4c78a8", "#35567a", "#7ba0c8"), "pool": ("#e4a03a", "#b07820", "#f2c37c"),
    "dense": ("#5a9e6f", "#3f7450", "#8cc49d"), "mean": ("#8f8f98", "#6a6a72", "#b6b6bd"),
    "upsampling": ("#9a6fb0", "#724f85", "#bf9fd0"),
}  # fmt: skip
NAMES = {
    "convolution": "convolution", "pool": "pool", "mean": "mean over pixels", "dense": "dense layer",
    "upsampling": "upsampling",
}  # fmt: skip


def draw(name: str, found: dict[str, Any], paper: str = "") -> str:
    """The SVG of a network from what `show` found: its input and its layers.

    A small network of dense layers is drawn unit by unit, any other in blocks: equal ones that follow each
    other are drawn once and counted; activations and normalisations belong to the layer before them; an arc
    is a shortcut around every one of a block's copies.
    """
    if dense := dense_columns(found):
        return _page(name, found, paper, *draw_units(dense))
    blocks = [Column("input", "input", list(found["input"])), *columns(found["layers"])]
    rows = ceil(len(blocks) / MOST)
    each = ceil(len(blocks) / rows)
    width = max(900, 2 * MARGIN + PITCH * each)
    pixels = max(max(block.output[1:], default=1) for block in blocks)
    channels = max(block.output[0] for block in blocks)
    parts = []
    for row in range(rows):
        part = blocks[row * each : (row + 1) * each]
        start = (width - PITCH * each) / 2
        end = width if row < rows - 1 else start + PITCH * (len(part) - 0.5)
        drawn = [_line(0 if row else start + PITCH / 2, end)]
        drawn += [_block(b, start + PITCH * (place + 0.5), pixels, channels) for place, b in enumerate(part)]
        parts.append(f'<g transform="translate(0 {row * ROW})">{"".join(drawn)}</g>')
    down = (rows - 1) * ROW
    parts.append(f'<g transform="translate(0 {down})">{_legend(blocks, width)}</g>')
    return _page(name, found, paper, "".join(parts), width, down + BOTTOM + 40)


def _page(name: str, found: dict[str, Any], paper: str, drawn: str, width: int, height: int) -> str:
    """The drawing below its heading."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="Helvetica, Arial, sans-serif" role="img">'
        f'<title>{escape(legible(name))}</title><rect width="100%" height="100%" fill="#ffffff"/>'
        f"{_heading(name, found, paper, width)}{drawn}</svg>\n"
    )


def _heading(name: str, found: dict[str, Any], paper: str, width: float) -> str:
    size = "×".join(map(str, found["input"][1:])) or f"{found['input'][0]} features"
    said = f"{found['parameters']:,} parameters · {_round(found['multiply_adds'])} multiply-adds at {size}"
    return (
        _text(MARGIN, 40, name, 26, "start", "bold") + _text(MARGIN, 64, said, 14, "start")
        + (_text(width - MARGIN, 40, paper, 12, "end", fill="#666") if paper else "")
    )  # fmt: skip


def _block(block: Column, x: float, pixels: int, channels: int) -> str:
    """A block, its arc, and its words, around the vertical line at x."""
    if block.kind == "join":
        return _plus(x) + _text(x, FLOOR + 26, "sum", 12) + _shape(x, block)
    size = max(block.output[1:], default=1)
    vector = len(block.output) == 1 or size == 1
    share = _share(block.output[0], channels) if vector else (size / pixels) ** 0.5
    height = LOWEST + (TALLEST - LOWEST) * share
    thick = THINNEST if vector else THINNEST + (THICKEST - THINNEST) * _share(block.output[0], channels)
    back = 0.0 if vector else SLANT * height
    left, base = x - (thick + back / 2) / 2, FLOOR
    parts = [_solid(block.kind, left, base, thick, height, back / 2)]
    if block.shortcut:
        parts.append(_arc(left, left + thick, base - height - back / 2))
    words = [(block.name, "bold")] if block.name else []
    words += [(unit, "normal") for unit in _few(block.units)]
    if block.count > 1:
        words.append((f"× {block.count}", "bold"))
    for place, (word, weight) in enumerate(words):
        parts.append(_text(x, base + 26 + LINE * place, word, 12, weight=weight))
    return "".join(parts) + _shape(x, block)


def _shape(x: float, block: Column) -> str:
    return _text(x, FLOOR + 28 + LINE * 6, " × ".join(map(str, block.output)), 12, fill="#444")


def _solid(kind: str, x: float, base: float, thick: float, height: float, back: float) -> str:
    """Front, top and side; the input is an outline."""
    front, side, top = COLOURS.get(kind, ("#ffffff", "#f2f2f2", "#fafafa"))
    edge = 'stroke="#333" stroke-width="1" stroke-linejoin="round"'
    up = base - height
    shape = (
        f'<rect x="{x:.1f}" y="{up:.1f}" width="{thick:.1f}" height="{height:.1f}" fill="{front}" {edge}/>'
    )
    if not back:
        return shape
    lid = [(x, up), (x + back, up - back), (x + thick + back, up - back), (x + thick, up)]
    wall = [
        (x + thick, up),
        (x + thick + back, up - back),
        (x + thick + back, base - back),
        (x + thick, base),
    ]
    return shape + _polygon(lid, top, edge) + _polygon(wall, side, edge)


def _polygon(points: list[tuple[float, float]], fill: str, edge: str) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{places}" fill="{fill}" {edge}/>'


def _arc(left: float, right: float, top: float) -> str:
    """A shortcut over a block, and the sum it ends in."""
    a, b, y = left - 16, right + 30, top - 6
    return (
        f'<path d="M {a:.1f} {FLOOR - 12} L {a:.1f} {y:.1f} Q {a:.1f} {y - 14:.1f} {a + 14:.1f} {y - 14:.1f} '
        f'L {b - 14:.1f} {y - 14:.1f} Q {b:.1f} {y - 14:.1f} {b:.1f} {y:.1f} L {b:.1f} {FLOOR - 20}" '
        f'fill="none" stroke="#c44e52" stroke-width="2"/>'
        f"{_plus(b)}"
    )


def _plus(x: float) -> str:
    circle = f'<circle cx="{x:.1f}" cy="{FLOOR - 12}" r="8" fill="#fff" stroke="#c44e52" stroke-width="2"/>'
    return circle + _text(x, FLOOR - 7, "+", 14, fill="#c44e52", weight="bold")


def _legend(blocks: list[Column], width: float) -> str:
    kinds = [kind for kind in NAMES if any(block.kind == kind for block in blocks)]
    parts, x = [], float(MARGIN)
    for kind in kinds:
        parts.append(
            _solid(kind, x, BOTTOM + 22, 12, 12, 0.0) + _text(x + 18, BOTTOM + 21, NAMES[kind], 12, "start")
        )
        x += 40 + 7 * len(NAMES[kind])
    if any(block.shortcut for block in blocks):
        line = f'<path d="M {x} {BOTTOM + 16} h 14" stroke="#c44e52" stroke-width="2"/>'
        parts.append(line + _text(x + 20, BOTTOM + 21, "shortcut, added", 12, "start"))
    note = "height: the maps' size, as its root; width: channels, as their logarithm"
    return "".join(parts) + _text(width - MARGIN, BOTTOM + 21, note, 12, "end", fill="#666")


def _few(units: list[str]) -> list[str]:
    return units if len(units) <= 3 else [*units[:1], f"… {len(units)} layers"]


def _share(value: float, most: float) -> float:
    """Between 0 and 1 on a logarithmic scale."""
    return log2(value + 1) / log2(most + 1)


def _round(number: int) -> str:
    for size, word in ((1e12, "10¹²"), (1e9, "10⁹"), (1e6, "10⁶")):
        if number >= size:
            return f"{number / size:.3g} · {word}"
    return f"{number:,}"


def _line(x: float, to: float) -> str:
    y = FLOOR - 12
    return f'<line x1="{x:.1f}" y1="{y}" x2="{to:.1f}" y2="{y}" stroke="#999" stroke-width="1.5"/>'


def _text(
    x: float, y: float, words: str, size: int, anchor: str = "middle", weight: str = "normal",
    fill: str = "#222",
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{fill}">{escape(legible(words))}</text>'
    )
