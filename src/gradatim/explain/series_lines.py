"""A series as a small chart: a line for each of its numbers over the steps."""

from dataclasses import replace

import numpy as np

from gradatim.explain.axes import linear, of_epochs
from gradatim.explain.charts.crowding import thin
from gradatim.explain.svg import LETTER, Frame, grid, line, picture, sample, shorten, text

MOST_LINES = 6  # that can be told apart
MOST_POINTS = 240
WIDTH, HEIGHT, KEY = 300, 150, 16


def busiest(lines: np.ndarray) -> np.ndarray:
    """Which numbers of a series (L, D) are drawn: those that move most, in their order.

    >>> busiest(np.array([[0, 9, 1, 0, 1, 0, 1, 2], [5, 0, 0, 1, 0, 1, 0, 0]])).tolist()
    [0, 1, 2, 3, 4, 7]
    """
    spread = lines.std(0)
    return np.sort(np.argsort(-spread, kind="stable")[:MOST_LINES])


def series_chart(lines: np.ndarray, names: tuple[str, ...] = (), said: str = "a series") -> str:
    """An SVG of a series (L, D); of more numbers than can be told apart those that move most.

    >>> series_chart(np.zeros((3, 1)), ("speed",)).count("<polyline")
    1
    """
    drawn = busiest(lines)
    steps = np.arange(len(lines))
    x_axis = replace(of_epochs(0, len(lines) - 1), name="step")
    y_axis = linear("", lines[:, drawn].reshape(-1).tolist() or [0.0], most=4)
    known = names if len(names) == lines.shape[1] else tuple(f"number {i}" for i in range(lines.shape[1]))
    labels = [shorten(known[i], 12) for i in drawn]
    width = max(len(label) for label in labels) * LETTER + 30
    across = max(1, int(WIDTH // width))
    rows = -(-len(labels) // across)
    frame = Frame(x_axis, y_axis, top=10 + KEY * rows, height=HEIGHT + KEY * rows, width=WIDTH)
    parts = grid(frame)
    for kind, i in enumerate(drawn):
        x, y = thin(steps, lines[:, i], MOST_POINTS)
        points = [(frame.x(a), frame.y(b)) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        parts.append(
            line(points if len(points) > 1 else [*points, (points[0][0] + 4, points[0][1])], f"kind{kind}")
        )
        left, top = kind % across * width, 8 + KEY * (kind // across)
        parts += [sample(left, top, 20, f"kind{kind}"), text(left + 24, top + 4, "start", labels[kind])]
    return picture(frame.height, said, parts, WIDTH)
