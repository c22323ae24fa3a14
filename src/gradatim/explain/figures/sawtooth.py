"""The sawtooth by networks of several depths, and the units that they need."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.by_hand.sawtooth import sawtooth, shares, units_needed
from gradatim.explain.figures.style import DASHES, Picture, Theme

FINE = 2001
COUNTED = 10


class Curve(NamedTuple):
    """A network's curve over [0, 1], and what stands above it."""

    name: str
    x: np.ndarray
    y: np.ndarray


def sawtooth_figure(k: int, curves: Sequence[Curve], title: str) -> Picture:
    """A panel for each network with the sawtooth behind it; beside them the units by the teeth."""
    x = np.linspace(0, 1, FINE)

    def draw(figure: Any, theme: Theme) -> None:
        grid = figure.add_gridspec(len(curves), 2, width_ratios=(1.5, 1))
        for row, curve in enumerate(curves):
            axes = figure.add_subplot(grid[row, 0])
            axes.plot(x, sawtooth(x, k), color=theme.lines[1], linewidth=1.4, linestyle=DASHES[1],
                      label="sawtooth", zorder=2)  # fmt: skip
            axes.plot(curve.x, curve.y, color=theme.lines[0], linewidth=2, label="network", zorder=3)
            axes.set_title(curve.name, fontsize=11)
            axes.set(xlim=(0, 1), ylim=(-0.15, 1.15))
            axes.tick_params(labelsize=9)
            if row == 0:
                axes.legend(loc="upper right", bbox_to_anchor=(1, 1.42), ncols=2, fontsize=9)
        _units(figure.add_subplot(grid[:, 1]), theme)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")

    return Picture(draw, (9.6, 1.9 * len(curves) + 0.9))


def _units(axes: Any, theme: Theme) -> None:
    """Units of the exact networks by k, and the fewest that any network has, dotted."""
    ks = np.arange(1, COUNTED + 1)
    for number, (name, depth) in enumerate(
        (("depth 1", lambda k: 1), ("depth 2", lambda k: min(2, k)), ("depth k", lambda k: k))
    ):
        exact = [sum(2**a for a in shares(int(k), depth(int(k)))) for k in ks]
        fewest = [units_needed(int(k), depth(int(k))) for k in ks]
        colour = theme.lines[number]
        axes.plot(ks, exact, color=colour, marker="osv"[number], markersize=5, label=f"{name}, exact")
        axes.plot(ks, fewest, color=colour, linestyle=DASHES[2], linewidth=1.3, label=f"{name}, fewest")
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("k, of 2^k teeth")
    axes.set_ylabel("units")
    axes.legend(fontsize=9)
