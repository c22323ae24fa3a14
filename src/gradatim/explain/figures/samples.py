"""Samples as pictures: a column for each chain, a row for each moment of its sampling, or each class."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.explain.figures.filters import montage
from gradatim.explain.figures.style import Picture, Theme


def samples_figure(
    pictures: np.ndarray, rows_of: Sequence[Any], title: str, of: str = "steps of Gibbs sampling"
) -> Picture:
    """Pictures (T, N, H, W) or (T, N, H, W, 3) of N chains, a row for each number of steps, or class."""
    low, high = float(pictures.min()), float(pictures.max())
    pictures = (pictures - low) / ((high - low) or 1.0)
    count, height = len(rows_of), pictures.shape[2] + 1
    rows = [montage_row(row) for row in pictures]
    gap = np.full((1, *rows[0].shape[1:]), np.nan)
    page = np.concatenate([part for row in rows for part in (row, gap)])[:-1]

    names = [f"{one:,}" if isinstance(one, int) else str(one) for one in rows_of]

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_title(title, fontweight="bold")
        axes.grid(False)
        axes.imshow(np.ma.masked_invalid(page), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        axes.set_xticks([])
        axes.set_yticks([t * height + height / 2 - 1 for t in range(count)], names)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_ylabel(of)

    return Picture(draw, (8.4, min(1.2 + 7.2 * page.shape[0] / page.shape[1], 9.0)))


def montage_row(tiles: np.ndarray) -> np.ndarray:
    """Tiles (N, H, W, …) in one row, a gap of not-a-number between them.

    >>> montage_row(np.ones((3, 2, 2))).shape
    (2, 8)
    """
    return np.concatenate(
        [montage(tile[None]) if n == 0 else _after_gap(tile) for n, tile in enumerate(tiles)], 1
    )


def _after_gap(tile: np.ndarray) -> np.ndarray:
    return np.concatenate([np.full((len(tile), 1, *tile.shape[2:]), np.nan), tile], 1)
