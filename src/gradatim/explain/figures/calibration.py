"""The picture of calibration (curriculum B20)."""

from typing import Any

import numpy as np

from gradatim.explain.calibration import BINS, reliability
from gradatim.explain.figures.style import DASHES, HATCHES, Picture, Theme


def calibration_figure(p: np.ndarray, came_true: np.ndarray, of: str, title: str) -> Picture:
    """The reliability diagram of these probabilities, and below it how many there are of each."""
    found = reliability(p, came_true)

    def draw(figure: Any, theme: Theme) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        upper.plot([0, 1], [0, 1], color=theme.ink, linestyle=DASHES[1], linewidth=1.4, label="calibrated")
        upper.plot(
            found.said, found.true, color=theme.lines[0], marker="o", markersize=7, label="the network"
        )
        upper.set_ylabel("share that came true")
        upper.set_ylim(-0.03, 1.03)
        upper.set_title(title, fontweight="bold")
        upper.legend(loc="upper left")
        upper.text(
            0.98, 0.05, f"expected calibration error {100 * found.error:.1f} %", ha="right", va="bottom",
            transform=upper.transAxes,
        )  # fmt: skip
        shares, edges = np.histogram(p, np.linspace(0, 1, BINS + 1))
        lower.stairs(
            100 * shares / len(p), edges, fill=True, facecolor=theme.lines[0], edgecolor=theme.paper,
            hatch=HATCHES[1],
        )  # fmt: skip
        lower.set_ylabel("examples (%)")
        lower.set_xlabel(of)
        lower.set_xlim(0, 1)
        figure.align_ylabels()

    return Picture(draw, (6.4, 5.8))
