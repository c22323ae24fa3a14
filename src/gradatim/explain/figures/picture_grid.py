"""Pictures in rows and columns, with what each row and each column is."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.explain.figures.style import Picture, Theme, short

WIDTH, MOST_HEIGHT = 8.4, 9.0  # inches


def picture_grid(
    tiles: np.ndarray, title: str, rows_of: Sequence[str] = (), columns_of: Sequence[str] = (),
    row: str = "", column: str = "", words: str = "", gap: bool = True, low: float | None = None,
    high: float | None = None,
) -> Picture:  # fmt: skip
    """Tiles (R, C, H, W) or (R, C, H, W, 3), from `low`, black, to `high`, white; the tiles' own when None.

    `rows_of` and `columns_of` name rows and columns, an empty name is left out; `row` and `column` say what
    the names are. A tile of not-a-number is an empty place.
    """
    page = grid_page(tiles, gap)
    low = float(np.nanmin(tiles)) if low is None else low
    high = float(np.nanmax(tiles)) if high is None else high
    page = np.clip((page - low) / ((high - low) or 1.0), 0, 1)
    height, width = (n + gap for n in tiles.shape[2:4])

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_title(title, fontweight="bold")
        show_page(axes, page)
        name_places(axes.set_xticks, columns_of, width)
        name_places(axes.set_yticks, rows_of, height)
        axes.set_xlabel(column)
        axes.set_ylabel(row)
        if words:
            figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    room = 1.2 + (0.35 if columns_of else 0) + (0.3 if words else 0)
    return Picture(
        draw, (WIDTH, min(room + 7.2 * page.shape[0] / page.shape[1], MOST_HEIGHT)), words or title
    )


def grid_page(tiles: np.ndarray, gap: bool = True) -> np.ndarray:
    """Tiles (R, C, H, W, …) as one page, a gap of not-a-number between them where asked for.

    >>> grid_page(np.ones((2, 3, 4, 4))).shape, grid_page(np.ones((2, 3, 4, 4, 3)), gap=False).shape
    ((9, 14), (8, 12, 3))
    """
    rows, columns, h, w = tiles.shape[:4]
    page = np.full((rows * (h + gap) - gap, columns * (w + gap) - gap, *tiles.shape[4:]), np.nan)
    for i in range(rows):
        for j in range(columns):
            top, left = i * (h + gap), j * (w + gap)
            page[top : top + h, left : left + w] = tiles[i, j]
    return page


def show_page(axes: Any, page: np.ndarray) -> None:
    """A page of numbers from 0 to 1 on axes without a frame; not-a-number is the paper."""
    axes.grid(False)
    if page.ndim == 3:
        gaps = np.isnan(page).any(-1, keepdims=True)
        page = np.concatenate([np.nan_to_num(page), ~gaps], -1)  # the last number is how opaque it is
    else:
        page = np.ma.masked_invalid(page)
    axes.imshow(page, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def name_places(put: Any, names: Sequence[str], step: int) -> None:
    """Names in the middle of places that are `step` pixels wide."""
    named = [(k * step + (step - 1) / 2, short(name, 20)) for k, name in enumerate(names) if name]
    put([at for at, _ in named], [name for _, name in named])
