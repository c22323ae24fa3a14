"""Where a network looks on a picture at every word that it says: heat maps, a word each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.explain.figures.picture_grid import show_page
from gradatim.explain.figures.style import Picture, Theme, short

ACROSS = 6  # pictures in a row
TILE = 1.55  # inches
DARK, GLOW = 0.35, 0.25  # what is left of a place that is not looked at, what is added to one that is
FINEST = 192  # pixels on the longer side of a heat map


def picture_attention(
    picture: np.ndarray, words: Sequence[str], weights: np.ndarray, title: str = ""
) -> Picture:
    """The picture, and behind it the same for each of T words, light where it was looked at.

    Shapes: picture (C, H, W) of bytes, weights (T, h, w) of the places of the network's maps; the weights of
    a word are drawn as shares of their largest.
    """
    tiles = [as_colours(picture), *attention_tiles(picture, weights)]
    names = ["", *words]

    def draw(figure: Any, theme: Theme) -> None:
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")
        rows = -(-len(tiles) // ACROSS)
        every = figure.subplots(rows, ACROSS, squeeze=False).reshape(-1)
        for axes in every:
            axes.set_axis_off()
        for axes, tile, name in zip(every, tiles, names, strict=False):
            show_page(axes, tile)
            axes.set_title(short(name, 18), fontsize=10, loc="center")

    height = TILE * -(-len(tiles) // ACROSS) + (0.5 if title else 0.1)
    said = " ".join(words)
    return Picture(draw, (ACROSS * TILE, height), f"Where the network looks at each word of “{said}”")


def as_colours(picture: np.ndarray) -> np.ndarray:
    """A picture (C, H, W) of bytes as (H, W, 3) from 0 to 1."""
    colours = np.repeat(picture, 3, 0) if len(picture) == 1 else picture[:3]
    return np.moveaxis(colours, 0, 2) / 255


def attention_tiles(picture: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The picture once for each of T words, dark where it was not looked at: (T, H, W, 3) from 0 to 1.

        tile = p (d + (1 − d) m) + g m,   m = the word's weights over their largest, between places linear

    A small picture is enlarged by a whole number first, so that the maps are smooth.

    >>> attention_tiles(np.zeros((3, 100, 100)), np.ones((2, 5, 5))).shape
    (2, 100, 100, 3)
    """
    p = as_colours(picture)
    times = max(1, FINEST // max(p.shape[:2]))
    p = p.repeat(times, 0).repeat(times, 1)
    found = []
    for one in weights:
        m = enlarge(one / max(float(one.max()), np.finfo(float).tiny), p.shape[0], p.shape[1])[..., None]
        found.append(np.clip(p * (DARK + (1 - DARK) * m) + GLOW * m, 0, 1))
    return np.stack(found) if found else np.empty((0, *p.shape))  # where no word was said


def enlarge(map_: np.ndarray, height: int, width: int) -> np.ndarray:
    """A map (h, w) on (height, width) pixels: each place's number in its middle, between them linear.

    >>> enlarge(np.array([[0.0, 1.0]]), 1, 4).tolist()
    [[0.0, 0.25, 0.75, 1.0]]
    """
    found = map_.astype(np.float64)
    for axis, size in enumerate((height, width)):
        n = found.shape[axis]
        at = np.clip((np.arange(size) + 0.5) * n / size - 0.5, 0, n - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, n - 1)
        share = (at - low).reshape((-1, 1) if axis == 0 else (1, -1))
        found = found.take(low, axis) * (1 - share) + found.take(high, axis) * share
    return found
