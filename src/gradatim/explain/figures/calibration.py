"""Calibration (curriculum B20): whether of all that is said with 80 % certainty, 80 % is right."""

from typing import Any, NamedTuple

import numpy as np

from gradatim.explain.figures.style import DASHES, HATCHES, Picture, Theme

BINS = 10


class Reliability(NamedTuple):
    """Of each bin of probabilities that is not empty: their mean, the share that came true, how many."""

    said: np.ndarray
    true: np.ndarray
    counts: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error, Σ_b n_b/N |true_b − said_b| (Guo et al. 2017, eq. 3)."""
        return float((self.counts * np.abs(self.true - self.said)).sum() / self.counts.sum())


def reliability(p: np.ndarray, came_true: np.ndarray, bins: int = BINS) -> Reliability:
    """Probabilities (N,) and whether what they were given to came true (N,), by bins of equal width.

    A bin reaches from above its lower end to its upper end; the first holds 0 too.

    >>> reliability(np.array([0.1, 0.91, 0.92]), np.array([0, 1, 0])).true.tolist()
    [0.0, 0.5]
    """
    p = np.asarray(p, np.float64)
    edges = np.linspace(0, 1, bins + 1)
    which = np.searchsorted(edges[1:-1], p)
    counts = np.bincount(which, minlength=bins)
    there = counts > 0
    said = np.bincount(which, p, bins)[there] / counts[there]
    true = np.bincount(which, np.asarray(came_true, np.float64), bins)[there] / counts[there]
    return Reliability(said, true, counts[there])


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
