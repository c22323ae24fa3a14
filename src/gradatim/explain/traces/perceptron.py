"""Rosenblatt's rule example by example, its mistakes against the bound, and what no line can do."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from gradatim.by_hand import perceptron as rule
from gradatim.by_hand.margin import widest_margin
from gradatim.checks import UsageError, real, whole
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.plane_drawing import Panel, plane_drawing
from gradatim.explain.traces.record import Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number, product_sum

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
SOURCE = "Rosenblatt, The perceptron: a probabilistic model (1958); Novikoff, On convergence proofs (1962)"
MOST_ROWS = 40  # of the table, half from its beginning and half from its end
MOST_PANELS = 12
MOST_EXAMPLES = 10  # of which every subset is tried


class _Teaching:
    """What happened while the rule went through the examples: a row a presentation, and every line."""

    def __init__(self, x: np.ndarray, t: np.ndarray, lr: float, epochs: int):
        self.w, self.b = np.zeros((1, x.shape[1])), np.zeros(1)
        self.rows: list[list[Cell]] = []
        self.lines: list[Panel] = []
        self.mistakes, self.passes, self.done = 0, 0, False
        self.right: list[int] = []  # after every pass
        while self.passes < epochs and not self.done:
            self.passes += 1
            before = self.mistakes
            for n in range(len(x)):
                self._present(n, x, t, lr)
            self.right.append(int((_answers(x, self.w, self.b) == t).sum()))
            self.done = self.mistakes == before

    def _present(self, n: int, x: np.ndarray, t: np.ndarray, lr: float) -> None:
        a = float(self.w[0] @ x[n] + self.b[0])
        terms = [*zip(self.w[0].tolist(), x[n].tolist(), strict=True), (self.b[0].item(),)]
        wrong = rule.learn(self.w, self.b, x[n : n + 1], t[n : n + 1, None], lr)
        self.mistakes += wrong
        self.rows.append([
            self.passes, ", ".join(map(number, x[n])), int(t[n]), f"{product_sum(terms)} = {number(a)}",
            int(a >= 0), number(t[n] - (a >= 0)), ", ".join(map(number, self.w[0])), number(self.b[0]),
        ])  # fmt: skip
        if wrong:
            name = f"mistake {self.mistakes}"
            self.lines.append(Panel(name, self.w[0].tolist(), self.b[0].item(), [n]))


def perceptron(
    x: Sequence[Sequence[float]] = CORNERS, t: Sequence[float] = (0, 0, 0, 1), lr: float = 1,
    epochs: int = 100,
) -> Trace:  # fmt: skip
    """Rosenblatt's rule, every presentation of every example, until a pass goes without a mistake.

        o = 1 where wᵀx + b ≥ 0, otherwise 0;   w ← w + η (t − o) x,   b ← b + η (t − o)
        mistakes ≤ (R/γ)²,   R = max_n ‖[x_n; 1]‖,   γ the widest margin          (Novikoff 1962)

    Examples `x`, a row each, and their targets `t`, 0 or 1; `lr` is η, `epochs` the most passes. Begins at
    w = 0, b = 0 with AND. Raises UsageError for a target that is neither 0 nor 1.

    >>> perceptron().table("Mistakes and their bound").column("(R/γ)²")[0] > 50
    True
    """
    points, targets = _checked(x, t)
    lr, epochs = real("lr", lr, above=0), whole("epochs", epochs, 1, 1000)
    taught = _Teaching(points, targets, lr, epochs)
    shown = taught.rows
    if len(shown) > MOST_ROWS:
        shown = [*shown[: MOST_ROWS // 2], ["…"] * len(shown[0]), *shown[-MOST_ROWS // 2 :]]
    parts: list[Part] = [
        Line(f"A threshold of wᵀx + b, from w = 0 and b = 0, with η = {number(lr)}. Only a mistake moves it: "
             "towards x where it should have fired, away from x where it should not."),
        Line("  o = 1 where wᵀx + b ≥ 0, otherwise 0"),
        Line("  new w = w + η (t − o) x    new b = b + η (t − o)"),
        Table("Every presentation", ["pass", "x", "t", "wᵀx + b", "o", "t − o", "new w", "new b"], shown),
        *_verdict(points, targets, taught),
    ]  # fmt: skip
    drawing = _moving(points, targets, taught.lines) if points.shape[1] == 2 else ""
    return Trace("The perceptron learns by its mistakes", "A2", SOURCE, parts, drawing)


def xor_perceptron(epochs: int = 6) -> Trace:
    """XOR and Rosenblatt's rule: it never ends, and every line says at most 3 of the 4 rows.

        b < 0,   w1 + b ≥ 0,   w2 + b ≥ 0   ⇒   w1 + w2 + b ≥ −b > 0, where it should be below 0

    `epochs` passes are shown, and the four lines that say three rows are drawn.

    >>> xor_perceptron().table("Every choice of rows").column("a line says them")[0]
    0
    """
    points, targets = _checked(CORNERS, (0, 1, 1, 0))
    taught = _Teaching(points, targets, 1.0, whole("epochs", epochs, 1, 1000))
    shown = taught.rows[:MOST_ROWS]
    panels = [
        Panel(f"wrong at ({', '.join(map(number, points[wrong[0]]))})", u[:-1].tolist(), u[-1].item(), wrong)
        for wrong, u in _lines_with(points, targets, 3)
    ]
    return Trace("The perceptron and XOR", "A2", SOURCE, [
        Line("The same rule as in the trace perceptron, with η = 1, on XOR. No pass goes without a mistake, "
             "and the weights come back to where they were."),
        Table("Every presentation", ["pass", "x", "t", "wᵀx + b", "o", "t − o", "new w", "new b"], shown),
        Table("After every pass", ["pass", "right, of 4"], [
            [k + 1, right] for k, right in enumerate(taught.right)
        ]),
        Line("Why: XOR asks for b < 0 (0, 0), w1 + b ≥ 0 (1, 0), w2 + b ≥ 0 (0, 1) and w1 + w2 + b < 0 "
             "(1, 1). The second and the third add up to w1 + w2 + 2b ≥ 0, so w1 + w2 + b ≥ −b > 0, which "
             "contradicts the fourth."),
        *_choices(points, targets),
    ], plane_drawing(
        CORNERS, [bool(one) for one in targets], panels, "The four lines that say three of XOR's four rows"
    ))  # fmt: skip


def _verdict(x: np.ndarray, t: np.ndarray, taught: _Teaching) -> list[Part]:
    """The mistakes beside the bound; or, of what no line parts, how many a line can have right."""
    margin = widest_margin(x, 2 * t - 1)
    if margin is not None:
        line = ", ".join(number(value) for value in margin.u)
        ended = f"After {taught.passes} passes there are still mistakes; the bound says that they end."
        if taught.done:
            ended = f"The first pass without a mistake is pass {taught.passes}."
        return [
            Table("Mistakes and their bound", ["mistakes", "R²", "γ", "(R/γ)²"],
                  [[taught.mistakes, margin.radius**2, margin.gamma, margin.bound]]),
            Line(f"{ended} γ is the margin of the line with the widest one, [w; b] = ({line}); R is the "
                 "longest example, the bias's input 1 included."),
        ]  # fmt: skip
    most = max(taught.right)
    said = f"After a pass at most {most} of {len(x)} were right."
    if len(x) > MOST_EXAMPLES:
        return [Line(f"No line parts these classes, so there is no bound and no end. {said}")]
    return [
        Line(f"No line parts these classes, so there is no bound and no end. {said}"),
        *_choices(x, t),
    ]


def _choices(x: np.ndarray, t: np.ndarray) -> list[Part]:
    """Of how many choices of k examples a line says all."""
    rows: list[list[Cell]] = []
    for k in range(len(x), 0, -1):
        parted, choices = len(_lines_with(x, t, k)), len(list(combinations(range(len(x)), k)))
        rows.append([k, choices, parted])
        if parted:
            break
    best = rows[-1][0]
    return [
        Table("Every choice of rows", ["rows", "choices", "a line says them"], rows),
        Line(f"A line is right on at most {best} of {len(x)}."),
    ]


def _lines_with(x: np.ndarray, t: np.ndarray, k: int) -> list[tuple[list[int], np.ndarray]]:
    """For every choice of k examples that a line says: the examples left out, and the line [w; b]."""
    found = []
    for chosen in combinations(range(len(x)), k):
        rows = list(chosen)
        margin = widest_margin(x[rows], 2 * t[rows] - 1)
        if margin is not None:
            found.append(([n for n in range(len(x)) if n not in chosen], margin.u))
    return found


def _moving(x: np.ndarray, t: np.ndarray, lines: list[Panel]) -> str:
    """The line after every mistake; of many the first and the last."""
    shown = lines
    if len(lines) > MOST_PANELS:
        shown = [*lines[: MOST_PANELS // 2], *lines[-MOST_PANELS // 2 :]]
    words = "The line after every mistake, whose example has a ring"
    return plane_drawing(x.tolist(), [bool(one) for one in t], shown, words) if shown else ""


def _answers(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (x @ w[0] + b[0] >= 0).astype(float)


def _checked(x: Sequence[Sequence[float]], t: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    points = np.array(grid("x", x))
    targets = np.array(vector("t", t, len(points)))
    if not np.isin(targets, (0, 1)).all():
        raise UsageError(f"t must be 0 or 1 for each example; it is {', '.join(map(number, targets))}")
    return points, targets
