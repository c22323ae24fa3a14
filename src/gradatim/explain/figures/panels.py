"""Functions of one number, side by side: lines, what happens at a kink, and a shaded region."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, NamedTuple

import numpy as np

from gradatim.explain.figures.style import DASHES, SIZE, Picture, Theme

HOLDS = {1: 1, 2: 4, 3: 6, 4: 12}  # columns: panels at most; more stand in five columns
WIDE = 12.8  # inches
LEFT = 52  # points of a panel, for what stands left of its axes
SMALLER = 1.15  # a note may be so much too wide before it is broken: its letters are smaller then
LETTER, BOLD = 0.58, 0.68  # how wide a letter is, for its size


class Line(NamedTuple):
    """A line by name; a gap in it is not a number."""

    name: str
    x: np.ndarray
    y: np.ndarray
    style: int | None = None  # its colour and dash; its place among the lines when None


@dataclass(frozen=True)
class Panel:
    """One pair of axes: its name, what is said below it, and numbers."""

    title: str
    notes: tuple[str, ...]  # a line each
    x_name: str
    y_name: str
    lines: list[Line]
    filled: list[tuple[float, float]] = field(default_factory=list)  # what holds at a kink
    hollow: list[tuple[float, float]] = field(default_factory=list)  # where a line ends that does not
    shaded: list[tuple[float, float]] = field(default_factory=list)  # stretches of the x axis
    y_limits: tuple[float, float] | None = None


def panels_figure(panels: Sequence[Panel], title: str = "", shading: str = "", at_kink: str = "") -> Picture:
    """The panels in rows, one legend for all; `shading` and `at_kink` say what these mean."""

    def draw(figure: Any, theme: Theme) -> None:
        named: dict[str, Any] = {}
        small = len(panels) > 4
        columns = columns_for(len(panels))
        most = int(SMALLER * width_of(figure, columns) / (LETTER * note_size(small)))
        notes = [[line for note in panel.notes for line in in_lines(note, most)] for panel in panels]
        for k, (panel, axes) in enumerate(zip(panels, spread(figure, len(panels), title), strict=True)):
            row = k // columns * columns
            _draw(axes, panel, theme, named, small, shading, at_kink)
            head(axes, panel.title, notes[k], max(map(len, notes[row : row + columns])), small)
        figure.legend(
            list(named.values()), list(named), loc="outside lower center", handlelength=3.2, fontsize=11,
            ncols=len(named) if len(panels) > 1 else 2,
        )  # fmt: skip

    return Picture(draw, size_of(len(panels)))


def columns_for(count: int) -> int:
    """How many panels stand in a row, so that a picture is wider than high.

    >>> [columns_for(n) for n in (1, 2, 4, 6, 7, 11, 14)]
    [1, 2, 2, 3, 4, 4, 5]
    """
    return 2 if count == 2 else next((columns for columns, most in HOLDS.items() if count <= most), 5)


def size_of(count: int) -> tuple[float, float]:
    """Inches, for so many panels."""
    rows = ceil(count / columns_for(count))
    if count == 1:
        return SIZE
    return (10.8, 4.1 * rows) if count <= 4 else (WIDE, 2.5 * rows + 0.6)


def spread(figure: Any, count: int, title: str) -> Iterator[Any]:
    """Axes for so many panels, below a title."""
    columns = columns_for(count)
    rows = ceil(count / columns)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
    figure.get_layout_engine().set(w_pad=0.09, h_pad=0.07, wspace=0.02, hspace=0.03)
    for place in range(count):
        yield figure.add_subplot(rows, columns, place + 1)


def head(axes: Any, title: str, notes: Sequence[str], room: int, small: bool) -> None:
    """A panel's name, and notes in smaller letters below it, where there is room for so many lines."""
    size, wide = note_size(small), width_of(axes.get_figure(), axes.get_subplotspec().get_geometry()[1])
    fits = min((fitting(note, size, wide) for note in notes), default=size)
    for line, note in enumerate(notes):
        _above(axes, note, 5 + 1.35 * size * (room - 1 - line), size=fits)
    size, above = (11.5 if small else 13), 9 + 1.35 * size * room
    _above(axes, title, above, size=fitting(title, size, wide, BOLD), weight="bold")


def note_size(small: bool) -> float:
    """The size of a note's letters."""
    return 8.5 if small else 11


def width_of(figure: Any, columns: int) -> float:
    """Points that a panel's text may take where so many panels stand in a row."""
    return 72 * figure.get_size_inches()[0] / columns - LEFT


def in_lines(note: str, most: int) -> list[str]:
    """A note in lines of at most so many letters, broken behind commas and semicolons and before "and".

    >>> in_lines("target y = 1; l′(1) = 0 at the kink", 26)
    ['target y = 1;', 'l′(1) = 0 at the kink']
    """
    lines: list[str] = []
    for part in re.split(r"(?:(?<=[,;]) | (?=and ))(?![^()]*\))", note):
        if lines and len(lines[-1]) + 1 + len(part) <= most:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return lines


def fitting(text: str, size: float, points: float, letter: float = LETTER) -> float:
    """The size of letters with which a line of text is no wider than so many points, at most `size`.

    >>> fitting("weight", 10, 200), round(fitting("x" * 100, 10, 290), 6)
    (10, 5.0)
    """
    return min(size, points / (letter * max(len(text), 1)))


def _above(axes: Any, text: str, points: float, **style: Any) -> None:
    """A line of text so far above the left end of the axes."""
    written = axes.annotate(
        text, (0, 1), xycoords="axes fraction", xytext=(0, points), textcoords="offset points",
        annotation_clip=False, **style,
    )  # fmt: skip
    written.set_in_layout("weight" in style)  # the name makes room above; a note may be wider than the axes


def _draw(
    axes: Any, panel: Panel, theme: Theme, named: dict[str, Any], small: bool, shading: str, at_kink: str
) -> None:
    for number, line in enumerate(panel.lines):
        style = number if line.style is None else line.style
        (named[line.name],) = axes.plot(
            line.x, line.y, color=theme.lines[style], linestyle=DASHES[style],
            linewidth=2.2 if number == 0 else 1.8, zorder=3 + number,
        )  # fmt: skip
    for low, high in panel.shaded:
        named[shading] = axes.axvspan(
            low, high, facecolor=theme.faint, alpha=0.35, hatch="////", edgecolor=theme.faint, linewidth=0
        )
    ring = {"markersize": 5.5, "linestyle": "", "color": theme.lines[1], "clip_on": False, "zorder": 7}
    if panel.hollow:
        axes.plot(*zip(*panel.hollow, strict=True), marker="o", markerfacecolor=theme.paper, **ring)
    if panel.filled:
        (named[at_kink],) = axes.plot(*zip(*panel.filled, strict=True), marker="o", **ring)
    axes.set_xlim(min(line.x[0] for line in panel.lines), max(line.x[-1] for line in panel.lines))
    if panel.y_limits is not None:
        axes.set_ylim(*panel.y_limits)
    axes.set_xlabel(panel.x_name, fontsize=10 if small else 11, labelpad=2)
    axes.set_ylabel(panel.y_name, fontsize=10 if small else 11, labelpad=2)
    axes.tick_params(labelsize=9 if small else 10)
    if small:
        axes.locator_params(nbins=5)
        axes.locator_params(axis="x", steps=(1, 2, 3, 5, 10))
