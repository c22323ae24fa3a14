"""Any network as a graph in layers: units, maps, loops, and how each layer is connected (curriculum A8)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.network import Column, column
from gradatim.explain.figures.style import Picture, Theme

MOST_COLUMNS = 15
SHEETS = 5  # of maps that are drawn
COLUMN = 1.75  # inches from one layer to the next
SIDE = 0.2  # half of a sheet's side; columns are 1 apart across
TALL = 0.62  # half of its height
MAPS = ("convolution", "local", "subsampling")
SHORT = {
    "dense": "dense", "partial": "partially connected", "convolution": "convolution", "local": "local",
    "subsampling": "subsampling", "recurrent": "recurrent", "lateral": "lateral", "embedding": "embedding",
    "symmetric": "both ways",
}  # fmt: skip


def layer_graph_figure(layers: Sequence[Any], title: str) -> Picture:
    """A column for every layer, dots or sheets; lines as the layers are connected, weights counted below.

    `layers` have name, kind, inputs, units, weights, biases, kernel and connections, as `models.graph` finds
    them. A lateral layer is drawn on the column it belongs to. Raises UsageError for more columns than fit.
    """
    columns = 1 + sum(layer.kind != "lateral" for layer in layers)
    if columns > MOST_COLUMNS:
        raise UsageError(
            f"{columns - 1} layers do not fit a picture of units: at most {MOST_COLUMNS - 1}; "
            "gradatim show NAME --svg FILE draws them as blocks"
        )

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_axis_off()
        first = layers[0]
        _Drawing(axes, theme).all(first, layers)
        axes.set_xlim(-0.45, columns - 0.55)
        axes.set_ylim(-1.75, 1.5)
        axes.set_title(title, fontweight="bold")

    return Picture(draw, (max(COLUMN * columns, 7.2), 5.6))


class _Drawing:
    """The columns from left to right on one pair of axes."""

    def __init__(self, axes: Any, theme: Theme):
        self.axes, self.theme = axes, theme

    def all(self, first: Any, layers: Sequence[Any]) -> None:
        """The inputs, then every layer."""
        maps = first.kind in MAPS or (first.kind == "partial" and bool(first.kernel))
        before = self.column(0, first.inputs, maps)
        self.heading(0, "inputs", first.inputs, maps)
        x, last = 0, max((k for k, layer in enumerate(layers) if layer.kind != "lateral"), default=-1)
        for k, layer in enumerate(layers):
            if layer.kind == "lateral":
                self.lateral(x, before)
                self.below(x, layer, row=1)
                continue
            x += 1
            are_maps = layer.kind in MAPS or (layer.kind == "partial" and bool(layer.kernel))
            if not are_maps and not maps and before is not None and before.size != layer.inputs:
                self.note(x, f"{layer.inputs:,} numbers")
            after = self.column(x, layer.units, are_maps)
            self.connect(x, layer, before, after, maps, are_maps)
            hidden = "outputs" if k == last and layer.kind != "symmetric" else f"hidden {x}"
            self.heading(x, hidden, layer.units, are_maps)
            self.below(x, layer)
            before, maps = after, are_maps

    def column(self, x: int, size: int, maps: bool) -> Column | None:
        """The units of a layer as circles, or its maps as sheets."""
        if maps:
            from matplotlib.patches import Rectangle

            count = min(size, SHEETS)
            for k in range(count):
                shift = (k - (count - 1) / 2) * 0.035
                self.axes.add_patch(Rectangle(
                    (x - SIDE / 1.4 + shift, -TALL / 2 - 2.2 * shift), 2 * SIDE / 1.4, TALL,
                    facecolor=self.theme.paper, edgecolor=self.theme.ink, linewidth=1.2, zorder=3 + k,
                ))  # fmt: skip
            return None
        shown = column(size)
        self.axes.scatter(
            [x] * len(shown.heights), shown.heights, s=170 if len(shown.units) <= 6 else 85,
            facecolor=self.theme.paper, edgecolor=self.theme.ink, linewidth=1.3, zorder=5,
        )  # fmt: skip
        if size > len(shown.units):
            self.axes.text(x, shown.dots, "⋮", ha="center", va="center", fontsize=18, zorder=5)
        return shown

    def connect(
        self, x: int, layer: Any, before: Column | None, after: Column | None, from_maps: bool, to_maps: bool
    ) -> None:
        """Lines for the connections that exist; from a window of a map where they are local."""
        if from_maps and to_maps:
            self.window(x, layer)
            if layer.connections is not None:
                self.note(x, f"{sum(map(sum, layer.connections))} of {layer.inputs * layer.units} maps")
        elif before is None or after is None:
            self.lines(_to_or_from_a_map(x, before, after))
        else:
            exist = None if layer.connections is None else np.array(layer.connections)
            fit = before.size == layer.inputs
            self.lines([
                ((x - 1, y), (x, to))
                for j, to in zip(after.units, after.heights, strict=True)
                for i, y in zip(before.units, before.heights, strict=True)
                if exist is None or not fit or exist[j, i]
            ])  # fmt: skip
        if layer.kind == "recurrent" and after is not None:
            self.loops(x, after)

    def lines(self, ends: list[Any]) -> None:
        from matplotlib.collections import LineCollection

        self.axes.add_collection(
            LineCollection(ends, linewidths=0.6, colors=self.theme.lines[5], alpha=0.7, zorder=1)
        )

    def window(self, x: int, layer: Any) -> None:
        """A window in the sheets before, and lines from its corners to one place behind."""
        from matplotlib.patches import Rectangle

        w, h = 0.09, 0.16
        left, low = x - 1 + 0.0, -0.02
        self.axes.add_patch(Rectangle(
            (left, low), w, h, facecolor=self.theme.lines[0], alpha=0.55, edgecolor=self.theme.ink, zorder=9
        ))  # fmt: skip
        at = (x - 0.02, 0.06)
        for corner in ((left + w, low), (left + w, low + h)):
            self.axes.plot(
                [corner[0], at[0]], [corner[1], at[1]], color=self.theme.lines[0], linewidth=1.2, zorder=9
            )
        self.axes.plot(*at, marker="s", markersize=3.5, color=self.theme.lines[0], zorder=9)

    def loops(self, x: int, after: Column) -> None:
        """An arrow from every unit back to itself, and one between neighbours: a step before."""
        for height in after.heights:
            self.arc((x + 0.05, height + 0.03), (x - 0.05, height + 0.03), 1.7)
        self.lateral(x, after)

    def lateral(self, x: int, units: Column | None) -> None:
        """Arcs between neighbours of one column."""
        heights = [] if units is None else units.heights
        for low, high in zip(heights[1:], heights[:-1], strict=True):
            self.arc((x + 0.06, low), (x + 0.06, high), 0.5)

    def arc(self, start: tuple[float, float], end: tuple[float, float], bend: float) -> None:
        from matplotlib.patches import FancyArrowPatch

        self.axes.add_patch(FancyArrowPatch(
            start, end, connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>", mutation_scale=8,
            color=self.theme.lines[1], linewidth=1.2, zorder=4,
        ))  # fmt: skip

    def heading(self, x: int, name: str, size: int, maps: bool) -> None:
        """What a column is, and how wide."""
        words = f"{size:,} {'map' if size == 1 else 'maps'}" if maps else f"{size:,}"
        self.axes.text(x, 1.27, f"{name}\n{words}", ha="center", va="center", linespacing=1.3, fontsize=10)

    def note(self, x: int, words: str) -> None:
        """Words between two columns."""
        self.axes.text(x - 0.5, 0.98, words, ha="center", va="center", fontsize=8, style="italic")

    def below(self, x: int, layer: Any, row: int = 0) -> None:
        """The kind of connection and how many weights it has."""
        size = "×".join(map(str, layer.kernel))
        kind = SHORT[layer.kind].replace(" ", "\n") + (f"\n{size}" if size else "")
        biases = f"\n{layer.biases:,} biases" if layer.biases else ""
        self.axes.text(
            x, -1.02 - 0.42 * row, f"{kind}\n{layer.weights:,} weights{biases}", ha="center", va="top",
            fontsize=8.5, linespacing=1.25,
        )  # fmt: skip


def _to_or_from_a_map(x: int, before: Column | None, after: Column | None) -> list[Any]:
    """Lines from a map to the units of column x, or from units to a map there."""
    edge = SIDE * 0.8
    if after is not None:
        return [((x - 1 + edge, y), (x, to)) for to in after.heights for y in (-0.25, 0.25)]
    heights = [] if before is None else before.heights
    return [((x - 1, y), (x - edge, to)) for y in heights for to in (-0.25, 0.25)]
