"""A network of dense layers as a lecture draws it: a circle for each unit, a line for each weight."""

from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from math import prod
from typing import Any

from gradatim.explain.figures.network import column

MOST_LAYERS = 8
PITCH, LEFT, TOP, TALL = 190, 110, 130, 300  # pixels
DENSE = ("Dense(", "Linear(")
BEHIND = ("Activation(", "Dropout(", "PReLU", "Softmax")  # what belongs to the layer before it
PLAIN = ("Flatten", "Identity")


@dataclass
class Units:
    """A column of units: how many, what stands behind them, and the parameters that lead to them."""

    name: str
    size: int
    parameters: int = 0
    behind: list[str] = field(default_factory=list)


def dense_columns(found: dict[str, Any]) -> list[Units]:
    """The units from the inputs to the outputs; empty where a layer is none of a small dense network's.

    >>> dense = {"layer": "Dense(in_features=4, out_features=3, bias=True)", "output": [3], "parameters": 15}
    >>> [one.size for one in dense_columns({"input": [4], "layers": [dense]})]
    [4, 3]
    """
    columns = [Units("inputs", prod(found["input"]))]
    for row in found["layers"]:
        layer = row["layer"]
        if layer.startswith(DENSE) and len(row["output"]) == 1:
            columns.append(Units(f"hidden {len(columns)}", row["output"][0], row["parameters"]))
        elif layer.startswith(BEHIND) and len(columns) > 1:
            columns[-1].behind.append(layer.removeprefix("Activation(").removesuffix(")").replace("(p=", " "))
            columns[-1].parameters += row["parameters"]
        elif not layer.startswith(PLAIN):
            return []
    columns[-1].name = "outputs"
    return columns if 2 <= len(columns) <= MOST_LAYERS else []


def draw_units(columns: list[Units]) -> tuple[str, int, int]:
    """The drawing below a heading, its width and its height."""
    parts, places = [], []
    for k, one in enumerate(columns):
        shown = column(one.size)
        x = LEFT + PITCH * k
        y = [TOP + TALL * (1 - height) / 2 for height in shown.heights]
        places.append((x, y))
        if one.size > len(shown.units):
            parts.append(_text(x, TOP + TALL * (1 - shown.dots) / 2 + 5, "⋮", 20))
    for (x, ys), (to, heights) in pairwise(places):
        lines = " ".join(f"M{x} {y:.1f}L{to} {end:.1f}" for y in ys for end in heights)
        parts.insert(0, f'<path d="{lines}" stroke="#9aa4b0" stroke-width="0.8" fill="none"/>')
    for one, (x, ys) in zip(columns, places, strict=True):
        fill = "#ffffff" if one.name == "inputs" else "#5a9e6f" if one.name == "outputs" else "#cfe6d6"
        r = 11 if len(ys) <= 8 else 8
        parts += [
            f'<circle cx="{x}" cy="{y:.1f}" r="{r}" fill="{fill}" stroke="#333" stroke-width="1.3"/>'
            for y in ys
        ]
        parts.append(_text(x, TOP - 18, f"{one.name}: {one.size:,}", 14, "bold"))
        below = [*one.behind, *([f"{one.parameters:,} parameters"] if one.parameters else [])]
        parts += [_text(x, TOP + TALL + 30 + 17 * line, words, 12) for line, words in enumerate(below)]
    width = max(900, 2 * LEFT + PITCH * (len(columns) - 1))
    shift = (width - 2 * LEFT - PITCH * (len(columns) - 1)) / 2
    most = max(len(one.behind) for one in columns)
    return f'<g transform="translate({shift:g} 0)">{"".join(parts)}</g>', width, TOP + TALL + 60 + 17 * most


def _text(x: float, y: float, words: str, size: int, weight: str = "normal") -> str:
    style = f'font-size="{size}" font-weight="{weight}" text-anchor="middle" fill="#222"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'
