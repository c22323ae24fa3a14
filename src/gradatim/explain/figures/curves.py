"""Learning curves of one run, or of several compared."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from gradatim.checks import UsageError
from gradatim.explain.axes import DECADES
from gradatim.explain.figures.style import DASHES, MARKERS, Picture, Theme

MOST = len(MARKERS)  # runs that can be told apart
LINE = 14.0  # points from one name to the next
SIGNS = "●■▲◆▼✚"  # MARKERS in a line of text
Points = tuple[list[int], list[float]]


class Course(NamedTuple):
    """A run's name, its records, and its best epoch."""

    name: str
    records: list[dict[str, Any]]
    best_epoch: int | None


class End(NamedTuple):
    """The last value of a line, its name and its colour."""

    value: float
    name: str
    colour: str


def curves_figure(runs: Sequence[Course]) -> Picture:
    """Training and validation loss by epoch, and the first other measure on the validation examples."""
    if len(runs) > MOST:
        raise UsageError(f"{len(runs)} runs in one picture cannot be told apart: at most {MOST}")
    for run in runs:
        if not run.records:
            raise UsageError(f"{run.name} has no record of an epoch yet")
    measures = other_measures(runs)[:1]

    def draw(figure: Any, theme: Theme) -> None:
        title = f"Learning curves of {runs[0].name}" if len(runs) == 1 else "Learning curves compared"
        figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
        _legend(figure, runs, theme)
        figure.get_layout_engine().set(w_pad=0.12)
        drawn = []
        for place, key in enumerate(["loss", *measures]):
            axes = figure.add_subplot(1, 1 + len(measures), place + 1)
            drawn.append((axes, _draw(axes, runs, key, theme)))
        if len(runs) > 1:
            _name_ends(figure, drawn)

    room = 0.09 * max(len(run.name) for run in runs) if len(runs) > 1 else 0.0  # inches, of the names
    return Picture(draw, ((1 + len(measures)) * (6.2 + room), 5.0))


def other_measures(runs: Sequence[Course]) -> list[str]:
    """What else was measured on validation examples, in the records' order."""
    keys = [key for run in runs for record in run.records for key in record if key.startswith("valid_")]
    return [key.removeprefix("valid_") for key in dict.fromkeys(keys) if key != "valid_loss"]


def points(run: Course, key: str) -> Points:
    """The epochs at which something was measured, and what it was."""
    found = [(int(r["epoch"]), float(r[key])) for r in run.records if r.get(key) is not None]
    return [epoch for epoch, _ in found], [value for _, value in found]


def spread_apart(places: Sequence[float], least: float) -> list[float]:
    """The places, moved as little as their order allows until they are `least` apart.

    >>> spread_apart([0.0, 5.0, 5.0, 9.0], 2.0)
    [0.0, 4.0, 6.0, 9.0]
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[list[int]] = []
    for i in order:
        groups.append([i])
        while len(groups) > 1 and _top(groups[-2], places, least) + least > _bottom(
            groups[-1], places, least
        ):
            groups[-2:] = [groups[-2] + groups[-1]]
    moved = list(places)
    for group in groups:
        for step, i in enumerate(group):
            moved[i] = _bottom(group, places, least) + step * least
    return moved


def _bottom(group: list[int], places: Sequence[float], least: float) -> float:
    return sum(places[i] for i in group) / len(group) - least * (len(group) - 1) / 2


def _top(group: list[int], places: Sequence[float], least: float) -> float:
    return _bottom(group, places, least) + least * (len(group) - 1)


def _draw(axes: Any, runs: Sequence[Course], measure: str, theme: Theme) -> list[End]:
    """The lines of one quantity; where each of them ends."""
    ends: list[End] = []
    values: list[float] = []
    epochs = {epoch for run in runs for epoch in points(run, "epoch")[0]}
    for number, run in enumerate(runs):
        colour = theme.lines[number]
        trained, valid = points(run, f"train_{measure}"), points(run, f"valid_{measure}")
        main, style = (valid, DASHES[0]) if valid[0] else (trained, DASHES[2])
        if valid[0] and trained[0]:
            axes.plot(*trained, color=colour, linestyle=DASHES[2], linewidth=1.6)
        if not main[0]:
            continue
        axes.plot(
            *main, color=colour, linestyle=style, marker=MARKERS[number], markersize=6,
            markevery=max(len(main[0]) // 8, 1), markeredgecolor=theme.paper, markeredgewidth=0.6,
        )  # fmt: skip
        if run.best_epoch in main[0]:
            best = main[1][main[0].index(run.best_epoch)]
            axes.plot(
                [run.best_epoch], [best], marker="o", markersize=12, markerfacecolor="none", color=theme.ink
            )
        ends.append(End(main[1][-1], f"{SIGNS[number]} {run.name}", colour))
        values += trained[1] + valid[1]
    if min(values) > 0 and max(values) / min(values) > 10**DECADES:
        axes.set_yscale("log")
    axes.set_xlabel("epoch")
    if len(epochs) == 1:
        axes.set_xlim(min(epochs) - 1, max(epochs) + 1)
    axes.set_ylabel(measure)
    axes.xaxis.get_major_locator().set_params(integer=True)
    return ends


def _name_ends(figure: Any, drawn: list[tuple[Any, list[End]]]) -> None:
    """Each line's name right of the axes, at the height where it ends."""
    figure.draw_without_rendering()  # so that heights are known; the names will make axes narrower, not lower
    points = 72 / figure.dpi
    for axes, ends in drawn:
        base = axes.bbox.y0
        heights = [points * (axes.transData.transform((1, end.value))[1] - base) for end in ends]
        for height, end in zip(spread_apart(heights, LINE), ends, strict=True):
            axes.annotate(
                end.name, (1, 0), xycoords="axes fraction", xytext=(6, height), textcoords="offset points",
                va="center", color=end.colour, annotation_clip=False,
            )  # fmt: skip


def _legend(figure: Any, runs: Sequence[Course], theme: Theme) -> None:
    """What the kinds of line are; the runs are named where they end."""
    from matplotlib.lines import Line2D

    handles = []
    if any("valid_loss" in record for run in runs for record in run.records):
        handles.append(Line2D([], [], color=theme.ink, linestyle=DASHES[0], label="validation"))
    handles.append(Line2D([], [], color=theme.ink, linestyle=DASHES[2], label="training"))
    if any(run.best_epoch is not None for run in runs):
        handles.append(
            Line2D([], [], color=theme.ink, linestyle="", marker="o", markersize=11, markerfacecolor="none",
                   label="best epoch")
        )  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=3, handlelength=3.2)
