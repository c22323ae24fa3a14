"""Inputs above what is made of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.explain.figures.picture_grid import grid_page, show_page
from gradatim.explain.figures.style import Picture, Theme, short
from gradatim.explain.number_format import measure

WIDTH = 9.2  # inches
MOST_NAMES = 30  # inputs that are named
ROWS = ("input", "reconstruction")


def reconstructed_pictures(
    groups: Sequence[tuple[str, np.ndarray, np.ndarray, np.ndarray]], title: str, words: str
) -> Picture:
    """Groups of a name, tiles (N, H, W) or (N, H, W, 3), what is made of them, and the errors (N,).

    Every picture is drawn from the least to the largest number of the inputs.
    """
    low = min(float(x.min()) for _, x, _, _ in groups)
    high = max(float(x.max()) for _, x, _, _ in groups)
    pages = [
        np.clip((grid_page(np.stack([x, again])) - low) / ((high - low) or 1.0), 0, 1)
        for _, x, again, _ in groups
    ]
    height, width = (n + 1 for n in groups[0][1].shape[1:3])

    def draw(figure: Any, theme: Theme) -> None:
        figure.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")
        rows = figure.subplots(len(groups), 1, squeeze=False)[:, 0]
        for axes, page, (name, _, _, errors) in zip(rows, pages, groups, strict=True):
            show_page(axes, page)
            axes.set_title(name, fontsize=11)
            axes.set_yticks([(height - 2) / 2, height + (height - 2) / 2], ROWS, fontsize=9)
            places = [k * width + (width - 2) / 2 for k in range(len(errors))]
            axes.set_xticks(
                places, [measure(float(e)) for e in errors], fontsize=8.5 if len(errors) <= 12 else 6
            )
        figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    tall = sum(8.0 * page.shape[0] / page.shape[1] + 0.75 for page in pages)
    return Picture(draw, (WIDTH, min(tall + 0.9, 11.0)), title)


def reconstructed_rows(
    groups: Sequence[tuple[str, Sequence[int], np.ndarray, np.ndarray, np.ndarray]], inputs: Sequence[str],
    title: str, words: str,
) -> Picture:  # fmt: skip
    """Groups of a name, rows' numbers, inputs (N, D), what is made of them (N, D), and the errors (N,): a
    panel for each example, a group a row of panels.
    """
    across = max(len(rows) for _, rows, _, _, _ in groups)
    named = len(inputs) <= MOST_NAMES
    places = np.arange(len(inputs))

    def draw(figure: Any, theme: Theme) -> None:
        figure.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")
        every = figure.subplots(len(groups), across, squeeze=False, sharex=True, sharey="row")
        for panels, (name, rows, x, again, errors) in zip(every, groups, strict=True):
            for axes in panels[len(rows) :]:
                axes.set_visible(False)
            for k, row in enumerate(rows):
                axes = panels[k]
                said = f"{name}\n" if k == 0 else "\n"
                axes.set_title(f"{said}example {row}: {measure(float(errors[k]))}", fontsize=10)
                axes.vlines(places, x[k], again[k], color=theme.lines[1], linewidth=1.0)
                axes.plot(
                    places, x[k], "o", color=theme.lines[0], markersize=6 if named else 3, label="input"
                )
                axes.plot(places, again[k], "s", markerfacecolor=theme.paper, color=theme.lines[1],
                          markersize=5 if named else 2.5, label="reconstruction")  # fmt: skip
                if named:
                    axes.set_xticks(places, [short(one, 14) for one in inputs], rotation=60, ha="right",
                                    rotation_mode="anchor", fontsize=8)  # fmt: skip
                else:
                    axes.set_xlabel("input")
        handles, labels = every[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower right", ncols=2, fontsize=10)
        figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    return Picture(draw, (max(WIDTH, 2.6 * across), 3.0 * len(groups) + 1.0), title)
