"""What a decoder attends to before each word, as a picture (Bahdanau, Cho & Bengio 2015, figure 3)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.style import Picture, Theme, short

MOST = 60  # words of either sentence
NUMBERED = 16  # columns with which there is room for a number in a cell
LEAST, DARK = 0.05, 0.55  # weights that are written, and those that are written in the colour of the paper
CELL = 0.52  # inches


def attention_figure(weights: np.ndarray, source: Sequence[str], said: Sequence[str], title: str) -> Picture:
    """Weights (T, L): rows are the words that are said, columns the words that are read.

    A cell is the darker, the more its column is attended to before its row is said; the most attended of each
    row is framed. Raises UsageError for weights of another shape, and for sentences too long to be read.
    """
    if weights.shape != (len(said), len(source)):
        raise UsageError(
            f"the weights of {len(said)} words over {len(source)} are ({len(said)}, {len(source)}); these "
            f"are {weights.shape}"
        )
    if not said or not source or max(weights.shape) > MOST:
        raise UsageError(f"attention is drawn for sentences of 1 to {MOST} words; these have {weights.shape}")
    rows, columns = [short(word, 18) for word in said], [short(word, 18) for word in source]
    cell = CELL * min(1.0, 24 / max(weights.shape))
    letters = max(6.5, 26 * cell)
    width = cell * len(columns) + 0.085 * letters / 13 * max(map(len, rows)) * 1.5 + 0.8
    height = cell * len(rows) + 0.06 * letters / 13 * max(map(len, columns)) * 1.5 + 1.2

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        _cells(axes, weights, theme, letters if len(columns) <= NUMBERED else 0.0)
        turned = {"rotation": 45, "ha": "left", "rotation_mode": "anchor"}
        axes.xaxis.tick_top()
        axes.set_xticks(range(len(columns)), columns, fontsize=letters, **turned)
        axes.xaxis.set_label_position("top")
        axes.set_xlabel("read", fontsize=10)
        axes.set_yticks(range(len(rows)), rows, fontsize=letters)
        axes.set_ylabel("said", fontsize=10)
        figure.suptitle(title, fontweight="bold", fontsize=13, x=0.02, ha="left")

    words = "; ".join(
        f"before {word!r} most at {source[at]!r}, {weight:.2f}"
        for word, at, weight in zip(said, weights.argmax(1), weights.max(1), strict=True)
    )
    return Picture(
        draw,
        (max(width, 0.115 * len(title) + 0.4), max(height, 2.6)),
        f"Rows are said, columns are read: {words}",
    )


def _cells(axes: Any, weights: np.ndarray, theme: Theme, letters: float) -> None:
    """A square for each pair of words, its shade, its number where there is room, a frame around the most."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    shades = LinearSegmentedColormap.from_list("shades", [theme.paper, theme.lines[0]])
    axes.imshow(weights, cmap=shades, vmin=0, vmax=1)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    edges = np.arange(-0.5, max(weights.shape))
    thin = {"color": theme.faint, "linewidth": 0.5, "clip_on": False}
    axes.hlines(edges[: len(weights) + 1], -0.5, weights.shape[1] - 0.5, **thin)
    axes.vlines(edges[: weights.shape[1] + 1], -0.5, len(weights) - 0.5, **thin)
    frame = {"fill": False, "edgecolor": theme.ink, "linewidth": 1.3, "clip_on": False, "zorder": 3}
    for t, row in enumerate(weights):
        at = int(row.argmax())
        axes.add_patch(Rectangle((at - 0.5, t - 0.5), 1, 1, **frame))
        for l, weight in enumerate(row):
            if letters and weight >= LEAST:
                ink = theme.paper if weight >= DARK else theme.ink
                said = f"{weight:.2f}".removeprefix("0")
                axes.text(l, t, said, ha="center", va="center", fontsize=0.72 * letters, color=ink)
