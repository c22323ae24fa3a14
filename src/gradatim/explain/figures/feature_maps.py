"""What every layer gives for one example: feature maps as tiles, units as bars."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.explain.figures.filters import largest
from gradatim.explain.figures.style import Picture, Theme, short

MOST_MAPS = 12  # of a layer: those with the largest values
MOST_LAYERS = 8
GAP = 0.12  # of a map, between two


class Output(NamedTuple):
    """A layer, and what it gives: units (U,) or feature maps (C, H, W)."""

    name: str
    values: np.ndarray


def feature_maps_figure(outputs: Sequence[Output], title: str) -> Picture:
    """A row for each layer, from the input down."""

    def draw(figure: Any, theme: Theme) -> None:
        figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
        rows = figure.subplots(len(outputs), 1, squeeze=False)[:, 0]
        for axes, (name, values) in zip(rows, outputs, strict=True):
            axes.grid(False)
            if values.ndim == 3:
                shown = largest(values, MOST_MAPS)
                _maps(axes, values[shown], theme)
                some = f", {len(shown)} of {len(values)} maps" if len(shown) < len(values) else ""
                said = f"{' × '.join(map(str, values.shape))}{some}"
            else:
                axes.bar(np.arange(len(values)), values, width=0.9, color=theme.lines[0])
                axes.axhline(0, color=theme.ink, linewidth=0.8)
                axes.set_xlim(-0.6, len(values) - 0.4)
                axes.tick_params(labelsize=8)
                axes.xaxis.get_major_locator().set_params(integer=True)
                said = f"{len(values)} units" if len(values) != 1 else "1 unit"
            axes.set_title(f"{short(name, 48)}: {said}", fontsize=10)

    return Picture(draw, (9.0, 1.25 * len(outputs) + 0.8))


def strip(maps: np.ndarray) -> np.ndarray:
    """Maps (C, H, W) beside each other, a gap of not-a-number between them.

    >>> strip(np.ones((2, 8, 8))).shape
    (8, 17)
    """
    gap = np.full((maps.shape[1], max(1, round(GAP * maps.shape[2]))), np.nan)
    return np.concatenate([part for one in maps for part in (gap, one)][1:], axis=1)


def _maps(axes: Any, maps: np.ndarray, theme: Theme) -> None:
    """Each map from its smallest to its largest value, the paper's colour to the ink's."""
    from matplotlib.colors import LinearSegmentedColormap

    low, high = (f(maps, axis=(1, 2), keepdims=True) for f in (np.min, np.max))
    colours = LinearSegmentedColormap.from_list("maps", [theme.faint, theme.lines[0], theme.ink])
    scaled = (maps - low) / np.where(high > low, high - low, 1)
    axes.imshow(
        strip(scaled), cmap=colours.with_extremes(bad=theme.paper), interpolation="nearest", vmin=0, vmax=1
    )
    axes.set_axis_off()
    axes.set_anchor("W")
