"""A network drawn unit by unit; a connection is a line as wide as |w|, dashed where w < 0."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.style import Picture, Theme, short

MOST_UNITS = 12  # of a layer; of more, the first and the last, and dots
WIDEST = 4.0  # points, of the largest weight of all
NARROWEST = 0.25
MOST_LAYERS = 10
COLUMN = 2.2  # inches from one layer to the next


class Connections(NamedTuple):
    """Weights (out, in) between two layers of units, and which of them exist; the activation behind."""

    weight: np.ndarray
    exist: np.ndarray | None = None
    behind: str = ""


class Column(NamedTuple):
    """A layer as it is drawn: the numbers of the units shown, and their heights from −1 to 1."""

    units: list[int]
    heights: list[float]
    size: int
    dots: float = 0.0  # the height of what is left out


def column(size: int) -> Column:
    """The units of a layer that are shown: all, or the first and the last with a gap between.

    >>> column(3).heights, column(100).units[-1]
    ([0.8, 0.0, -0.8], 99)
    """
    if size <= MOST_UNITS:
        units, places = list(range(size)), list(range(size))
    else:
        half = MOST_UNITS // 2
        units = [*range(half), *range(size - half + 1, size)]
        places = [*range(half), *range(half + 1, MOST_UNITS)]  # the place between them is the dots'
    gap = min(0.8, 1.9 / max(*places, 1))
    middle = (max(places) + min(places)) / 2
    heights = [gap * (middle - place) + 0.0 for place in places]
    return Column(units, heights, size, gap * (middle - MOST_UNITS // 2))


def network_figure(
    layers: Sequence[Connections], title: str, inputs: Sequence[str] = (), outputs: Sequence[str] = ()
) -> Picture:
    """The units in columns from the inputs to the outputs; `inputs` and `outputs` name them.

    Raises UsageError for layers that do not follow each other, and for more than can be drawn.
    """
    if len(layers) > MOST_LAYERS:
        raise UsageError(f"{len(layers)} layers of weights do not fit a picture: at most {MOST_LAYERS}")
    sizes = [layers[0].weight.shape[1], *(layer.weight.shape[0] for layer in layers)]
    for number, layer in enumerate(layers):
        if layer.weight.shape[1] != sizes[number]:
            raise UsageError(
                f"a layer of {layer.weight.shape[1]} inputs follows one of {sizes[number]} units"
            )
    columns = [column(size) for size in sizes]
    largest = max(float(np.abs(layer.weight).max()) for layer in layers) or 1.0

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_axis_off()
        for x, layer in enumerate(layers):
            _lines(axes, x, layer, columns[x], columns[x + 1], largest, theme)
        for x, units in enumerate(columns):
            _units(axes, x, units, theme)
        names = ["inputs", *(f"hidden {n}" for n in range(1, len(layers))), "outputs"]
        behind = ["", *(layer.behind for layer in layers)]
        for x, (units, name, activation) in enumerate(zip(columns, names, behind, strict=True)):
            axes.text(x, 1.24, f"{name}\n{units.size}", ha="center", va="center", linespacing=1.3)
            axes.text(x, -1.15, activation, ha="center", va="center", style="italic")
        _name(axes, 0, columns[0], inputs, "right")
        _name(axes, len(layers), columns[-1], outputs, "left")
        axes.set_xlim(-0.25, len(layers) + 0.25)
        axes.set_ylim(-1.25, 1.4)
        axes.set_title(title, fontweight="bold")
        _legend(figure, largest, theme)

    return Picture(draw, (max(COLUMN * len(layers) + 2.4, 7.2), 6.0))


def _lines(
    axes: Any, x: int, layer: Connections, before: Column, behind: Column, largest: float, theme: Theme
) -> None:
    """The connections between the units shown, in one collection for each sign."""
    from matplotlib.collections import LineCollection

    for positive in (True, False):
        segments, widths = [], []
        for j, to in zip(behind.units, behind.heights, strict=True):
            for i, start in zip(before.units, before.heights, strict=True):
                w = float(layer.weight[j, i])
                exists = layer.exist is None or bool(layer.exist[j, i])
                if exists and (w > 0 if positive else w <= 0):
                    segments.append([(x, start), (x + 1, to)])
                    widths.append(width(w, largest))
        axes.add_collection(
            LineCollection(
                segments, linewidths=widths, colors=theme.lines[0 if positive else 1],
                linestyles="-" if positive else (0, (4, 2)), alpha=0.85, zorder=1,
            )
        )  # fmt: skip


def width(w: float, largest: float) -> float:
    """The width of a line in points, proportional to |w|; the thinnest is still seen.

    >>> width(-2.0, 2.0), width(1.0, 2.0), width(0.0, 2.0)
    (4.0, 2.0, 0.25)
    """
    return max(WIDEST * abs(w) / largest, NARROWEST)


def _units(axes: Any, x: int, units: Column, theme: Theme) -> None:
    size = 190 if len(units.units) <= 6 else 110
    axes.scatter(
        [x] * len(units.heights), units.heights, s=size, facecolor=theme.paper, edgecolor=theme.ink,
        linewidth=1.4, zorder=3,
    )  # fmt: skip
    if units.size > len(units.units):
        axes.text(x, units.dots, "⋮", ha="center", va="center", fontsize=18, zorder=3)


def _name(axes: Any, x: int, units: Column, names: Sequence[str], side: str) -> None:
    if len(names) != units.size:
        return
    shift = -12 if side == "right" else 12
    for unit, height in zip(units.units, units.heights, strict=True):
        axes.annotate(
            short(names[unit], 20), (x, height), xytext=(shift, 0), textcoords="offset points", ha=side,
            va="center", annotation_clip=False,
        )  # fmt: skip


def _legend(figure: Any, largest: float, theme: Theme) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=theme.lines[0], linewidth=2.5, label="weight above 0"),
        Line2D([], [], color=theme.lines[1], linewidth=2.5, linestyle=(0, (4, 2)), label="weight below 0"),
        Line2D([], [], color=theme.ink, linewidth=WIDEST, label=f"as wide as ∣w∣ = {largest:.3g}"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, handlelength=3)
