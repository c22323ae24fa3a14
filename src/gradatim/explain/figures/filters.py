"""Weights as pictures: a tile for each unit or kernel, or a map of units by inputs."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

from gradatim.explain.figures.style import Picture, Theme, short

MOST_TILES = 64  # of more units, those with the largest weights
MOST_LABELS = 40  # inputs that are named
FINE = 16  # pixels of the page along a tile, at least
WIDER = 1.6  # a montage is so much wider than high


def largest(weights: np.ndarray, most: int = MOST_TILES) -> np.ndarray:
    """Which units (U, …) are shown: all, or those with the largest norms, in their order.

    >>> largest(np.array([[1.0], [-3.0], [2.0]]), 2).tolist()
    [1, 2]
    """
    norms = np.sqrt((weights.reshape(len(weights), -1).astype(np.float64) ** 2).sum(1))
    return np.sort(np.argsort(-norms, kind="stable")[:most])


def montage(tiles: np.ndarray) -> np.ndarray:
    """Tiles (U, H, W) or (U, H, W, 3) side by side in rows, a gap of not-a-number between them.

    >>> montage(np.ones((3, 2, 2))).shape
    (2, 8)
    """
    u, h, w = tiles.shape[:3]
    columns = columns_for(u, h, w)
    rows = ceil(u / columns)
    page = np.full((rows * (h + 1) - 1, columns * (w + 1) - 1, *tiles.shape[3:]), np.nan)
    for i, tile in enumerate(tiles):
        top, left = i // columns * (h + 1), i % columns * (w + 1)
        page[top : top + h, left : left + w] = tile
    return page


def columns_for(u: int, h: int = 1, w: int = 1) -> int:
    """How many of u tiles stand in a row: about WIDER times as many pixels across as down, and as few places
    empty as can be.

    >>> columns_for(64), columns_for(100), columns_for(3)
    (8, 10, 3)
    """
    ideal = (WIDER * u * h / w) ** 0.5
    choices = range(max(1, ceil(0.75 * ideal)), max(1, ceil(0.75 * ideal), int(1.4 * ideal)) + 1)
    return min(u, min(choices, key=lambda columns: (-u % columns, abs(columns - ideal))))


def tiles_figure(tiles: np.ndarray, title: str, words: str) -> Picture:
    """Each unit's weights as a picture, 0 the paper's colour; of three channels as red, green and blue around
    grey.
    """
    finer = ceil(FINE / max(tiles.shape[1:3]))  # pixels of the page for one of a tile: the gaps stay narrow
    page = montage(tiles.repeat(finer, 1).repeat(finer, 2))
    size = float(np.nanmax(np.abs(page))) or 1.0

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_title(title, fontweight="bold")
        if page.ndim == 3:
            from matplotlib.colors import to_rgb

            gap = np.isnan(page).any(-1, keepdims=True)
            axes.imshow(np.where(gap, to_rgb(theme.paper), 0.5 + page / (2 * size)), interpolation="nearest")
        else:
            _bar(figure, axes, axes.imshow(page, interpolation="nearest", **_colours(theme, size)))
        figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    height, width = page.shape[:2]
    return Picture(draw, (8.4, min(max(7.2 * height / width + 0.9, 2.6), 9.0)))


def map_figure(weights: np.ndarray, inputs: Sequence[str], title: str, words: str) -> Picture:
    """Weights (U, D): a row for each unit, a column for each input, by name where there are few."""
    size = float(np.abs(weights).max()) or 1.0
    named = len(inputs) == weights.shape[1] <= MOST_LABELS

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.grid(False)
        image = axes.imshow(weights, aspect="auto", interpolation="nearest", **_colours(theme, size))
        axes.set_title(title, fontweight="bold")
        axes.set_ylabel("unit")
        if named:
            axes.set_xticks(range(len(inputs)), [short(name, 20) for name in inputs], rotation=60, ha="right",
                            rotation_mode="anchor", fontsize=9)  # fmt: skip
        else:
            axes.set_xlabel("input")
        _bar(figure, axes, image)
        figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    return Picture(draw, (8.4, 5.6))


def _colours(theme: Theme, size: float) -> dict[str, Any]:
    """A map from the second colour by the paper's to the first, symmetric around 0."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("weights", [theme.lines[1], theme.paper, theme.lines[0]])
    return {"cmap": colours.with_extremes(bad=theme.faint), "vmin": -size, "vmax": size}


def _bar(figure: Any, axes: Any, image: Any) -> None:
    bar = figure.colorbar(image, ax=axes, shrink=0.6, aspect=18)
    bar.ax.set_title("weight", fontsize=10, loc="left")
    bar.outline.set_visible(False)
