"""What is left between predicted numbers and true ones, as SVG for the report."""

import numpy as np

from gradatim.explain.axes import SMALLEST, linear, round_step
from gradatim.explain.number_format import count, measure
from gradatim.explain.svg import Frame, bar, dots, grid, picture, rule, shorten, text
from gradatim.problems.evidence import Residuals

MOST_TARGETS = 3  # that are drawn
MOST_DOTS = 1000  # more would cover each other
BINS = 24
LETTERS = 28  # of a target's name


def rows_to_draw(n: int, most: int) -> np.ndarray:
    """The rows that are drawn of n: all, or as many as fit, evenly spread.

    >>> rows_to_draw(3, 5), rows_to_draw(9, 3)
    (array([0, 1, 2]), array([0, 4, 8]))
    """
    return np.unique(np.linspace(0, n - 1, most).astype(int))


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


def residual_pictures(found: Residuals) -> list[str]:
    """Two pictures of each target: prediction by truth, and how the residuals spread."""
    pictures = []
    for t in range(min(len(found.names), MOST_TARGETS)):
        name = shorten(found.names[t], LETTERS)
        pictures += [_scatter(found.true[:, t], found.predicted[:, t], name)]
        pictures += [_spread(found.predicted[:, t] - found.true[:, t], name)]
    return pictures


def _scatter(y: np.ndarray, predicted: np.ndarray, name: str) -> str:
    ends = [float(f(part)) for part in (y, predicted) for f in (np.min, np.max)]
    frame = Frame(linear(f"true {name}", ends), linear(f"predicted {name}", ends), height=330)
    low, high = frame.x_axis.low, frame.x_axis.high
    rows = rows_to_draw(len(y), MOST_DOTS)
    axis = frame.x_axis
    x = frame.left + (y[rows] - low) / (axis.high - low) * (frame.end - frame.left)
    height = frame.base - (predicted[rows] - low) / (high - low) * (frame.base - frame.top)
    said = f"predicted by true {name} of {count(len(rows))} examples, from {measure(low)} to {measure(high)}"
    return picture(
        frame.height,
        said,
        [
            *grid(frame),
            dots(x, height, "cloud"),
            rule(frame.x(low), frame.y(low), frame.x(high), frame.y(high), "ideal"),
            text(frame.end, 11, "end", "dashed: predicted = true"),
        ],
    )


def _spread(r: np.ndarray, name: str) -> str:
    counts, edges = histogram(r)
    across = linear(f"residual of {name}: predicted − true", [float(edges[0]), float(edges[-1])], 6)
    frame = Frame(across, linear("examples", [0.0, float(counts.max())]), height=330)
    parts = grid(frame)
    for n, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
        if n:
            x, y = frame.x(float(low)), frame.y(float(n))
            words = f"{measure(round(float(low), 12))} to {measure(round(float(high), 12))}: {count(int(n))}"
            parts.append(bar(x + 0.5, y, frame.x(float(high)) - x - 1, frame.base - y, "valid", words))
    mean, deviation = float(r.mean()), float(r.std())
    words = f"mean {measure(mean)}, standard deviation {measure(deviation)}"
    parts.append(rule(frame.x(0), frame.top - 4, frame.x(0), frame.base, "ideal"))
    return picture(
        frame.height,
        f"residuals of {name}, {words}",
        [*parts, text(frame.end, 11, "end", words)],
    )
