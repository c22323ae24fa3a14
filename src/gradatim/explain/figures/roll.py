"""Piano rolls drawn: time to the right, pitch upwards; several below each other."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.data.rolls import NOTES, STEPS
from gradatim.explain.figures.style import Picture, Theme
from gradatim.explain.roll_drawing import note_range

FAINTEST = 0.05  # a probability below it decides nothing about which notes are shown


def rolls_figure(panels: Sequence[tuple[str, np.ndarray]], step: str, title: str, words: str = "") -> Picture:
    """Rolls (L, 88) of 0 and 1, or of probabilities, with a title each, over the same notes and frames."""
    low, high = note_range([frames >= FAINTEST for _, frames in panels])
    each = STEPS[step]

    def draw(figure: Any, theme: Theme) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        colours = LinearSegmentedColormap.from_list("notes", [theme.paper, theme.lines[0]])
        figure.suptitle(title, fontweight="bold", x=0.01, ha="left")
        whole = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (name, frames) in zip(whole, panels, strict=True):
            extent = (0.0, len(frames) / each, low, high)
            shown = np.ma.masked_less(frames[:, low:high].T, FAINTEST)
            axes.imshow(
                shown, cmap=colours, vmin=0, vmax=1, aspect="auto", origin="lower", interpolation="nearest",
                extent=extent, zorder=2,
            )  # fmt: skip
            octaves = [k for k in range(low, high) if NOTES[k].startswith("C") and "#" not in NOTES[k]]
            axes.set_yticks([k + 0.5 for k in octaves], [NOTES[k] for k in octaves])
            axes.set_title(name, fontsize=11)
        whole[-1].set_xlabel("quarter notes")
        if words:
            figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    height = min(0.9 + len(panels) * (0.8 + (high - low) * 0.04), 9.0)
    return Picture(draw, (9.2, height), words)
