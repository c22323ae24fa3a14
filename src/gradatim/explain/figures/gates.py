"""A text whose characters are coloured by what a gate does there (Karpathy, Johnson & Fei-Fei 2015)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.explain.figures.style import Picture, Theme

COLUMNS, ROWS, FEWEST = 80, 8, 74  # of a panel, at most; columns at least
INCH = (0.11, 0.21)  # of a character, width and height
ABOVE = 1.7  # rows for a panel's title
ENDS = {"\n": "↵", "\t": "→"}  # what stands for a character that has no picture
HIGH, LOW = 0, 1  # the theme's lines that values above and below 0 are mixed with
STRONGEST = 0.8  # share of that colour at 1 and at −1
BAR = 12  # columns of the key


class Panel(NamedTuple):
    """A text in pieces, and a value for each; those below `low` and above `high` look as these do."""

    title: str
    pieces: Sequence[str]
    values: np.ndarray
    low: float
    high: float

    def level(self, value: float) -> float:
        """Where between low, −1, and high, 1, a value lies; in the middle where all are the same."""
        width = self.high - self.low
        return float(np.clip(2 * (value - self.low) / width - 1, -1, 1)) if width > 0 else 0.0

    @property
    def ends(self) -> tuple[str, str]:
        """Low and high in words, with as many digits as tell them apart.

        >>> Panel("", "", np.zeros(0), -1.0, -0.9996).ends, Panel("", "", np.zeros(0), 0.0, 1.0).ends
        (('−1.00000', '−0.99960'), ('0.00', '1.00'))
        """
        width = self.high - self.low
        digits = int(np.clip(1 - np.floor(np.log10(width)), 2, 8)) if width > 0 else 2
        low, high = (f"{value:.{digits}f}".replace("-", "−") for value in (self.low, self.high))
        return low, high


def panel_of(title: str, pieces: Sequence[str], values: np.ndarray) -> Panel:
    """A panel from the lowest hundredth of the values to the highest.

    >>> panel_of("", "abc", np.array([0.0, 0.5, 1.0])).level(0.5)
    0.0
    """
    low, high = np.quantile(values, (0.01, 0.99)).tolist()
    return Panel(title, pieces, values, low, high)


def wrapped(pieces: Sequence[str], columns: int = COLUMNS) -> list[tuple[int, int, int, str]]:
    """(row, column, number of its piece, character) for each character; a line ends at its end, or where
    there is no more room.

    >>> wrapped(["a", "\\n", "b"])
    [(0, 0, 0, 'a'), (0, 1, 1, '↵'), (1, 0, 2, 'b')]
    """
    found, row, column = [], 0, 0
    for number, piece in enumerate(pieces):
        for character in piece:
            if column >= columns and character != "\n":
                row, column = row + 1, 0
            found.append((row, column, number, ENDS.get(character, character)))
            row, column = (row + 1, 0) if character == "\n" else (row, column + 1)
    return found


def colour(value: float, theme: Theme) -> tuple[float, float, float]:
    """The paper, mixed with one line's colour above 0 and with another's below."""
    from matplotlib.colors import to_rgb

    share = STRONGEST * min(abs(value), 1.0)
    paper, ink = to_rgb(theme.paper), to_rgb(theme.lines[HIGH if value > 0 else LOW])
    r, g, b = (p + share * (i - p) for p, i in zip(paper, ink, strict=True))
    return r, g, b


def ink_on(background: tuple[float, float, float]) -> str:
    """Black or white, whichever is read better."""
    luminance = float(np.dot(background, (0.2126, 0.7152, 0.0722)))
    return "#101214" if luminance > 0.42 else "#f6f7f8"


def gates_figure(panels: Sequence[Panel], title: str, words: str = "") -> Picture:
    """One panel below the other, as many rows each as its text needs, at most `ROWS`."""
    placed = [[one for one in wrapped(panel.pieces) if one[0] < ROWS] for panel in panels]
    rows = [max((row for row, *_ in one), default=0) + 1 for one in placed]
    wide = max([FEWEST, *(column + 1 for one in placed for _, column, *_ in one)])
    height = sum(rows) + ABOVE * len(panels)

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_title(title, fontweight="bold")
        axes.set_axis_off()
        axes.set_xlim(-0.2, wide + 0.2)
        axes.set_ylim(height, 0)
        top = 0.0
        for panel, characters, count in zip(panels, placed, rows, strict=True):
            axes.text(0, top + 0.95, panel.title, va="center", fontsize=9.5)
            _key(axes, wide - BAR - 5, top + 0.95, panel, theme)
            _text(axes, top + ABOVE, characters, panel, theme)
            top += count + ABOVE

    return Picture(draw, (wide * INCH[0] + 0.3, height * INCH[1] + 0.5), words)


def _text(axes: Any, top: float, characters: list, panel: Panel, theme: Theme) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    colours = [colour(panel.level(panel.values[number]), theme) for _, _, number, _ in characters]
    cells = [Rectangle((column, top + row), 1, 1) for row, column, _, _ in characters]
    axes.add_collection(PatchCollection(cells, facecolors=colours, edgecolors="none", linewidths=0))
    for (row, column, _, character), behind in zip(characters, colours, strict=True):
        if character.isspace():
            continue
        axes.text(
            column + 0.5, top + row + 0.54, character, ha="center", va="center", fontsize=10.5,
            color=ink_on(behind), family="DejaVu Sans Mono", alpha=0.5 if character in ENDS.values() else 1,
        )  # fmt: skip


def _key(axes: Any, left: float, middle: float, panel: Panel, theme: Theme) -> None:
    from matplotlib.patches import Rectangle

    for k, level in enumerate(np.linspace(-1, 1, BAR)):
        axes.add_patch(Rectangle((left + k, middle - 0.3), 1, 0.6, color=colour(float(level), theme)))
    low, high = panel.ends
    axes.text(left - 0.5, middle, low, ha="right", va="center", fontsize=8)
    axes.text(left + BAR + 0.5, middle, high, ha="left", va="center", fontsize=8)
