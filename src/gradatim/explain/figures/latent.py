"""Codes as points of a plane, by class where the examples have one."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.explain.figures.style import MARKERS, Picture, Theme, short

MOST_POINTS = 3000  # drawn; more would cover each other
MOST_CLASSES = 20  # told apart: those with the most examples


def latent_figure(
    places: np.ndarray, y: np.ndarray | None, classes: Sequence[str], axes_names: Sequence[str], title: str,
    words: str = "",
) -> Picture:  # fmt: skip
    """Places (N, 2) as points; a colour and a mark for each class of y (N,), its name at its median."""
    rows = np.unique(np.linspace(0, len(places) - 1, MOST_POINTS).astype(int))  # all, when fewer
    if len(rows) < len(places):
        words += f"; {len(rows):,} of {len(places):,} examples are drawn"
    shown = _commonest(y, len(classes))
    if len(shown) < len(classes):
        words += f"; the {len(shown)} commonest of {len(classes):,} classes have colours"

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_title(title, fontweight="bold")
        axes.set_xlabel(axes_names[0])
        axes.set_ylabel(axes_names[1])
        of = np.full(len(places), -1) if y is None else y
        other = rows[~np.isin(of[rows], shown)]
        plain = theme.lines[0] if y is None else theme.faint
        axes.scatter(*places[other].T, s=18, color=plain, edgecolors=theme.paper, linewidths=0.4)
        for place, k in enumerate(shown):
            _class(axes, places[rows[of[rows] == k]], place, short(classes[k], 16), theme)
        for place, k in enumerate(shown):
            _name(axes, np.median(places[of == k], 0), place, short(classes[k], 10), theme)
        if len(shown):
            figure.legend(loc="outside right upper", fontsize=10, markerscale=1.4)
        if words:
            figure.supxlabel(words.removeprefix("; "), x=0.01, ha="left", fontsize=9)

    return Picture(draw, (8.4, 6.4), title)


def _commonest(y: np.ndarray | None, classes: int) -> list[int]:
    """The classes that have a colour, in their order."""
    if y is None:
        return []
    counts = np.bincount(y[y >= 0].astype(int), minlength=classes)
    most = np.argsort(-counts, kind="stable")[:MOST_CLASSES]
    return sorted(k for k in most.tolist() if counts[k])


def _style(place: int, theme: Theme) -> tuple[str, str]:
    """The colour and the mark of a class: no two of twenty have both alike."""
    colours = len(theme.lines)
    return theme.lines[place % colours], MARKERS[(place + place // colours) % len(MARKERS)]


def _class(axes: Any, places: np.ndarray, place: int, name: str, theme: Theme) -> None:
    colour, mark = _style(place, theme)
    axes.scatter(
        *places.T, s=22, color=colour, marker=mark, edgecolors=theme.paper, linewidths=0.4, label=name
    )


def _name(axes: Any, at: np.ndarray, place: int, name: str, theme: Theme) -> None:
    """A class's name, with paper around its letters."""
    from matplotlib.patheffects import withStroke

    axes.text(*at, name, ha="center", va="center", fontsize=13, fontweight="bold", color=theme.ink, zorder=6,
              path_effects=[withStroke(linewidth=3.5, foreground=theme.paper)])  # fmt: skip
