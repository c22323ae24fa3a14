"""Several machines on the same points of a plane, each with what it decides where."""

from collections.abc import Sequence
from math import ceil
from typing import Any, NamedTuple

from gradatim.explain.figures.boundary import Plane, Points, draw_plane
from gradatim.explain.figures.style import Picture, Theme

ACROSS = 2


class Machine(NamedTuple):
    """A machine's name, its answers over the plane, and its test examples with its mistakes among them."""

    name: str
    plane: Plane
    points: Points
    accuracy: float


def machines_figure(machines: Sequence[Machine], title: str, words: str = "") -> Picture:
    """A panel for each machine: tints, boundary, examples, and the accuracy above."""
    rows = ceil(len(machines) / ACROSS)

    def draw(figure: Any, theme: Theme) -> None:
        grid = figure.subplots(rows, ACROSS, squeeze=False)
        for axes, machine in zip(grid.flat, machines, strict=False):
            draw_plane(axes, machine.plane, [machine.points], machine.plane.probabilities.shape[-1], theme)
            axes.set_title(f"{machine.name}: {machine.accuracy:.1%}", fontsize=11)
            axes.tick_params(labelsize=9)
        for axes in list(grid.flat)[len(machines) :]:
            axes.set_axis_off()
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
        if words:
            figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    return Picture(draw, (8.4, 3.6 * rows + 0.8))
