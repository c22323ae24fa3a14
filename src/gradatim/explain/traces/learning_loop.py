"""One learning loop of a network with one hidden unit, every derivative by the chain rule."""

from collections.abc import Sequence

from gradatim.checks import real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.record import Line, Table, Trace
from gradatim.explain.traces.sums_as_text import number

Numbers = dict[str, float]


def learning_loop(
    x: Sequence[float] = (2, -1), y: float = 6, lr: float = 0.01,
    w1: float = 1.5, w2: float = 2, b1: float = 3, w3: float = 2.5, b2: float = -2,
) -> Trace:  # fmt: skip
    """Forward, loss, backward, update, and forward again, for one ReLU unit and one linear output.

        z = w₁x₁ + w₂x₂ + b₁,   h = max(0, z),   ŷ = w₃h + b₂,   L = (ŷ − y)²
        ∂L/∂ŷ = 2(ŷ − y);   ∂L/∂w₃ = ∂L/∂ŷ h,   ∂L/∂b₂ = ∂L/∂ŷ,   ∂L/∂h = ∂L/∂ŷ w₃
        ∂L/∂z = ∂L/∂h [z > 0];   ∂L/∂w_i = ∂L/∂z x_i,   ∂L/∂b₁ = ∂L/∂z

    Shown twice: with w₁, b₁ and w₃ updated, as often lectured, and with all five. `lr` is η.

    Raises UsageError for an input that is not two numbers, or a number that is not finite.
    """
    inputs = vector("x", x, 2)
    y, lr = real("y", y), real("lr", lr, above=0)
    given = {"w1": w1, "w2": w2, "b1": b1, "w3": w3, "b2": b2}
    p = {name: real(name, value) for name, value in given.items()}
    first = _forward(p, inputs, y)
    d = _backward(p, inputs, y, first)
    some = {name: p[name] - lr * d[name] if name in ("w1", "b1", "w3") else p[name] for name in p}
    every = {name: p[name] - lr * d[name] for name in p}
    passes = {"before": first, "three updated": _forward(some, inputs, y),
              "all updated": _forward(every, inputs, y)}  # fmt: skip
    return Trace("One learning loop", "B8", "", [
        Line(f"One hidden ReLU unit and a linear output; x = ({number(inputs[0])}, {number(inputs[1])}), "
             f"target y = {number(y)}, η = {number(lr)}."),
        Line("  z = w1 x1 + w2 x2 + b1    h = max(0, z)    ŷ = w3 h + b2    L = (ŷ − y)²"),
        Table("Forward", ["z", "h", "ŷ", "L"], [list(first.values())]),
        Table("Backward", ["derivative", "by the chain rule", "value"], [
            ["∂L/∂ŷ", "2 (ŷ − y)", d["ŷ"]], ["∂L/∂w3", "∂L/∂ŷ · h", d["w3"]], ["∂L/∂b2", "∂L/∂ŷ", d["b2"]],
            ["∂L/∂h", "∂L/∂ŷ · w3", d["h"]], ["∂L/∂z", "∂L/∂h · 1 where z > 0, 0 elsewhere", d["z"]],
            ["∂L/∂w1", "∂L/∂z · x1", d["w1"]], ["∂L/∂w2", "∂L/∂z · x2", d["w2"]],
            ["∂L/∂b1", "∂L/∂z", d["b1"]],
        ]),
        Table("Update: θ − η ∂L/∂θ", ["parameter", "before", "three updated", "all updated"], [
            [name, p[name], some[name], every[name]] for name in p
        ]),
        Table("The next pass", ["with", "z", "h", "ŷ", "L"], [
            [name, *values.values()] for name, values in passes.items()
        ], (0, 4, 4, 4, 6)),
    ])  # fmt: skip


def _forward(p: Numbers, x: list[float], y: float) -> Numbers:
    z = p["w1"] * x[0] + p["w2"] * x[1] + p["b1"]
    h = max(0.0, z)
    output = p["w3"] * h + p["b2"]
    return {"z": z, "h": h, "ŷ": output, "L": (output - y) ** 2}


def _backward(p: Numbers, x: list[float], y: float, found: Numbers) -> Numbers:
    d = {"ŷ": 2 * (found["ŷ"] - y)}
    d |= {"w3": d["ŷ"] * found["h"], "b2": d["ŷ"], "h": d["ŷ"] * p["w3"]}
    d["z"] = d["h"] * (found["z"] > 0)
    return d | {"w1": d["z"] * x[0], "w2": d["z"] * x[1], "b1": d["z"]}
