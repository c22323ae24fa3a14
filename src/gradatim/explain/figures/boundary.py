"""What a network decides in every place of a plane, and the examples in it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.style import HATCHES, MARKERS, Picture, Theme, short

MOST_CLASSES = len(MARKERS)
MOST_EXAMPLES = 2000  # drawn; more would cover each other
FINE = 200  # places along each axis


class Plane(NamedTuple):
    """Places along both axes, and the probability of each class at each: (rows, columns, K)."""

    across: np.ndarray
    up: np.ndarray
    probabilities: np.ndarray


def plane(probabilities: Callable[[np.ndarray], np.ndarray], x: np.ndarray, fine: int = FINE) -> Plane:
    """Ask for the probabilities all over the rectangle that the examples x (N, 2) lie in, and around it."""
    low, high = x.min(0).astype(float), x.max(0).astype(float)
    room = np.where(high > low, 0.08 * (high - low), 0.5)
    across, up = (np.linspace(low[i] - room[i], high[i] + room[i], fine) for i in (0, 1))
    places = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    p = probabilities(places)
    return Plane(across, up, p.reshape(fine, fine, p.shape[1]))


def boundary_figure(
    found: Plane, x: np.ndarray, y: np.ndarray, classes: Sequence[Any], axes_names: Sequence[str], title: str
) -> Picture:
    """The region of each class, shaded and hatched, the boundaries between them, and the examples.

    Raises UsageError for more classes than can be told apart.
    """
    if len(classes) > MOST_CLASSES:
        raise UsageError(
            f"{len(classes)} classes cannot be told apart in one picture: at most {MOST_CLASSES}"
        )

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.grid(False)
        _regions(axes, found, len(classes), theme)
        rows = np.unique(np.linspace(0, len(x) - 1, MOST_EXAMPLES).astype(int))  # all, when they are fewer
        for k, name in enumerate(classes):
            of_k = rows[y[rows] == k]
            axes.scatter(
                x[of_k, 0], x[of_k, 1], s=26, marker=MARKERS[k], color=theme.lines[k],
                edgecolors=theme.paper, linewidths=0.6, label=short(name), zorder=4,
            )  # fmt: skip
        axes.set_xlabel(axes_names[0])
        axes.set_ylabel(axes_names[1])
        axes.set_title(title, fontweight="bold")
        axes.legend(
            loc="upper left", bbox_to_anchor=(1.01, 1), title="class", borderaxespad=0, alignment="left"
        )

    return Picture(draw, (7.6, 5.2))


def _regions(axes: Any, found: Plane, classes: int, theme: Theme) -> None:
    decided = found.probabilities.argmax(-1)
    for k in range(classes):
        mine = (decided == k).astype(float)
        if not mine.any():
            continue
        place: dict[str, Any] = {"levels": [0.5, 1.5], "zorder": 1}
        axes.contourf(found.across, found.up, mine, colors=[theme.lines[k]], alpha=0.16, **place)
        axes.contourf(found.across, found.up, mine, colors="none", hatches=[HATCHES[k] or None], **place)
        ahead = found.probabilities[..., k] - np.delete(found.probabilities, k, -1).max(-1)
        if ahead.min() < 0 < ahead.max():  # its boundary: where no other class is more probable
            axes.contour(
                found.across, found.up, ahead, levels=[0.0], colors=[theme.ink], linewidths=1.6, zorder=3
            )
