"""What torch does to every number alike, in the graph's operations: activations, arithmetic, logic.

ELEMENTWISE functions get the nodes of their tensors, broadcast already; CONSTANT ones say the number that
their result is full of.
"""

from collections.abc import Callable
from math import log, sqrt
from typing import Any

import torch

from gradatim.nn.sequence.cell.count import DEPENDS, CannotFuse, Rows
from gradatim.nn.sequence.cell.graph import Graph, Node

aten = torch.ops.aten


def _direct(op: str) -> Callable[..., Node]:
    return lambda g, *args: g.make(op, *(node(g, a) for a in args))


def node(g: Graph, a: Any) -> Node:
    """The node, or the number as one."""
    if isinstance(a, Rows):
        raise CannotFuse(DEPENDS)
    return g.const(a) if isinstance(a, int | float) else a


def times(g: Graph, a: Node, by: float) -> Node:
    """A product with a number."""
    return g.make("mul", a, node(g, by))


def plus(g: Graph, a: Node, b: float) -> Node:
    """A sum with a number."""
    return g.make("add", a, g.const(b))


def one_over(g: Graph, x: Node) -> Node:
    """The reciprocal."""
    return g.make("div", g.const(1), x)


def choice(g: Graph, test: str, x: Node, than: Any, then: Any, otherwise: Any) -> Node:
    """One node where the test of x holds, elsewhere the other."""
    return g.make("where", g.make(test, x, node(g, than)), node(g, then), node(g, otherwise))


# Activations


def _relu(g: Graph, x: Node) -> Node:
    return choice(g, "le", x, 0, 0, x)


def _leaky_relu(g: Graph, x: Node, slope: Any = 0.01) -> Node:
    return choice(g, "gt", x, 0, x, g.make("mul", x, node(g, slope)))


def _elu(g: Graph, x: Node, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Node:
    low = g.make("expm1", times(g, g.make("min", x, g.const(0)), input_scale))
    return choice(g, "gt", x, 0, times(g, x, scale), times(g, low, alpha * scale))


def _softplus(g: Graph, x: Node, beta: float = 1, threshold: float = 20) -> Node:
    scaled = times(g, x, beta)
    soft = g.make("div", g.make("softplus", scaled), g.const(beta))
    return choice(g, "gt", scaled, threshold, x, soft)


def _log_sigmoid(g: Graph, x: Node) -> list[Node]:
    return [g.make("neg", g.make("softplus", g.make("neg", x))), x]


def _gelu(g: Graph, x: Node, approximate: str = "none") -> Node:
    if approximate == "tanh":
        cube = g.make("mul", x, g.make("mul", x, x))
        inner = g.make("add", x, times(g, cube, 0.044715))
        bell = g.make("tanh", times(g, inner, sqrt(0.6366197723675814)))
    else:
        bell = g.make("erf", times(g, x, sqrt(0.5)))
    return g.make("mul", times(g, x, 0.5), plus(g, bell, 1))


def _mish(g: Graph, x: Node) -> Node:
    return g.make("mul", x, g.make("tanh", _softplus(g, x)))


def _hardsigmoid(g: Graph, x: Node) -> Node:
    return _hardtanh(g, g.make("div", plus(g, x, 3), g.const(6)), 0, 1)


def _hardswish(g: Graph, x: Node) -> Node:
    """The derivative of torch is 0 at −3 and 1 at 3."""
    middle = g.make("mul", x, g.make("div", plus(g, x, 3), g.const(6)))
    return choice(g, "le", x, -3, 0, choice(g, "lt", x, 3, middle, x))


def _softshrink(g: Graph, x: Node, by: float = 0.5) -> Node:
    return choice(g, "gt", x, by, plus(g, x, -by), choice(g, "lt", x, -by, plus(g, x, by), 0))


def _hardshrink(g: Graph, x: Node, by: float = 0.5) -> Node:
    return choice(g, "gt", g.make("abs", x), by, x, 0)


def _clamp(g: Graph, x: Node, low: Any = None, high: Any = None) -> Node:
    """The derivative of torch is 1 on the bounds too, so the tests are on x."""
    if low is not None:
        x = choice(g, "lt", x, low, low, x)
    return x if high is None else choice(g, "gt", x, high, high, x)


def _hardtanh(g: Graph, x: Node, low: float = -1, high: float = 1) -> Node:
    """The derivative of torch is 0 on the bounds."""
    return choice(g, "ge", choice(g, "le", x, low, low, x), high, high, choice(g, "le", x, low, low, x))


# Arithmetic


def _scaled(op: str) -> Callable[..., Node]:
    """A + alpha b, and so on."""
    return lambda g, a, b, alpha=1: g.make(op, node(g, a), times(g, node(g, b), alpha))


def _pow(g: Graph, x: Any, n: Any) -> Node:
    if isinstance(n, Node):
        return g.make("power", node(g, x), n)
    if n == 2:
        return g.make("mul", x, x)
    return g.make("sqrt", x) if n == 0.5 else g.make("pow", x, node(g, n))


def _sinh(g: Graph, x: Node) -> Node:
    """(eˣ − e⁻ˣ)/2; near 0, with e = eˣ − 1, (e + e/(e + 1))/2."""
    size = g.make("abs", x)
    e = g.make("expm1", choice(g, "gt", size, 1, 0, x))
    near = g.make("add", e, g.make("div", e, plus(g, e, 1)))
    far = g.make("sub", g.make("exp", x), g.make("exp", g.make("neg", x)))
    return times(g, choice(g, "gt", size, 1, far, near), 0.5)


def _cosh(g: Graph, x: Node) -> Node:
    return times(g, g.make("add", g.make("exp", x), g.make("exp", g.make("neg", x))), 0.5)


def _log_add_exp(g: Graph, a: Node, b: Node) -> Node:
    """Log(eᵃ + eᵇ) = max + log(1 + e^−|a−b|)."""
    apart = g.make("neg", g.make("abs", choice(g, "eq", a, b, 0, g.make("sub", a, b))))
    return g.make("add", g.make("max", a, b), g.make("log1p", g.make("exp", apart)))


def _addc(op: str) -> Callable[..., Node]:
    return lambda g, a, b, c, value=1: g.make("add", a, times(g, g.make(op, b, c), value))


def _lerp(g: Graph, a: Node, b: Node, w: Any) -> Node:
    return g.make("add", a, g.make("mul", node(g, w), g.make("sub", b, a)))


def _converted(g: Graph, x: Node, dtype: Any = None, **_: Any) -> Node:
    return _truth(g, x) if dtype is torch.bool else x


# Logic, with 0 and 1


def _truth(g: Graph, x: Node) -> Node:
    return g.make("ne", x, g.const(0))


def _not(g: Graph, x: Node) -> Node:
    return g.make("eq", x, g.const(0))


def _logical(op: str) -> Callable[..., Node]:
    return lambda g, a, b: g.make(op, _truth(g, a), _truth(g, b))


def _elementwise() -> dict[Any, Callable[..., Any]]:
    table: dict[Any, Callable[..., Any]] = {
        aten.relu.default: _relu, aten.leaky_relu.default: _leaky_relu,
        aten._prelu_kernel.default: _leaky_relu,
        aten.elu.default: _elu, aten.softplus.default: _softplus, aten.gelu.default: _gelu,
        aten.celu.default: lambda g, x, alpha=1: _elu(g, x, alpha, 1, 1 / alpha),
        aten.silu.default: lambda g, x: g.make("mul", x, g.make("sigmoid", x)),
        aten.mish.default: _mish, aten.log_sigmoid_forward.default: _log_sigmoid,
        aten.hardtanh.default: _hardtanh, aten.hardsigmoid.default: _hardsigmoid,
        aten.hardswish.default: _hardswish, aten.softshrink.default: _softshrink,
        aten.hardshrink.default: _hardshrink,
        aten.threshold.default: lambda g, x, bound, value: choice(g, "le", x, bound, value, x),
        aten.clamp.default: _clamp, aten.clamp.Tensor: _clamp,
        aten.clamp_min.default: _clamp, aten.clamp_min.Tensor: _clamp,
        aten.clamp_max.default: lambda g, x, high: _clamp(g, x, None, high),
        aten.clamp_max.Tensor: lambda g, x, high: _clamp(g, x, None, high),
        aten.pow.Tensor_Scalar: _pow, aten.pow.Tensor_Tensor: _pow, aten.pow.Scalar: _pow,
        aten.square.default: lambda g, x: g.make("mul", x, x),
        aten.reciprocal.default: one_over,
        aten.rsqrt.default: lambda g, x: one_over(g, g.make("sqrt", x)),
        aten.rsub.Scalar: lambda g, a, b, alpha=1: g.make("sub", node(g, b), times(g, a, alpha)),
        aten.sinh.default: _sinh, aten.cosh.default: _cosh,
        aten.tan.default: lambda g, x: g.make("div", g.make("sin", x), g.make("cos", x)),
        aten.exp2.default: lambda g, x: g.make("exp", times(g, x, log(2))),
        aten.log2.default: lambda g, x: g.make("div", g.make("log", x), g.const(log(2))),
        aten.log10.default: lambda g, x: g.make("div", g.make("log", x), g.const(log(10))),
        aten.logaddexp.default: _log_add_exp,
        aten.ceil.default: lambda g, x: g.make("neg", g.make("floor", g.make("neg", x))),
        aten.detach.default: _direct("stop"), aten._to_copy.default: _converted,
        aten.fill.Tensor: lambda g, x, value: value,
        aten.addcmul.default: _addc("mul"), aten.addcdiv.default: _addc("div"),
        aten.lerp.Scalar: _lerp, aten.lerp.Tensor: _lerp, aten.where.self: _direct("where"),
        aten.masked_fill.Scalar: lambda g, x, mask, value: g.make("where", mask, node(g, value), x),
        aten.masked_fill.Tensor: lambda g, x, mask, value: g.make("where", mask, value, x),
        aten.bitwise_and.Tensor: _direct("mul"), aten.logical_and.default: _logical("mul"),
        aten.bitwise_or.Tensor: _direct("max"), aten.logical_or.default: _logical("max"),
        aten.bitwise_xor.Tensor: _direct("ne"), aten.logical_xor.default: _logical("ne"),
        aten.bitwise_not.default: _not, aten.logical_not.default: _not,
        aten.maximum.default: _direct("max"), aten.minimum.default: _direct("min"),
    }  # fmt: skip
    unary = ("neg", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "sigmoid", "erf", "abs")
    table |= {getattr(aten, name).default: _direct(name) for name in (*unary, "floor", "round")}
    table[aten.sign.default] = table[aten.sgn.default] = _direct("sign")
    for name in ("gt", "ge", "lt", "le", "eq", "ne", "mul", "div"):
        overloads = getattr(aten, name)
        table[overloads.Tensor] = table[overloads.Scalar] = _direct(name)
    for name in ("add", "sub"):
        overloads = getattr(aten, name)
        table[overloads.Tensor] = table[overloads.Scalar] = _scaled(name)
    return table


ELEMENTWISE = _elementwise()
CONSTANT: dict[Any, Callable[..., Any]] = {  # the number that all of the result's are
    aten.zeros.default: lambda *_: 0, aten.zeros_like.default: lambda *_: 0,
    aten.new_zeros.default: lambda *_: 0, aten.zero.default: lambda *_: 0,
    aten.ones.default: lambda *_: 1, aten.ones_like.default: lambda *_: 1,
    aten.new_ones.default: lambda *_: 1,
    aten.empty.memory_format: lambda *_: 0, aten.empty_like.default: lambda *_: 0,
    aten.new_empty.default: lambda *_: 0,  # any number will do
    aten.full.default: lambda shape, value: value, aten.full_like.default: lambda x, value: value,
    aten.new_full.default: lambda x, shape, value: value, aten.fill.Scalar: lambda x, value: value,
}  # fmt: skip
