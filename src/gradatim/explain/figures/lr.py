"""The picture of the learning-rate finder."""

from collections.abc import Sequence
from math import log10
from typing import Any

from gradatim.explain.figures.style import DASHES, Picture, Theme
from gradatim.explain.number_format import measure, ten


def lr_figure(
    lrs: Sequence[float], losses: Sequence[float], smoothed: Sequence[float], suggestion: float, title: str
) -> Picture:
    """Loss against learning rate, on a logarithmic axis, with the suggested rate marked."""

    def draw(figure: Any, theme: Theme) -> None:
        axes, colours = figure.add_subplot(), theme.lines
        axes.plot(lrs, losses, color=colours[0], alpha=0.35, linewidth=1, label="loss of each step")
        axes.plot(lrs, smoothed, color=colours[0], linestyle=DASHES[0], label="smoothed loss")
        axes.axvline(suggestion, color=colours[1], linestyle=DASHES[1], linewidth=1.5)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: power_label(value))
        axes.xaxis.set_minor_formatter(lambda value, _: "")
        low, high = min(smoothed), max(smoothed[: max(len(smoothed) // 2, 1)])
        axes.set_ylim(low - 0.15 * (high - low), high + 0.45 * (high - low))
        axes.annotate(
            f"falls fastest at {measure(suggestion, 2)}", (suggestion, 0.97),
            xycoords=("data", "axes fraction"), xytext=(-6, 0),
            textcoords="offset points", ha="right", va="top", color=colours[1],
        )  # fmt: skip
        axes.set_xlabel("learning rate, growing from step to step")
        axes.set_ylabel("training loss")
        axes.set_title(title, fontweight="bold")
        axes.legend(loc="lower left")

    return Picture(draw)


def power_label(value: float) -> str:
    """A power of ten as the label of a tick.

    >>> power_label(1e-6), power_label(0.001)
    ('10⁻⁶', '0.001')
    """
    return ten(round(log10(value))) if value < 1e-4 else f"{value:g}"
