"""Predicted numbers beside the true ones, and what is left between them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.explain.figures.style import DASHES, Picture, Theme, short
from gradatim.explain.residuals import MOST_TARGETS, rows_to_draw

MOST_EXAMPLES = 3000  # drawn; more would cover each other


def residuals_figure(true: np.ndarray, predicted: np.ndarray, names: Sequence[str], title: str) -> Picture:
    """Of each target, (N, T), the prediction by the truth, and the residual, predicted − true, by the
    prediction: a pattern in it is something that the network has not learned.
    """
    T = min(true.shape[1], MOST_TARGETS)
    rows = rows_to_draw(len(true), MOST_EXAMPLES)
    if true.shape[1] > T:
        title += f" (the first {T} of {true.shape[1]} targets)"

    def draw(figure: Any, theme: Theme) -> None:
        figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
        figure.get_layout_engine().set(w_pad=0.1, h_pad=0.08)
        for t, (left, right) in enumerate(figure.subplots(T, 2, squeeze=False)):
            _draw(left, right, true[rows, t], predicted[rows, t], short(names[t]), theme)

    return Picture(draw, (10.8, 4.3 * T + 0.3))


def _draw(left: Any, right: Any, y: np.ndarray, predicted: np.ndarray, name: str, theme: Theme) -> None:
    dots: dict[str, Any] = {
        "s": 18, "color": theme.lines[0], "alpha": 0.75, "edgecolors": theme.paper, "linewidths": 0.3
    }  # fmt: skip
    ends = [min(y.min(), predicted.min()), max(y.max(), predicted.max())]
    left.scatter(y, predicted, **dots)
    left.plot(ends, ends, color=theme.ink, linestyle=DASHES[1], linewidth=1.4, label="prediction = truth")
    left.set_xlabel(f"true {name}")
    left.set_ylabel(f"predicted {name}")
    left.legend(loc="upper left")
    right.scatter(predicted, predicted - y, **dots)
    right.axhline(0, color=theme.ink, linestyle=DASHES[1], linewidth=1.4)
    right.set_xlabel(f"predicted {name}")
    right.set_ylabel("residual, predicted − true")
