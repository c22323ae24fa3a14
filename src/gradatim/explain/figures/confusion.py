"""The confusion matrix as a picture."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.confusion_table import MOST_CLASSES, names_of, table
from gradatim.explain.figures.style import Picture, Theme, short
from gradatim.explain.number_format import count, hundredths

DARK = 0.6  # from this shade on, numbers are written in the colour of the paper


def confusion_figure(confusion: np.ndarray, classes: tuple, title: str) -> Picture:
    """Counts (K, K), rows true and columns predicted, shaded by the root of a cell's share of its row.

    Right answers are framed, and each row says what share of its class was found. Raises UsageError for more
    classes than can be read.
    """
    K = len(confusion)
    if K > MOST_CLASSES:
        raise UsageError(f"a matrix of {K} classes cannot be read: at most {MOST_CLASSES}")
    rows = table(confusion, classes)
    names = [short(name, 16) for name in names_of(confusion, classes)]
    longest = max(map(len, names))

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        _cells(axes, rows, theme, letters=min(11.0, 210 / K))
        for i, row in enumerate(rows):
            axes.text(K - 0.3, i, hundredths(row.recall), va="center", fontsize=min(11.0, 230 / K))
        axes.annotate(
            "recall (%)", (K - 0.3, 1), xycoords=("data", "axes fraction"), xytext=(0, 6),
            textcoords="offset points", fontsize=10, annotation_clip=False,
        )  # fmt: skip
        turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if longest > 3 else {}
        size = min(11.0, 230 / K)
        axes.set_xticks(range(K), names, fontsize=size, **turned)
        axes.set_yticks(range(K), names, fontsize=size)
        axes.set_xlabel("predicted class")
        axes.set_ylabel("true class")
        axes.set_title(title, fontweight="bold", pad=24)

    side = min(max(0.48 * K + 1.6, 4.6), 10.0)
    return Picture(draw, (side + 1.2, side + 0.3))


def _cells(axes: Any, rows: list[Any], theme: Theme, letters: float) -> None:
    """A square for each pair of classes, its shade and its count; a frame around right answers."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("shades", [theme.paper, theme.lines[0]])
    axes.imshow([[cell.shade for cell in row.cells] for row in rows], cmap=shades, vmin=0, vmax=1)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row.cells):
            ink = theme.paper if cell.shade >= DARK else theme.ink
            said = count(cell.count) if cell.count else "·"
            axes.text(j, i, said, ha="center", va="center", fontsize=letters, color=ink)
            if cell.right:
                axes.add_patch(_frame(i, theme))


def _frame(i: int, theme: Theme) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((i - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=theme.ink, linewidth=1.4, clip_on=False)
