"""Backpropagation through a network of five units that is to learn OR, number by number."""

from collections.abc import Sequence

from gradatim.by_hand import backpropagation as unit
from gradatim.checks import real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.drawings import network_drawing
from gradatim.explain.traces.record import Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number, product_sum

UNITS = [[1, 2], [3, 4], [5]]
PATTERNS = (((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 1))
MOST_EPOCHS = 1000


def backprop_or(
    x: Sequence[float] = (1, 0), target: float = 1, lr: float = 0.1,
    w03: float = 1, w13: float = 3, w23: float = 4, w04: float = -6, w14: float = 6, w24: float = 5,
    w05: float = -3.92, w35: float = 2, w45: float = 4,
) -> Trace:  # fmt: skip
    """One step of backpropagation in the unit form: two inputs, two hidden sigmoids, one sigmoid output.

        forward    a_j = Σ_i w_ij y_i,   y_j = σ(a_j);   y_0 = 1 carries the biases;   L = ½(t − y_5)²
        backward   δ_5 = y_5(1 − y_5)(t − y_5),   δ_j = y_j(1 − y_j) w_j5 δ_5        with δ = −∂L/∂a
        update     w_ij ← w_ij + η δ_j y_i

    Units 1 and 2 are the inputs `x`, 3 and 4 hidden, 5 the output; `lr` is η. Then the same network is taught
    all of OR, one example after the other.

    Raises UsageError for an x that is not two numbers, or a number that is not finite.
    """
    numbers = {"w03": w03, "w13": w13, "w23": w23, "w04": w04, "w14": w14, "w24": w24, "w05": w05,
               "w35": w35, "w45": w45}  # fmt: skip
    w = {(int(name[1]), int(name[2])): real(name, value) for name, value in numbers.items()}
    inputs = vector("x", x, 2)
    target, lr = real("target", target), real("lr", lr, above=0)
    parts = _step(w, inputs, target, lr)
    if (inputs, target, lr, w) == ([1, 0], 1, 0.1, LECTURED):
        parts += _rounded(w)
    source = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors (1986)"
    y = unit.forward(w, UNITS, inputs)[1]
    drawing = network_drawing(w, UNITS, {**y, **dict(enumerate(inputs, 1))})
    return Trace(
        "Backpropagation in a network for OR", "B6 B7", source, [*parts, *_all_of_or(w, lr)], drawing
    )


LECTURED = {
    (0, 3): 1, (1, 3): 3, (2, 3): 4, (0, 4): -6, (1, 4): 6, (2, 4): 5, (0, 5): -3.92, (3, 5): 2, (4, 5): 4
}  # fmt: skip


def _step(w: unit.Weights, x: list[float], t: float, lr: float) -> list[Part]:
    a, y = unit.forward(w, UNITS, x)
    delta = unit.deltas(w, UNITS, y, [t])
    change = unit.changes(w, y, delta, lr)
    new = {key: w[key] + change[key] for key in w}
    a2, y2 = unit.forward(new, UNITS, x)
    before, after = t - y[5], t - y2[5]
    given = f"x = ({number(x[0])}, {number(x[1])}), target t = {number(t)}, η = {number(lr)}"
    return [
        Line(f"Units 1, 2 are inputs, 3, 4 hidden and 5 the output, all sigmoids; {given}. Here δ = −∂L/∂a, "
             "so weights move by +η δ y."),
        Line("  a_j = Σ_i w_ij y_i    y_j = 1/(1 + e^−a_j)    L = ½ (t − y_5)²"),
        Table("Forward", ["unit", "a", "as a sum", "y = σ(a)"],
              [[j, a[j], _sum(w, y, j), y[j]] for j in (3, 4, 5)]),
        Line("  δ_5 = y_5 (1 − y_5)(t − y_5)    δ_j = y_j (1 − y_j) w_j5 δ_5"),
        Table("Backward", ["unit", "δ", "as a product"], [
            [5, delta[5], f"{y[5]:.4f} · {1 - y[5]:.4f} · {before:.4f}"],
            *([j, delta[j], f"{y[j]:.4f} · {1 - y[j]:.4f} · {number(w[j, 5])} · {delta[5]:.4f}"]
              for j in (4, 3)),
        ]),
        Line("  new w_ij = w_ij + η δ_j y_i"),
        Table("Update", ["i", "j", "w", "δ_j", "y_i", "η δ_j y_i", "new w"], [
            [i, j, w[i, j], delta[j], y[i], change[i, j], new[i, j]] for i, j in w
        ]),
        Table("The next pass", ["unit", "a", "y", "y before"], [[j, a2[j], y2[j], y[j]] for j in (3, 4, 5)]),
        Table("The error t − y_5", ["before", "after", "drop"], [[before, after, before - after]], 5),
    ]  # fmt: skip


def _sum(w: unit.Weights, y: unit.Values, j: int) -> str:
    return product_sum((w[i, k], y[i]) for i, k in w if k == j)


def _rounded(w: unit.Weights) -> list[Part]:
    """The step as a common course note has it, rounded on the way, beside the exact one."""
    _, y = unit.forward(w, UNITS, [1, 0])
    rough = {**y, 3: half_up(y[3], 3), 5: half_up(y[5], 2)}
    rows: list[list[Cell]] = [
        ["δ_5"], ["new w_14"], ["next a_3"], ["next a_4"], ["next a_5"], ["error before"], ["its drop"]
    ]  # fmt: skip
    for out, digits in ((rough, 4), (y, 15)):
        delta = {j: half_up(d, digits) for j, d in unit.deltas(w, UNITS, out, [1]).items()}
        new = {key: half_up(w[key] + step, digits) for key, step in unit.changes(w, out, delta, 0.1).items()}
        a, after = unit.forward(new, UNITS, [1, 0])
        a5 = new[0, 5] + sum(new[i, 5] * half_up(after[i], digits) for i in (3, 4))
        drop = 1 - out[5] - half_up(1 - unit.sigmoid(a5), digits - 1)
        for row, value in zip(rows, [delta[5], new[1, 4], a[3], a[4], a5, 1 - out[5], drop], strict=True):
            row.append(value)
    return [
        Line("A common course note rounds y_5 to 0.51 first and what follows to four decimals:"),
        Table("Rounded on the way, and exact", ["number", "the note", "exact"], rows),
    ]


def half_up(value: float, digits: int) -> float:
    """Rounded as on paper: a 5 behind the last digit goes away from 0.

    >>> half_up(6.01225, 4), half_up(-5.98775, 4)
    (6.0123, -5.9878)
    """
    nudge = 1e-12 if value >= 0 else -1e-12
    return round(value + nudge, digits)


def _all_of_or(w: unit.Weights, lr: float) -> list[Part]:
    """All four examples of OR before training, and online until all are right."""
    epochs: list[list[Cell]] = [[0, *_answers(w)]]
    while not _all_right(epochs[-1][1:]) and len(epochs) <= MOST_EPOCHS:
        for x, t in PATTERNS:
            _, y = unit.forward(w, UNITS, list(x))
            change = unit.changes(w, y, unit.deltas(w, UNITS, y, [t]), lr)
            w = {key: w[key] + change[key] for key in w}
        epochs.append([len(epochs), *_answers(w)])
    names = ["epoch", *(f"y_5 for {x[0]}{x[1]}" for x, _ in PATTERNS)]
    done = _all_right(epochs[-1][1:])
    said = f"all four are right first after epoch {len(epochs) - 1}" if done else (
        f"after {MOST_EPOCHS:,} epochs not all are right")  # fmt: skip
    shown = epochs if len(epochs) <= 25 else [*epochs[:12], *epochs[-12:]]
    return [
        Line(f"The network as drawn on all of OR (an output above ½ says 1), then taught online in this "
             f"order at η = {number(lr)}: {said}."),
        Table("Learning OR", names, shown),
    ]  # fmt: skip


def _answers(w: unit.Weights) -> list[float]:
    return [unit.forward(w, UNITS, list(x))[1][5] for x, _ in PATTERNS]


def _all_right(answers: Sequence) -> bool:
    return all((y > 0.5) == bool(t) for y, (_, t) in zip(answers, PATTERNS, strict=True))
