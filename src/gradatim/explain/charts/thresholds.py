"""Precision, recall and F1 by the threshold from which a class is decided for."""

from collections.abc import Sequence

import numpy as np

from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Chart, Curve, Mark, Panel, Reference
from gradatim.explain.charts.ranking_lines import LETTERS, MOST_LINES, steps
from gradatim.explain.svg import shorten
from gradatim.problems.ranked import Ranked

NAMES = ("precision", "recall", "F1")
GRID = np.linspace(0, 1, 201)


def threshold_chart(classes: Sequence[Ranked], threshold: float | None = None, title: str = "") -> Chart:
    """A panel for each class, or one of the macro average of more than six; of two classes the threshold in
    use.
    """
    if len(classes) > MOST_LINES:
        panels = [_panel(_means(classes), f"threshold, mean over {len(classes)} classes", None)]
    else:
        panels = [
            _panel(_curves(one), f"threshold on the probability of {shorten(one.name, LETTERS)}", threshold)
            for one in classes
        ]
    return Chart(title, tuple(panels), columns={1: 1, 2: 2, 4: 2}.get(len(panels), 3))


def rates_at(one: Ranked, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1 where the class is decided for from each threshold on; precision is NaN where
    nothing is answered.
    """
    taken = len(one.thresholds) - np.searchsorted(one.thresholds[::-1], thresholds)
    tp, fp = (np.concatenate([[0], counts])[taken] for counts in (one.tp, one.fp))
    answered = tp + fp
    precision = np.where(answered > 0, tp / np.maximum(answered, 1), np.nan)
    return precision, tp / one.positives, 2 * tp / (answered + one.positives)


def _curves(one: Ranked) -> list[Curve]:
    """The three from a threshold of 0 on; above the highest score nothing is answered."""
    x = np.concatenate([[0.0], one.thresholds[::-1]])
    curves = []
    for k, (name, falling) in enumerate(zip(NAMES, (one.precision, one.recall, one.f1), strict=True)):
        rising = falling[::-1]
        across, up = steps(x, np.concatenate([rising[:1], rising]))
        if name != "precision":  # which nothing answered has not
            across, up = np.append(across, [x[-1], max(1.0, x[-1])]), np.append(up, [0.0, 0.0])
        curves.append(Curve("class", across, up, name, k))
    return curves


def _means(classes: Sequence[Ranked]) -> list[Curve]:
    """The means over the classes; of precision over those that are answered, as far as one is."""
    found = np.array([rates_at(one, GRID) for one in classes])  # (classes, 3, thresholds)
    known = np.isfinite(found)
    means = np.where(known, found, 0).sum(0) / np.maximum(known.sum(0), 1)
    there = known.any(0)
    return [Curve("class", GRID[there[k]], means[k][there[k]], name, k) for k, name in enumerate(NAMES)]


def _panel(curves: Sequence[Curve], across: str, threshold: float | None) -> Panel:
    marks: tuple[Mark, ...] = tuple(curves)
    if threshold is not None:
        marks = (Reference((threshold, 0), (threshold, 1), f"in use, {threshold:.3g}"), *curves)
    words = f"precision, recall and F1 by {across}"
    return Panel(linear(across, [0, 1]), linear("share", [0, 1]), marks, words, height=0.85, key=True)
