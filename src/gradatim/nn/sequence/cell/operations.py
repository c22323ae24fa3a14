"""The operations a fused step may use, one row each: kernel text, torch function and derivative.

The text is C and Python alike; kernels/mathematics.h and kernels/triton_mathematics.py define its functions.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

if TYPE_CHECKING:
    from gradatim.nn.sequence.cell.graph import Graph, Node


class Operation(NamedTuple):
    """One row: a kernel's text for it, torch's name, and ∂L/∂arguments from ∂L/∂y = d."""

    text: str
    torch: Callable[..., Any]
    back: "Callable[[Graph, Node, Node], list[Node | None]]"


def _unary(derivative: "Callable[[Graph, Node, Node], Node]") -> Any:
    """D · derivative(x, y)."""
    return lambda g, y, d: [g.make("mul", d, derivative(g, y.args[0], y))]


def _none(g: "Graph", y: "Node", d: "Node") -> "list[Node | None]":
    return [None] * len(y.args)


def _mul(g: "Graph", y: "Node", d: "Node") -> "list[Node | None]":
    a, b = y.args
    return [g.make("mul", d, b), g.make("mul", d, a)]


def _div(g: "Graph", y: "Node", d: "Node") -> "list[Node | None]":
    _, b = y.args
    over = g.make("div", d, b)
    return [over, g.make("neg", g.make("mul", over, y))]


def _pick(test: str) -> Any:
    """Max and min: d goes to the chosen argument, half to each in a tie, as torch has it."""

    def back(g: "Graph", y: "Node", d: "Node") -> "list[Node | None]":
        a, b = y.args
        half, zero = g.make("mul", d, g.const(0.5)), g.const(0)
        tie = g.make("eq", a, b)
        return [
            g.make("where", tie, half, g.make("where", g.make(test, *pair), d, zero))
            for pair in ((a, b), (b, a))
        ]

    return back


def _where(g: "Graph", y: "Node", d: "Node") -> "list[Node | None]":
    zero = g.const(0)
    return [None, g.make("where", y.args[0], d, zero), g.make("where", y.args[0], zero, d)]


def _pow(g: "Graph", y: "Node", d: "Node") -> "list[Node | None]":
    a, n = y.args
    lower = g.make("pow", a, g.const(n.value - 1))
    return [g.make("mul", d, g.make("mul", n, lower)), None]


def _power(g: "Graph", y: "Node", d: "Node") -> "list[Node | None]":
    """With the gradient of the exponent, yᵃ log a; both are 0 where torch has them 0."""
    a, n = y.args
    zero, lower = g.const(0), g.make("power", a, g.make("sub", n, g.const(1)))
    base = g.make("where", g.make("eq", n, zero), zero, g.make("mul", n, lower))
    exponent = g.make("where", g.make("eq", a, zero), zero, g.make("mul", y, g.make("log", a)))
    return [g.make("mul", d, base), g.make("mul", d, exponent)]


OPERATIONS = {
    "add": Operation("({0} + {1})", torch.add, lambda g, y, d: [d, d]),
    "sub": Operation("({0} - {1})", torch.sub, lambda g, y, d: [d, g.make("neg", d)]),
    "mul": Operation("({0} * {1})", torch.mul, _mul),
    "div": Operation("({0} / {1})", torch.div, _div),
    "neg": Operation("(-{0})", torch.neg, lambda g, y, d: [g.make("neg", d)]),
    "exp": Operation("EXP({0})", torch.exp, _unary(lambda g, x, y: y)),
    "expm1": Operation("EXPM1({0})", torch.expm1, _unary(lambda g, x, y: g.make("add", y, g.const(1)))),
    "log": Operation("LOG({0})", torch.log, _unary(lambda g, x, y: g.make("div", g.const(1), x))),
    "log1p": Operation(
        "LOG1P({0})", torch.log1p,
        _unary(lambda g, x, y: g.make("div", g.const(1), g.make("add", x, g.const(1)))),
    ),
    "softplus": Operation(
        "SOFTPLUS({0})", lambda x: torch.logaddexp(x, torch.zeros_like(x)),
        _unary(lambda g, x, y: g.make("sigmoid", x)),
    ),
    "sqrt": Operation("SQRT({0})", torch.sqrt, _unary(lambda g, x, y: g.make("div", g.const(0.5), y))),
    "sin": Operation("SIN({0})", torch.sin, _unary(lambda g, x, y: g.make("cos", x))),
    "cos": Operation("COS({0})", torch.cos, _unary(lambda g, x, y: g.make("neg", g.make("sin", x)))),
    "tanh": Operation(
        "TANH({0})", torch.tanh, _unary(lambda g, x, y: g.make("sub", g.const(1), g.make("mul", y, y)))
    ),
    "sigmoid": Operation(
        "SIGMOID({0})", torch.sigmoid,
        _unary(lambda g, x, y: g.make("mul", y, g.make("sub", g.const(1), y))),
    ),
    "erf": Operation(
        "ERF({0})", torch.erf,
        _unary(lambda g, x, y: g.make(
            "mul", g.const(1.1283791670955126), g.make("exp", g.make("neg", g.make("mul", x, x))))),
    ),
    "abs": Operation("ABS({0})", torch.abs, _unary(lambda g, x, y: g.make("sign", x))),
    "sign": Operation("SIGN({0})", torch.sign, _none),
    "pow": Operation("POW({0}, {1})", torch.pow, _pow),
    "power": Operation("POW({0}, {1})", torch.pow, _power),
    "floor": Operation("FLOOR({0})", torch.floor, _none),
    "round": Operation("TO_EVEN({0})", torch.round, _none),
    "max": Operation("MAX({0}, {1})", torch.maximum, _pick("gt")),
    "min": Operation("MIN({0}, {1})", torch.minimum, _pick("lt")),
    "gt": Operation("GT({0}, {1})", torch.gt, _none),
    "ge": Operation("GE({0}, {1})", torch.ge, _none),
    "lt": Operation("LT({0}, {1})", torch.lt, _none),
    "le": Operation("LE({0}, {1})", torch.le, _none),
    "eq": Operation("EQ({0}, {1})", torch.eq, _none),
    "ne": Operation("NE({0}, {1})", torch.ne, _none),
    "where": Operation("WHERE({0}, {1}, {2})", lambda c, a, b: torch.where(c != 0, a, b), _where),
    "stop": Operation("({0})", torch.detach, _none),
    "spread": Operation("({0})", lambda a: a, lambda g, y, d: [d]),
}  # fmt: skip

Known = float | None  # a constant argument's value


def _add(a: Known, b: Known) -> Any:
    if a is not None and b is not None:
        return "const", a + b
    return ("arg", 1) if a == 0 else ("arg", 0) if b == 0 else None


def _sub(a: Known, b: Known) -> Any:
    if a is not None and b is not None:
        return "const", a - b
    return ("arg", 0) if b == 0 else ("neg", 1) if a == 0 else None


def _times(a: Known, b: Known) -> Any:
    if a is not None and b is not None:
        return "const", a * b
    if 0 in (a, b):
        return "const", 0
    return ("arg", 1) if a == 1 else ("arg", 0) if b == 1 else None


def _over(a: Known, b: Known) -> Any:
    if a is not None and b:
        return "const", a / b
    return ("const", 0) if a == 0 else ("arg", 0) if b == 1 else None


# What is simpler when arguments are known: the value, the argument that is the answer, or its negative
FOLDS: dict[str, Callable[..., Any]] = {
    "add": _add,
    "sub": _sub,
    "mul": _times,
    "div": _over,
    "neg": lambda a: ("const", -a) if a is not None else None,
    "stop": lambda a: ("const", a) if a is not None else None,
    "pow": lambda a, n: ("arg", 0) if n == 1 else ("const", 1) if n == 0 else None,
    "where": lambda c, a, b: None if a is None or a != b else ("const", a),
}
