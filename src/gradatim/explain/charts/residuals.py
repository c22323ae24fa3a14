"""Predicted numbers beside the true ones, and what is left between them."""

import numpy as np

from gradatim.explain.axes import SMALLEST, linear, round_step
from gradatim.explain.charts.chart import Bars, Caption, Chart, Dots, Mark, Panel, Reference
from gradatim.explain.number_format import count, measure
from gradatim.explain.svg import shorten
from gradatim.problems.evidence import Residuals

MOST_TARGETS = 3  # that are drawn
LARGEST = 1e150  # beyond it, a square has no number
BINS = 24
LETTERS = 22  # of a target's name
HEIGHT = 0.95  # of a panel of width 1
RESIDUAL = "residual, predicted − true"


def residual_charts(found: Residuals, title: str = "") -> Chart:
    """A row for each of the first targets: the prediction by the truth; the residual by the prediction, in
    which a pattern is something that the network has not learned; and how the residuals spread.
    """
    targets = len(found.names)
    if targets > MOST_TARGETS:
        title += f" (the first {MOST_TARGETS} of {targets} targets)"
    panels: list[Panel] = []
    for t in range(min(targets, MOST_TARGETS)):
        true, predicted = (np.asarray(one[:, t], float) for one in (found.true, found.predicted))
        name = shorten(found.names[t], LETTERS)
        panels += [
            _predictions(true, predicted, name),
            _residuals(predicted, predicted - true, name),
            _spread(predicted - true, name),
        ]
    return Chart(title, tuple(panels), columns=3)


def histogram(r: np.ndarray, bins: int = BINS) -> tuple[np.ndarray, np.ndarray]:
    """Counts, and the edges of bins of a round width, of which one begins at 0.

    >>> counts, edges = histogram(np.array([-0.5, 0.1, 0.2, 1.0]), bins=3)
    >>> counts.tolist(), edges.tolist()
    ([1, 2, 1], [-0.5, 0.0, 0.5, 1.0])
    """
    low, high = min(float(r.min()), 0.0), max(float(r.max()), 0.0)
    if high - low < SMALLEST:
        low, high = -0.5, 0.5
    step = round_step(high - low, bins)
    edges = np.arange(np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9) + 1) * step
    return np.histogram(np.clip(r, edges[0], edges[-1]), edges)[0], edges


def _predictions(true: np.ndarray, predicted: np.ndarray, name: str) -> Panel:
    ends = [*_ends(true), *_ends(predicted)]
    x_axis, y_axis = linear(f"true {name}", ends), linear(f"predicted {name}", ends)
    low, high = x_axis.low, x_axis.high
    marks = (Dots("example", true, predicted), Reference((low, low), (high, high), "predicted = true"))
    words = f"predicted by true {name} of {count(len(true))} examples, from {measure(low)} to {measure(high)}"
    return Panel(x_axis, y_axis, marks, words, HEIGHT)


def _residuals(predicted: np.ndarray, r: np.ndarray, name: str) -> Panel:
    x_axis, y_axis = linear(f"predicted {name}", _ends(predicted)), linear(RESIDUAL, [0.0, *_ends(r)])
    marks = (Dots("example", predicted, r), Reference((x_axis.low, 0), (x_axis.high, 0)))
    low, high = map(measure, _ends(r))
    return Panel(x_axis, y_axis, marks, f"residual by predicted {name}, from {low} to {high}", HEIGHT)


def _spread(r: np.ndarray, name: str) -> Panel:
    counts, edges = histogram(r)
    x_axis = linear(f"residual of {name}", [float(edges[0]), float(edges[-1])])
    y_axis = linear("examples", [0.0, float(counts.max())])
    ends = [measure(round(float(edge), 12)) for edge in edges]
    words = tuple(
        f"{low} to {high}: {count(int(n))}" for n, low, high in zip(counts, ends[:-1], ends[1:], strict=True)
    )
    unit = float(np.abs(r).max()) or 1.0
    spread = float(r.std()) if unit < LARGEST else unit * float((r / unit).std())
    told = (f"mean {measure(float(r.mean()))}", f"standard deviation {measure(spread)}")
    marks: tuple[Mark, ...] = (
        Bars(edges[:-1], edges[1:], counts, words),
        Reference((0, y_axis.low), (0, y_axis.high)),
        *(Caption(words) for words in told),
    )
    return Panel(x_axis, y_axis, marks, f"residuals of {name}, {', '.join(told)}", HEIGHT)


def _ends(values: np.ndarray) -> list[float]:
    return [float(values.min()), float(values.max())]
