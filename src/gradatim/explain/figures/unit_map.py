"""A self-organising map drawn: a cell for each unit, coloured by a value; several side by side."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

from gradatim.explain.figures.style import Picture, Theme, short
from gradatim.nn.unit_grid import outlines

MOST_LETTERS = 24  # columns of units up to which a cell has a text
ACROSS = 4  # planes in a row


def map_figure(
    values: np.ndarray, topology: str, title: str, unit: str, words: str = "", texts: Sequence[str] = ()
) -> Picture:
    """Values (rows, columns), one a unit, from the paper's colour to the first line's; `texts` stand in the
    cells of a small map.
    """
    rows, columns = values.shape

    def draw(figure: Any, theme: Theme) -> None:
        from matplotlib.ticker import MaxNLocator

        axes = figure.add_subplot()
        cells = _cells(axes, values, topology, theme)
        axes.set_title(title, fontweight="bold")
        _ticks(axes, rows, columns)
        if columns <= MOST_LETTERS:
            _write(axes, values, topology, texts, theme)
        bar = figure.colorbar(cells, ax=axes, shrink=0.7, aspect=18)
        bar.set_label(unit)
        if values.dtype.kind in "iu":
            bar.locator = MaxNLocator(integer=True)
        bar.outline.set_visible(False)
        if words:
            figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    height = rows * (0.87 if topology == "hexagonal" else 1.0) / columns
    return Picture(draw, (7.2, min(max(5.6 * height + 1.2, 2.6), 9.0)), words)


def planes_figure(planes: np.ndarray, topology: str, names: Sequence[str], title: str, words: str) -> Picture:
    """Component planes (K, rows, columns), each from its least value, the paper's colour, to its largest."""
    across = min(len(planes), ACROSS)
    down = ceil(len(planes) / across)

    def draw(figure: Any, theme: Theme) -> None:
        figure.suptitle(title, fontweight="bold", x=0.01, ha="left")
        for k, (plane, name) in enumerate(zip(planes, names, strict=True)):
            axes = figure.add_subplot(down, across, k + 1)
            cells = _cells(axes, plane, topology, theme)
            axes.set_title(short(name, 20), fontsize=10)
            axes.set_axis_off()
            bar = figure.colorbar(cells, ax=axes, shrink=0.7, aspect=12)
            bar.ax.tick_params(labelsize=8)
            bar.outline.set_visible(False)
        figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    return Picture(draw, (9.2, min(2.1 * down + 0.9, 14.0)), words)


def _cells(axes: Any, values: np.ndarray, topology: str, theme: Theme) -> Any:
    """The cells of one map, row 0 at the top."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("units", [theme.paper, theme.lines[0]])
    rows, columns = values.shape
    corners = outlines(rows, columns, topology)
    cells = PolyCollection(list(corners), array=values.reshape(-1), cmap=colours, edgecolors=theme.faint,
                           linewidths=0.6)  # fmt: skip
    axes.add_collection(cells)
    low, high = corners.reshape(-1, 2).min(0), corners.reshape(-1, 2).max(0)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(high[1], low[1])
    axes.set_aspect("equal")
    axes.grid(False)
    return cells


def _write(axes: Any, values: np.ndarray, topology: str, texts: Sequence[str], theme: Theme) -> None:
    """The texts in the middle of the cells, in the ink or the paper's colour, whichever is told apart."""
    low, high = float(values.min()), float(values.max())
    rows, columns = values.shape
    middles = outlines(rows, columns, topology).mean(1)
    size = max(5.0, min(10.0, 130 / columns))
    for (x, y), text, value in zip(middles, texts, values.reshape(-1), strict=False):
        full = (value - low) / ((high - low) or 1.0) > 0.55
        axes.text(x, y, short(text, 6), ha="center", va="center", fontsize=size,
                  color=theme.paper if full else theme.ink)  # fmt: skip


def _ticks(axes: Any, rows: int, columns: int) -> None:
    """Numbers of rows and columns, every fifth of a large map."""
    height = np.diff(axes.get_ylim()[::-1])[0]
    apart = (height - 1) / (rows - 1) if rows > 1 and height < rows else 1.0
    for numbers, put, step in (
        (columns, axes.set_xticks, 1.0), (rows, axes.set_yticks, apart)
    ):  # fmt: skip
        shown = range(0, numbers, 1 if numbers <= 12 else 5)
        put([k * step for k in shown], [str(k) for k in shown])
    axes.set_xlabel("column")
    axes.set_ylabel("row")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
