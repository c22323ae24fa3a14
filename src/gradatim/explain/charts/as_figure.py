"""A chart as a matplotlib figure: dashes, markers and words tell lines apart, never colour alone."""

from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple

from gradatim.explain.axes import Axis
from gradatim.explain.charts.chart import (
    Arrows,
    Band,
    Bars,
    Best,
    Caption,
    Chart,
    Contour,
    Curve,
    Dots,
    Labels,
    Panel,
    Reference,
    Tiles,
)
from gradatim.explain.charts.crowding import beside_points, rows_to_draw, spread_apart
from gradatim.explain.figures.style import DASHES, HATCHES, MARKERS, Picture, Theme

MOST_RUNS = len(MARKERS)  # that can be told apart
SIGNS = "●■▲◆▼✚"  # MARKERS in a line of text
MOST_DOTS = 3000  # more would cover each other
LINE = 14.0  # points from one name to the next
WIDE = {1: 6.4, 2: 6.2, 3: 4.9}  # columns: the inches of a panel
LETTER = 0.09  # inches
KEY = 0.23  # inches of a name in a key
BELOW = -0.16  # where a key begins, in heights of the axes
AROUND = 0.15  # of a stacked panel's height, what is not its plot
NAME = 9.5  # points, of the name of a point
ROOM = 0.02  # of an axis, beyond each end, so that no mark is cut


class Style(NamedTuple):
    """The theme, and whether runs are compared: then a run has its colour and marker, otherwise a role."""

    theme: Theme
    compares: bool

    def place(self, curve: Curve) -> int:
        """Which of the theme's colours and markers a curve has."""
        return curve.series if self.compares else int(curve.role == "training")


def as_figure(chart: Chart) -> Picture:
    """The chart on a figure as large as its panels need."""

    def draw(figure: Any, theme: Theme) -> None:
        style = Style(theme, chart.compares)
        width = figure.get_size_inches()[0]
        size = min(14.0, 14.0 * (width - 0.2) / (0.112 * max(len(chart.title), 1)))
        figure.suptitle(chart.title, x=0.01, ha="left", fontsize=size, fontweight="bold")
        figure.get_layout_engine().set(w_pad=0.1, h_pad=0.07)
        drawn = list(zip(_axes(figure, chart), chart.panels, strict=True))
        for axes, panel in drawn:
            _frame(axes, panel, below=not chart.stacked or panel is chart.panels[-1])
            for mark in panel.marks:
                DRAW[type(mark)](axes, mark, style)
            axes.set_xlim(*_reach(panel.x_axis))
            axes.set_ylim(*_height(panel))
            _key(axes, panel, style)
        _legend(figure, chart, theme)
        _name_ends(figure, drawn, style)
        _name_points(figure, drawn)

    return Picture(draw, _size(chart), f"{chart.title}. {chart.words}")


def _size(chart: Chart) -> tuple[float, float]:
    """Inches: of the panels, of the names right of them, of the title and the legend."""
    wide = WIDE[chart.columns]
    names = [len(curve.name) + 2 for panel in chart.panels for curve in panel.names()]
    rows = [chart.panels[k].height for k in range(0, len(chart.panels), chart.columns)]
    around = 0.9 if names else 0.4
    around += KEY * max(len(panel.keyed()) for panel in chart.panels) * len(rows)
    return chart.columns * (wide + LETTER * max(names, default=0)), wide * sum(rows) + around


def _axes(figure: Any, chart: Chart) -> list[Any]:
    if chart.stacked:
        heights = [panel.height - AROUND for panel in chart.panels]
        return list(figure.subplots(len(heights), 1, sharex=True, height_ratios=heights))
    rows = ceil(len(chart.panels) / chart.columns)
    return [figure.add_subplot(rows, chart.columns, k + 1) for k in range(len(chart.panels))]


def _frame(axes: Any, panel: Panel, below: bool) -> None:
    """The axes with the record's ticks and names (`below`: the lower one's too), the captions above."""
    for axis, of_axes, scale in (
        (panel.x_axis, axes.xaxis, axes.set_xscale),
        (panel.y_axis, axes.yaxis, axes.set_yscale),
    ):
        scale("log" if axis.log else "linear")
        of_axes.set_ticks([value for value, _ in axis.ticks], [label for _, label in axis.ticks])
        of_axes.set_ticks([], minor=True)
    if below:
        axes.set_xlabel(panel.x_axis.name)
    axes.set_ylabel(panel.y_axis.name)
    axes.set_title("\n".join(panel.captions()), loc="right", fontsize=10)


def _reach(axis: Axis) -> tuple[float, float]:
    """From an axis' low end to its high one, and a little beyond."""
    if axis.log:
        room = (axis.high / axis.low) ** ROOM
        return axis.low / room, axis.high * room
    room = ROOM * (axis.high - axis.low)
    return axis.low - room, axis.high + room


def _height(panel: Panel) -> tuple[float, float]:
    """As `_reach`; bars stand on the axis, and have room for what is written above them."""
    bars = [mark for mark in panel.marks if isinstance(mark, Bars)]
    low, high = _reach(panel.y_axis)
    if not bars:
        return low, high
    return panel.y_axis.low, high + (0.2 * (high - low) if bars[0].labels else 0)


def _curve(axes: Any, curve: Curve, style: Style) -> None:
    """A named line has markers; validation is dashed, as it is in a report."""
    k, theme = style.place(curve), style.theme
    marker = {
        "marker": MARKERS[k], "markersize": 6, "markevery": max(len(curve.x) // 8, 1),
        "markeredgecolor": theme.paper, "markeredgewidth": 0.6,
    }  # fmt: skip
    dash = k if curve.role == "class" else int(curve.role == "validation")
    axes.plot(
        curve.x, curve.y, color=theme.lines[k], linestyle=DASHES[dash],
        linewidth=2.0 if curve.name or curve.role == "share" else 1.6, **(marker if curve.name else {}),
    )  # fmt: skip


def _dots(axes: Any, dots: Dots, style: Style) -> None:
    """A cloud of many, or one by one."""
    theme = style.theme
    colour = theme.lines[0]
    if dots.role == "example":
        rows = rows_to_draw(len(dots.x), MOST_DOTS)
        cloud: dict[str, Any] = {"s": 18, "alpha": 0.75, "edgecolors": theme.paper, "linewidths": 0.3}
        axes.scatter(dots.x[rows], dots.y[rows], color=colour, **cloud)
        return
    hollow = [False] * len(dots.x) if dots.hollow is None else dots.hollow
    faces = [theme.paper if empty else colour for empty in hollow]
    axes.scatter(
        dots.x, dots.y, s=52, facecolors=faces, edgecolors=colour, linewidths=1.8, zorder=3, clip_on=False
    )


def _contour(axes: Any, mark: Contour, style: Style) -> None:
    axes.plot(mark.x, mark.y, color=style.theme.ink, linewidth=0.7, alpha=0.35)


def _band(axes: Any, band: Band, style: Style) -> None:
    axes.fill_between(band.x, band.low, band.high, color=style.theme.lines[0], alpha=0.18, linewidth=0)


def _bars(axes: Any, bars: Bars, style: Style) -> None:
    theme = style.theme
    axes.bar(
        bars.low, bars.counts, bars.high - bars.low, align="edge", facecolor=theme.lines[0],
        edgecolor=theme.paper, hatch=HATCHES[1],
    )  # fmt: skip
    for k, label in enumerate(bars.labels):
        axes.annotate(
            label, ((bars.low[k] + bars.high[k]) / 2, bars.counts[k]), xytext=(0, 3),
            textcoords="offset points", ha="center", fontsize=10,
        )  # fmt: skip


def _tiles(axes: Any, tiles: Tiles, style: Style) -> None:
    page = tiles.page()
    axes.grid(False)
    how = {"vmin": 0, "vmax": 255, "extent": (0, 1, 0, 1), "interpolation": "nearest"}
    axes.imshow(page, cmap="gray", aspect=page.shape[0] / page.shape[1], **how)
    axes.spines[:].set_visible(False)


def _labels(axes: Any, labels: Labels, style: Style) -> None:
    """The points; `_name_points` writes beside them."""
    axes.scatter(labels.x, labels.y, s=16, color=style.theme.lines[0], zorder=3)


def _arrows(axes: Any, arrows: Arrows, style: Style) -> None:
    for start, end in zip(arrows.start, arrows.end, strict=True):
        axes.annotate(
            "", end, start,
            arrowprops={"arrowstyle": "->", "color": style.theme.lines[1], "linewidth": 1.6, "shrinkB": 3},
        )  # fmt: skip


def _reference(axes: Any, mark: Reference, style: Style) -> None:
    x, y = zip(mark.start, mark.end, strict=True)
    axes.plot(x, y, color=style.theme.ink, linestyle=DASHES[1], linewidth=1.4)


def _best(axes: Any, best: Best, style: Style) -> None:
    """A ring around each value; the legend says what it is."""
    axes.plot(
        [best.epoch] * len(best.y), best.y, linestyle="", marker="o", markersize=12, markerfacecolor="none",
        color=style.theme.ink, label=best.name, zorder=4, clip_on=False,
    )  # fmt: skip


def _caption(axes: Any, mark: Caption, style: Style) -> None:
    """Nothing inside the axes: the captions stand above them."""


def _key(axes: Any, panel: Panel, style: Style) -> None:
    """The names of the panel's curves below it, each behind a piece of its line."""
    names = panel.keyed()
    if not names:
        return
    from matplotlib.lines import Line2D

    theme = style.theme
    handles = [
        Line2D([], [], color=theme.lines[k], linestyle=DASHES[k], marker=MARKERS[k], markersize=6,
               markeredgecolor=theme.paper, linewidth=2.0, label=curve.name)
        for curve in names
        for k in (style.place(curve),)
    ]  # fmt: skip
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, BELOW), borderaxespad=0, handlelength=3.2,
        fontsize=11, labelcolor=theme.ink,
    )  # fmt: skip


def _legend(figure: Any, chart: Chart, theme: Theme) -> None:
    """What the kinds of line are where runs are compared, and what the ring is."""
    from matplotlib.lines import Line2D

    marks = [mark for panel in chart.panels for mark in panel.marks]
    roles = {mark.role for mark in marks if isinstance(mark, Curve)} if chart.compares else set()
    handles = [
        Line2D([], [], color=theme.ink, linestyle=DASHES[dash], label=role)
        for role, dash in (("validation", 1), ("training", 0))
        if role in roles
    ]
    for name in dict.fromkeys(mark.name for mark in marks if isinstance(mark, Best)):
        ring: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 11, "markerfacecolor": "none"}
        handles.append(Line2D([], [], color=theme.ink, label=name, **ring))
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=3, handlelength=3.2)


def _name_ends(figure: Any, drawn: list[tuple[Any, Panel]], style: Style) -> None:
    """Each curve's name right of the axes, at the height where it ends."""
    if not any(panel.names() for _, panel in drawn):
        return
    figure.draw_without_rendering()  # so that heights are known; the names will make axes narrower, not lower
    points = 72 / figure.dpi
    for axes, panel in drawn:
        curves, base = panel.names(), axes.bbox.y0
        ends = [axes.transData.transform((curve.x[-1], curve.y[-1]))[1] for curve in curves]
        heights = spread_apart([points * (end - base) for end in ends], LINE)
        for height, curve in zip(heights, curves, strict=True):
            k = style.place(curve)
            axes.annotate(
                f"{SIGNS[k]} {curve.name}", (1, 0), xycoords="axes fraction", xytext=(6, height),
                textcoords="offset points", va="center", color=style.theme.lines[k], annotation_clip=False,
            )  # fmt: skip


def _name_points(figure: Any, drawn: list[tuple[Any, Panel]]) -> None:
    """The name of each labelled point beside it, where it covers no other."""
    labelled = [(a, panel, mark) for a, panel in drawn for mark in panel.marks if isinstance(mark, Labels)]
    if labelled:
        figure.draw_without_rendering()

    def in_points(axes: Any, places: Any) -> list[tuple[float, float]]:
        """Places on the paper, the second number downwards."""
        return [tuple(place) for place in axes.transData.transform(places) * [72, -72] / figure.dpi]

    for axes, panel, mark in labelled:
        points = in_points(axes, list(zip(mark.x, mark.y, strict=True)))
        widths = [NAME * 0.6 * len(name) for name in mark.names]
        places = beside_points(points, widths, NAME, but=in_points(axes, panel.taken()))
        for name, x, y, beside in zip(mark.names, mark.x, mark.y, places, strict=True):
            if beside is not None:
                dx, dy, side = beside
                axes.annotate(
                    name, (x, y), (dx, -dy), textcoords="offset points", va="center", fontsize=NAME,
                    ha={"": "left", "end": "right", "middle": "center"}[side],
                )  # fmt: skip


DRAW: dict[type, Callable[[Any, Any, Style], None]] = {
    Curve: _curve, Dots: _dots, Contour: _contour, Band: _band, Bars: _bars, Tiles: _tiles,
    Labels: _labels, Arrows: _arrows, Reference: _reference, Best: _best, Caption: _caption,
}  # fmt: skip
