"""The delta rule update by update, and the least-squares solution beside it."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.delta_rule import least_squares, mean_squared_error, step
from gradatim.checks import UsageError, real, whole
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.plane_drawing import Panel, plane_drawing
from gradatim.explain.traces.record import Cell, Line, Table, Trace
from gradatim.explain.traces.sums_as_text import number

SOURCE = "Widrow & Hoff, Adaptive switching circuits (1960)"
CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
MOST_UPDATES = 16  # shown one by one
HUGE = 1e12  # of an error, from which on the rule has diverged


def adaline(
    x: Sequence[Sequence[float]] = CORNERS, t: Sequence[float] = (-1, -1, -1, 1), lr: float = 0.1,
    epochs: int = 20,
) -> Trace:  # fmt: skip
    """ADALINE: a linear unit taught by the delta rule, which a threshold reads afterwards.

        s = wᵀx + b,   ε = t − s,   L = ½ ε²;   w ← w + η ε x,   b ← b + η ε;   the answer is the sign of s

    Examples `x`, a row each, and their targets `t`; `lr` is η. Begins at w = 0, b = 0. Raises UsageError for
    an η with which the error grows without bound.

    >>> adaline().table("Beside least squares").column("w")[1]
    '0.5, 0.5'
    """
    points = np.array(grid("x", x))
    targets = np.array(vector("t", t, len(points)))
    lr, epochs = real("lr", lr, above=0), whole("epochs", epochs, 1, 10_000)
    w, b = np.zeros(points.shape[1]), 0.0
    updates: list[list[Cell]] = []
    passes: list[list[Cell]] = [[0, *_quality(w, b, points, targets)]]
    panels: list[Panel] = []
    for epoch in range(1, epochs + 1):
        for n, (x_n, t_n) in enumerate(zip(points, targets.tolist(), strict=True)):
            s = float(w @ x_n + b)
            w, b, error = step(w, b, x_n, t_n, lr)
            if abs(error) > HUGE:
                raise UsageError(f"the error grows without bound with lr={number(lr)}: take a smaller one")
            updates.append([
                epoch, ", ".join(map(number, x_n)), number(t_n), s, error, error**2 / 2,
                ", ".join(f"{value:.4f}".replace("-", "−") for value in w), b,
            ])  # fmt: skip
            if len(panels) < 2 * len(points) and epoch <= 2:
                panels.append(Panel(f"update {len(updates)}", w.tolist(), b, [n]))
        passes.append([epoch, *_quality(w, b, points, targets)])
    best_w, best_b = least_squares(points, targets)
    away = float(np.hypot(np.linalg.norm(w - best_w), b - best_b))
    rows: list[list[Cell]] = [
        [name, _listed(v), c, *_quality(v, c, points, targets)]
        for name, v, c in (
            (f"delta rule, {epochs} passes", w, b), ("least squares", best_w, best_b)
        )
    ]  # fmt: skip
    panels.append(Panel("least squares", best_w.tolist(), best_b))
    drawing = ""
    if points.shape[1] == 2:
        drawing = plane_drawing(
            points.tolist(), [one > 0 for one in targets], panels, "The line s = 0 after every update"
        )
    return Trace("ADALINE learns by the delta rule", "A3", SOURCE, [
        Line(f"A linear unit from w = 0 and b = 0, η = {number(lr)}. The error is measured in front of the "
             "threshold, so examples that are right move the weights as well."),
        Line("  s = wᵀx + b    ε = t − s    L = ½ ε²    ∂L/∂w = −ε x"),
        Line("  new w = w + η ε x    new b = b + η ε"),
        Table("The first updates", ["pass", "x", "t", "s", "ε", "½ ε²", "new w", "new b"],
              updates[:MOST_UPDATES]),
        Table("After every pass", ["pass", "mean ε²", "right"], _thinned(passes), (0, 6, 0)),
        Table("Beside least squares", ["solution", "w", "b", "mean ε²", "right"], rows, 4),
        Line(f"[w; b] is {number(away)} away from the least-squares solution. More passes bring it nearer; "
             "where no line makes every error 0, a constant η keeps it moving around there, the less the "
             "smaller η is."),
    ], drawing)  # fmt: skip


def _quality(w: np.ndarray, b: float, x: np.ndarray, t: np.ndarray) -> list[Cell]:
    """The mean squared error, and how many answers have the target's sign."""
    right = int(((x @ w + b >= 0) == (t >= 0)).sum())
    return [mean_squared_error(w, b, x, t), right]


def _listed(w: np.ndarray) -> str:
    return ", ".join(number(round(value, 4)) for value in w.tolist())


def _thinned(rows: list[list[Cell]], most: int = 24) -> list[list[Cell]]:
    """At most so many rows, the first and the last among them."""
    if len(rows) <= most:
        return rows
    return [rows[round(k * (len(rows) - 1) / (most - 1))] for k in range(most)]
