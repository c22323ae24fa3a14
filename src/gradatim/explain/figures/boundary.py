"""What a network decides in every place of a plane, and the examples in it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.style import MARKERS, Picture, Theme, short, shorten_ticks

MOST_CLASSES = len(MARKERS)
MOST_EXAMPLES = 1500  # drawn of each part; more would cover each other
FINE = 200  # places along each axis
DEEP = 0.5  # of a class's colour, where it is certain
FEW = 3  # values of an axis: its points are spread, as they would cover each other
GOLDEN = 0.6180339887498949


class Plane(NamedTuple):
    """Places along both axes, and the probability of each class at each: (rows, columns, K)."""

    across: np.ndarray
    up: np.ndarray
    probabilities: np.ndarray


class Points(NamedTuple):
    """Examples: places (N, 2), class numbers (N,), and whether each is taken for another class (N,)."""

    x: np.ndarray
    y: np.ndarray
    wrong: np.ndarray


def plane(probabilities: Callable[[np.ndarray], np.ndarray], x: np.ndarray, fine: int = FINE) -> Plane:
    """Ask for the probabilities all over the rectangle that the examples x (N, 2) lie in, and around it."""
    low, high = x.min(0).astype(float), x.max(0).astype(float)
    room = np.where(high > low, 0.08 * (high - low), 0.5)
    room = np.where([_is_few(x[:, i]) for i in (0, 1)], 2.5 * room, room)
    across, up = (np.linspace(low[i] - room[i], high[i] + room[i], fine) for i in (0, 1))
    places = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    p = probabilities(places)
    return Plane(across, up, p.reshape(fine, fine, p.shape[1]))


def tints(p: np.ndarray, theme: Theme) -> np.ndarray:
    """The colour (…, 3) of each place: paper where all classes are alike, a class's own where it is certain.

        t = 0.5 (max_k p_k − 1/K)/(1 − 1/K);   colour = (1 − t) paper + t Σ_k p_k colour_k

    Shapes: p (…, K).
    """
    k = p.shape[-1]
    colours = np.array([_rgb(colour) for colour in theme.lines[:k]])
    t = DEEP * np.clip((p.max(-1, keepdims=True) - 1 / k) / (1 - 1 / k), 0, 1)
    return (1 - t) * np.array(_rgb(theme.paper)) + t * (p @ colours)


def boundary_figure(
    found: Plane, train: Points, classes: Sequence[Any], axes_names: Sequence[str], title: str,
    test: Points | None = None, words: str = "", threshold: float = 0.5,
) -> Picture:  # fmt: skip
    """The probability of the classes as tints, the boundaries between them, the examples, mistakes ringed.

    `words` stand below the picture; the second of two classes is decided for from `threshold` on.
    Raises UsageError for more classes than can be told apart.
    """
    if len(classes) > MOST_CLASSES:
        raise UsageError(
            f"{len(classes)} classes cannot be told apart in one picture: at most {MOST_CLASSES}"
        )
    spread_axes = _spread_axes(train)
    if spread_axes:
        names = " and ".join(short(axes_names[i]) for i in spread_axes)
        words += ("; " if words else "") + f"points of equal {names} are spread"

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        parts = [part for part in (train, test) if part is not None]
        draw_plane(axes, found, parts, len(classes), theme, threshold)
        shorten_ticks(axes)
        axes.set_xlabel(short(axes_names[0]))
        axes.set_ylabel(short(axes_names[1]))
        axes.set_title(title, fontweight="bold")
        _legend(axes, classes, any(part.wrong.any() for part in parts), test is not None, theme)
        if len(classes) == 2:
            _scale(figure, axes, classes, theme)
        if words:
            figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    return Picture(draw, (8.4, 5.6))


def draw_plane(
    axes: Any, found: Plane, parts: Sequence[Points], classes: int, theme: Theme, threshold: float = 0.5
) -> None:
    """Tints, boundaries and examples on axes that are there; of two parts the second is hollow."""
    axes.grid(False)
    left, right, low, high = found.across[0], found.across[-1], found.up[0], found.up[-1]
    axes.imshow(
        tints(found.probabilities, theme), extent=(left, right, low, high), origin="lower",
        aspect="auto", interpolation="bilinear", zorder=1,
    )  # fmt: skip
    _lines(axes, found, threshold, theme)
    spread_axes = _spread_axes(parts[0])
    for number, points in enumerate(parts):
        _examples(axes, points, classes, spread_axes, theme, hollow=number == 1)
    axes.set(xlim=(left, right), ylim=(low, high))
    for i in spread_axes:
        (axes.set_xticks, axes.set_yticks)[i](np.unique(parts[0].x[:, i]))


def _spread_axes(points: Points) -> list[int]:
    """The axes along which points would cover each other."""
    return [i for i in (0, 1) if _is_few(points.x[:, i])]


def _examples(
    axes: Any, points: Points, classes: int, spread_axes: Sequence[int], theme: Theme, hollow: bool
) -> None:
    """Training examples filled, test examples hollow, mistakes with a ring around them."""
    rows = np.unique(np.linspace(0, len(points.x) - 1, MOST_EXAMPLES).astype(int))  # all, when fewer
    x = points.x[rows].astype(float)
    for i in spread_axes:
        width = 0.3 * (np.ptp(points.x[:, i]) or 1.0)
        x[:, i] += width * ((np.arange(len(rows)) * GOLDEN * (i + 1) ** 0.5) % 1 - 0.5)
    for k in range(classes):
        of_k = points.y[rows] == k
        edge = {"facecolors": theme.paper, "edgecolors": theme.lines[k], "linewidths": 1.4}
        full = {"color": theme.lines[k], "edgecolors": theme.paper, "linewidths": 0.6}
        axes.scatter(
            x[of_k, 0], x[of_k, 1], s=26, marker=MARKERS[k], zorder=5 if hollow else 4,
            **(edge if hollow else full),
        )  # fmt: skip
    wrong = points.wrong[rows]
    axes.scatter(
        x[wrong, 0], x[wrong, 1], s=110, marker="o", facecolors="none", edgecolors=theme.ink, linewidths=1.3,
        zorder=6,
    )  # fmt: skip


def _lines(axes: Any, found: Plane, threshold: float, theme: Theme) -> None:
    """Where another class begins to be decided for."""
    p = found.probabilities
    classes = p.shape[-1]
    for k in [1] if classes == 2 else range(classes):
        ahead = p[..., 1] - threshold if classes == 2 else p[..., k] - np.delete(p, k, -1).max(-1)
        if ahead.min() < 0 < ahead.max():
            axes.contour(
                found.across, found.up, ahead, levels=[0.0], colors=[theme.ink], linewidths=1.6, zorder=3
            )


def _legend(axes: Any, classes: Sequence[Any], mistakes: bool, tested: bool, theme: Theme) -> None:
    def mark(name: str, marker: str, **style: Any) -> Any:
        from matplotlib.lines import Line2D

        return Line2D([], [], linestyle="", marker=marker, label=name, **style)

    found = [
        mark(short(name), MARKERS[k], color=theme.lines[k], markersize=6) for k, name in enumerate(classes)
    ]
    if tested:
        found.append(mark("test example", "o", markerfacecolor=theme.paper, color=theme.ink, markersize=6))
    if mistakes:
        found.append(mark("mistake", "o", markerfacecolor="none", color=theme.ink, markersize=10))
    axes.legend(
        handles=found, loc="upper left", bbox_to_anchor=(1.01, 1), title="class", borderaxespad=0,
        alignment="left",
    )  # fmt: skip


def _scale(figure: Any, axes: Any, classes: Sequence[Any], theme: Theme) -> None:
    """The tints of two classes, and the probability that each stands for."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap

    p = np.linspace(0, 1, 256)
    colours = ListedColormap(tints(np.stack([1 - p, p], -1), theme))
    place = axes.inset_axes([1.035, 0.0, 0.03, 0.42])
    bar = figure.colorbar(ScalarMappable(cmap=colours), cax=place, ticks=[0, 0.25, 0.5, 0.75, 1])
    bar.ax.set_title(f"p({short(classes[1], 14)})", fontsize=11, loc="left")
    bar.outline.set_edgecolor(theme.faint)


def _is_few(values: np.ndarray) -> bool:
    """Whether an axis has so few values that points cover each other."""
    return len(values) > FEW and len(np.unique(values)) <= FEW


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
