"""A forward run through a network of five units, and the derivative that two losses send back."""

from collections.abc import Sequence
from math import log1p

from gradatim.by_hand import backpropagation as unit
from gradatim.checks import UsageError, real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.drawings import network_drawing
from gradatim.explain.traces.record import Line, Table, Trace
from gradatim.explain.traces.sums_as_text import number, product_sum

UNITS = [[1, 2], [3, 4], [5]]


def forward_run(
    x: Sequence[float] = (0.5, 0.1), y: float = 1,
    w13: float = 0.4, w23: float = -0.2, b3: float = 0.1, w14: float = -0.6, w24: float = 0.9,
    b4: float = -0.1, w35: float = 0.7, w45: float = -0.5, b5: float = 0.2,
) -> Trace:  # fmt: skip
    """A forward run through two inputs, two hidden sigmoids and a sigmoid output, and its loss.

        a_j = Σ_i w_ij y_i + b_j,   y_j = σ(a_j),   ŷ = y_5
        ½(ŷ − y)²:                       ∂L/∂a_5 = (ŷ − y) ŷ(1 − ŷ)
        −y log ŷ − (1 − y) log(1 − ŷ):   ∂L/∂a_5 = ŷ − y

    Raises UsageError for an input that is not two numbers, or a target outside 0 … 1.
    """
    w = {
        (0, 3): b3, (1, 3): w13, (2, 3): w23, (0, 4): b4, (1, 4): w14, (2, 4): w24, (0, 5): b5, (3, 5): w35,
        (4, 5): w45,
    }  # fmt: skip
    inputs = vector("x", x, 2)
    w = {(i, j): real(f"w{i}{j}" if i else f"b{j}", value) for (i, j), value in w.items()}
    if not 0 <= real("y", y) <= 1:
        raise UsageError(f"y must be a number from 0 to 1; it is {y!r}")
    a, out = unit.forward(w, UNITS, inputs)
    o = out[5]
    squared, cross = (o - y) ** 2 / 2, _cross_entropy(a[5], y)
    return Trace("A forward run", "B16", "", [
        Line(f"x = ({number(inputs[0])}, {number(inputs[1])}), target y = {number(y)}; every unit "
             "behind the inputs is a sigmoid."),
        Line("  a_j = Σ_i w_ij y_i,  y_0 = 1 and w_0j = b_j    y_j = 1/(1 + e^−a_j)    ŷ = y_5"),
        Table("Forward", ["unit", "as a sum", "a", "y"], [
            [j, product_sum((w[i, k], out[i]) for i, k in w if k == j), a[j], out[j]] for j in (3, 4, 5)
        ]),
        Table("Loss, and what it sends back", ["loss", "value", "∂L/∂a_5", "which is"], [
            ["½ (ŷ − y)²", squared, (o - y) * o * (1 - o), "(ŷ − y) ŷ (1 − ŷ)"],
            ["−y log ŷ − (1 − y) log(1 − ŷ)", cross, o - y, "ŷ − y"],
        ], 5),
    ], network_drawing(w, UNITS, {**out, **dict(enumerate(inputs, 1))}))  # fmt: skip


def _cross_entropy(a: float, y: float) -> float:
    """−y log σ(a) − (1 − y) log(1 − σ(a)) = log(1 + e^−|a|) + max(a, 0) − y a, finite for every a."""
    return log1p(unit.sigmoid(-abs(a)) / unit.sigmoid(abs(a))) + max(a, 0.0) - y * a
