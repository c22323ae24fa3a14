"""What a network answers along one input, beside the examples: numbers and intervals, or probabilities."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.explain.figures.style import DASHES, MARKERS, Picture, Theme, short, shorten_ticks

MOST_CLASSES = len(MARKERS)
MOST_EXAMPLES = 1500  # drawn of each part
GOLDEN = 0.6180339887498949
BAND = 0.06  # that examples of one class are spread over, in probabilities


class Curve(NamedTuple):
    """An answer along the axis, its place among the colours, and the ends of its interval."""

    name: str
    y: np.ndarray
    style: int
    low: np.ndarray | None
    high: np.ndarray | None


class Seen(NamedTuple):
    """Examples of a part: their input, what is right, and their class number."""

    x: np.ndarray
    y: np.ndarray
    k: np.ndarray


class Fit(NamedTuple):
    """Curves over the places x, the examples of training and test, and what they are of."""

    x: np.ndarray
    curves: list[Curve]
    seen: list[Seen]
    y_name: str
    band: str  # what the interval is called
    classes: tuple[str, ...]


def fit_figure(found: Fit, x_name: str, title: str, words: str = "") -> Picture:
    """The curves and their bands over the examples; of classes, the examples at 0 and 1, spread a little."""

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_xlim(found.x[0], found.x[-1])
        for number, part in enumerate(found.seen):
            _examples(axes, part, found.classes, theme, hollow=number == 1)
        for curve in found.curves:
            colour = theme.lines[curve.style]
            if curve.low is not None:
                axes.fill_between(
                    found.x, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0, zorder=2
                )
                for end in (curve.low, curve.high):
                    axes.plot(found.x, end, color=colour, linewidth=1.0, linestyle=DASHES[1], zorder=5)
            dash = DASHES[curve.style if len(found.curves) > 1 else 0]
            axes.plot(found.x, curve.y, color=colour, linewidth=2.6, linestyle=dash, zorder=6)
        if found.classes:
            axes.set_ylim(-0.03 - BAND * max(len(found.classes), 2), 1.03 + 2 * BAND)
            axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        shorten_ticks(axes)
        axes.set_xlabel(short(x_name))
        axes.set_ylabel(short(found.y_name))
        axes.set_title(title, fontweight="bold")
        _legend(axes, found, theme)
        if words:
            figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    return Picture(draw, (8.4, 5.2))


def _examples(axes: Any, part: Seen, classes: Sequence[str], theme: Theme, hollow: bool) -> None:
    """Training examples filled, test examples hollow; those of classes in a band each."""
    rows = np.unique(np.linspace(0, len(part.x) - 1, MOST_EXAMPLES).astype(int))
    x, y, k = part.x[rows], part.y[rows].astype(float), part.k[rows]
    if classes:
        spread = BAND * ((np.arange(len(rows)) * GOLDEN) % 1)
        y = np.where(y > 0.5, 1.02 + spread, -0.02 - spread - (k * BAND if len(classes) > 2 else 0))
    for style in range(len(classes) or 1):
        mine = k == style
        colour = theme.lines[style] if classes else theme.ink
        edge = {"facecolors": theme.paper, "edgecolors": colour, "linewidths": 1.3}
        full = {"color": colour, "edgecolors": theme.paper, "linewidths": 0.5, "alpha": 0.8}
        axes.scatter(
            x[mine], y[mine], s=24, marker=MARKERS[style], zorder=4 if hollow else 3,
            **(edge if hollow else full),
        )  # fmt: skip


def _legend(axes: Any, found: Fit, theme: Theme) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = []
    for curve in found.curves:
        dash = DASHES[curve.style if len(found.curves) > 1 else 0]
        colour = theme.lines[curve.style]
        handles.append(Line2D([], [], color=colour, linewidth=2.6, linestyle=dash, label=short(curve.name)))
        if curve.low is not None:
            handles.append(Patch(facecolor=colour, alpha=0.25, label=found.band))
    for k, name in enumerate(found.classes or ("training example",)):
        colour = theme.lines[k] if found.classes else theme.ink
        handles.append(
            Line2D([], [], linestyle="", marker=MARKERS[k], color=colour, markersize=6, label=short(name))
        )
    if len(found.seen) > 1:
        handles.append(
            Line2D([], [], linestyle="", marker="o", color=theme.ink, markerfacecolor=theme.paper,
                   markersize=6, label="test example")
        )  # fmt: skip
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, handlelength=2.6
    )
