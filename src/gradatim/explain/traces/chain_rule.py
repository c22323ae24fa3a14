"""The chain rule by exercise: a weight's derivative in symbols, and the factor that all weights share."""

from collections.abc import Callable, Sequence
from typing import Any

from gradatim.by_hand.backpropagation import sigmoid
from gradatim.checks import known, real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.record import Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number

# Of a hidden unit: h as it is written, h′ as it is written, and both as SymPy knows them
UNITS = {
    "identity": ("z", "1"), "sigmoid": ("σ(z)", "σ(z) (1 − σ(z))"), "tanh": ("tanh(z)", "1 − tanh(z)²"),
    "relu": ("max(0, z)", "[z > 0]"),
}  # fmt: skip
WIDTHS = (1, 2, 10, 1000)  # inputs for which products are counted
PATH = "  ∂L/∂w_i = ∂L/∂ŷ · ∂ŷ/∂h · ∂h/∂z · ∂z/∂w_i"


def chain_rule(
    activation: str = "relu", x: Sequence[float] = (2, -1), y: float = 6, w1: float = 1.5, w2: float = 2,
    b1: float = 3, w3: float = 2.5, b2: float = -2,
) -> Trace:  # fmt: skip
    """∂L/∂w₁ for a number x, then ∂L/∂w₁ and ∂L/∂w₂ for x of length 2, in symbols; SymPy does the algebra.

        z = w₁x₁ + w₂x₂ + b₁,   h = g(z),   ŷ = w₃h + b₂,   L = (ŷ − y)²
        ∂L/∂w_i = ∂L/∂ŷ · ∂ŷ/∂h · ∂h/∂z · ∂z/∂w_i = 2(ŷ − y) · w₃ · g′(z) · x_i

    The first three factors do not depend on i: computed once they are δ = ∂L/∂z, and every weight costs one
    more product. `activation` is g: relu, sigmoid, tanh or identity; the numbers are put in at the end, and
    compared with differences of L.

    Raises UsageError for another activation, or an input that is not two numbers.
    """
    unit = known("activation", activation, UNITS)
    inputs = vector("x", x, 2)
    p = {"w1": w1, "w2": w2, "b1": b1, "w3": w3, "b2": b2, "y": y}
    p = {name: real(name, value) for name, value in p.items()}
    written, slope = UNITS[unit]
    found = _values(unit, p, inputs)
    delta = found["δ"]
    return Trace("The chain rule by exercise", "B18", "", [
        Line(f"One hidden {unit} unit and a linear output: what is the derivative of the loss by a weight "
             "of the first layer?"),
        Line(f"  z = w1 x + b1    h = {written}    ŷ = w3 h + b2    L = (ŷ − y)²"),
        Line("One input x. From the loss back to the weight, one factor for each step:"),
        Table("A factor for each step", ["step", "derivative"], [
            ["∂L/∂ŷ", "2 (ŷ − y)"], ["∂ŷ/∂h", "w3"], ["∂h/∂z", slope], ["∂z/∂w1", "x"],
        ]),
        *_in_symbols(unit, ["x"]),
        Line("Two inputs, z = w1 x1 + w2 x2 + b1. Only the last factor is another:"),
        Line(PATH),
        Table("The shared factor δ = ∂L/∂z is computed once", ["weight", "δ, shared", "own", "together"], [
            ["w1", f"2 (ŷ − y) · w3 · {_bracketed(slope)}", "x1", "δ x1"],
            ["w2", "δ, from above", "x2", "δ x2"],
            ["b1", "δ, from above", "1", "δ"],
        ]),
        *_in_symbols(unit, ["x1", "x2"]),
        Table("Products for the weights of so many inputs", ["inputs", "each apart", "δ once"], [
            [n, 3 * n, 2 + n] for n in WIDTHS
        ]),
        Line(f"With numbers: x = ({number(inputs[0])}, {number(inputs[1])}), y = {number(y)}, "
             f"w1 = {number(w1)}, w2 = {number(w2)}, b1 = {number(b1)}, w3 = {number(w3)}, "
             f"b2 = {number(b2)}."),
        Table("Forward", ["z", "h", "ŷ", "L"], [[found[name] for name in ("z", "h", "ŷ", "L")]]),
        Table("Backward", ["derivative", "as a product", "value", "by differences of L"], [
            ["δ = ∂L/∂z", f"{number(found['∂L/∂ŷ'])} · {number(w3)} · {number(found['∂h/∂z'])}", delta,
             _difference(unit, p, inputs, "b1")],
            ["∂L/∂w1", f"δ · {number(inputs[0])}", delta * inputs[0], _difference(unit, p, inputs, "w1")],
            ["∂L/∂w2", f"δ · {number(inputs[1])}", delta * inputs[1], _difference(unit, p, inputs, "w2")],
        ]),
    ])  # fmt: skip


def _bracketed(slope: str) -> str:
    """A derivative as a factor: a sum stands in brackets."""
    return f"({slope})" if " − " in slope and slope[-1] != ")" else slope


def _in_symbols(unit: str, inputs: list[str]) -> list[Part]:
    """Every weight's derivative of L as SymPy finds it, which is to be the product of the steps."""
    import sympy

    from gradatim.explain.traces.symbols import unit_function, written_out

    g = unit_function(unit)
    names = ["w1", "w2"][: len(inputs)]
    w, x = sympy.symbols(names), sympy.symbols(inputs)
    b1, w3, b2, y, z = sympy.symbols("b1 w3 b2 y z")
    whole = sum(a * b for a, b in zip(w, x, strict=True)) + b1
    output = w3 * g(z) + b2
    loss = ((output - y) ** 2).subs(z, whole)
    shared = 2 * (output - y) * w3 * g(z).diff(z)
    rows: list[list[Cell]] = []
    for weight, value in zip(w, x, strict=True):
        apart = sympy.diff(loss, weight) - shared.subs(z, whole) * value
        assert sympy.expand(apart) == 0, f"the product of the steps is not the derivative by {weight}"
        rows.append([f"∂L/∂{weight}", f"⟦ {written_out(sympy.factor_terms(shared))} ⟧ · {value}"])
    several = "derivatives" if len(rows) > 1 else "derivative"
    return [
        Line(f"  z = {written_out(whole)}    L = ({written_out(output)} − y)²"),
        Table(f"The {several} of L as SymPy finds it: in ⟦ ⟧ the shared factor",
              ["derivative", "in symbols"], rows),
    ]  # fmt: skip


def _values(unit: str, p: dict[str, float], x: list[float]) -> dict[str, float]:
    """Forward and backward with numbers."""
    h, slope = _functions(unit)
    z = p["w1"] * x[0] + p["w2"] * x[1] + p["b1"]
    output = p["w3"] * h(z) + p["b2"]
    up = 2 * (output - p["y"])
    return {
        "z": z, "h": h(z), "ŷ": output, "L": (output - p["y"]) ** 2, "∂L/∂ŷ": up, "∂h/∂z": slope(z),
        "δ": up * p["w3"] * slope(z),
    }  # fmt: skip


def _functions(unit: str) -> tuple[Callable[[float], float], Callable[[float], float]]:
    from math import tanh

    return {
        "identity": (lambda z: z, lambda z: 1.0),
        "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
        "tanh": (tanh, lambda z: 1 - tanh(z) ** 2),
        "relu": (lambda z: max(0.0, z), lambda z: float(z > 0)),
    }[unit]


def _difference(unit: str, p: dict[str, float], x: list[float], name: str, step: float = 1e-6) -> float:
    """(L(w + ε) − L(w − ε)) / 2ε."""
    ends: Any = [_values(unit, {**p, name: p[name] + sign * step}, x)["L"] for sign in (1, -1)]
    return (ends[0] - ends[1]) / (2 * step)
