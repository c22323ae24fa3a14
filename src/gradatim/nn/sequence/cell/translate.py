"""The operations of torch on rows, in the graph's."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import torch

from gradatim.nn.sequence.cell.graph import Graph, Node
from gradatim.nn.sequence.cell.record import CannotFuse

aten = torch.ops.aten


def _direct(op: str) -> Callable[..., Node]:
    return lambda g, *args: g.make(op, *(_node(g, a) for a in args))


def _node(g: Graph, a: Any) -> Node:
    return a if isinstance(a, Node) else g.const(a)


def _scaled(op: str) -> Callable[..., Node]:
    """A + alpha b, and so on."""
    return lambda g, a, b, alpha=1: g.make(op, a, _times(g, _node(g, b), alpha))


def _times(g: Graph, a: Node, by: float) -> Node:
    return g.make("mul", a, g.const(by))


def _relu(g: Graph, x: Node) -> Node:
    return g.make("where", g.make("le", x, g.const(0)), g.const(0), x)


def _leaky_relu(g: Graph, x: Node, slope: float = 0.01) -> Node:
    return g.make("where", g.make("gt", x, g.const(0)), x, _times(g, x, slope))


def _elu(g: Graph, x: Node, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Node:
    low = g.make("expm1", _times(g, g.make("min", x, g.const(0)), input_scale))
    return g.make("where", g.make("gt", x, g.const(0)), _times(g, x, scale), _times(g, low, alpha * scale))


def _softplus(g: Graph, x: Node, beta: float = 1, threshold: float = 20) -> Node:
    scaled = _times(g, x, beta)
    soft = g.make("div", g.make("softplus", scaled), g.const(beta))
    return g.make("where", g.make("gt", scaled, g.const(threshold)), x, soft)


def _log_sigmoid(g: Graph, x: Node) -> list[Node]:
    return [g.make("neg", g.make("softplus", g.make("neg", x))), x]


def _gelu(g: Graph, x: Node, approximate: str = "none") -> Node:
    if approximate == "tanh":
        cube = g.make("mul", x, g.make("mul", x, x))
        inner = g.make("add", x, _times(g, cube, 0.044715))
        bell = g.make("tanh", _times(g, inner, sqrt(0.6366197723675814)))
    else:
        bell = g.make("erf", _times(g, x, sqrt(0.5)))
    return g.make("mul", _times(g, x, 0.5), g.make("add", bell, g.const(1)))


def _clamp(g: Graph, x: Node, low: Any = None, high: Any = None) -> Node:
    """The derivative of torch is 1 on the bounds too, so the tests are on x."""
    if low is not None:
        bound = _node(g, low)
        x = g.make("where", g.make("lt", x, bound), bound, x)
    if high is not None:
        bound = _node(g, high)
        x = g.make("where", g.make("gt", x, bound), bound, x)
    return x


def _hardtanh(g: Graph, x: Node, low: float = -1, high: float = 1) -> Node:
    """The derivative of torch is 0 on the bounds."""
    x = g.make("where", g.make("le", x, g.const(low)), g.const(low), x)
    return g.make("where", g.make("ge", x, g.const(high)), g.const(high), x)


def _pow(g: Graph, x: Node, n: Any) -> Node:
    if n == 2:
        return g.make("mul", x, x)
    if isinstance(n, Node):
        raise CannotFuse("a power whose exponent is a tensor has no fused form")
    return g.make("sqrt", x) if n == 0.5 else g.make("pow", x, g.const(n))


def _sum(g: Graph, x: Node, axes: Any = None, keepdim: bool = False, dtype: Any = None) -> Node:
    if tuple(axes or ()) not in ((-1,), (1,)) or not keepdim:
        raise CannotFuse("a sum or mean must be over the last axis, with keepdim=True")
    return g.sum(x)


def _mean(g: Graph, x: Node, axes: Any = None, keepdim: bool = False, dtype: Any = None) -> Node:
    return g.make("div", _sum(g, x, axes, keepdim), g.const(x.width))


def _softmax(g: Graph, x: Node, axis: int, half_to_float: bool = False) -> Node:
    if axis not in (-1, 1):
        raise CannotFuse("a softmax must be over the last axis")
    e = g.make("exp", g.make("sub", x, g.largest(x)))
    return g.make("div", e, g.sum(e))


def _layer_norm(g: Graph, x: Node, shape: Sequence[int], w: Any, b: Any, eps: float) -> list[Node]:
    """Ba et al. 2016, eq. 4; the variance is the mean square about the mean."""
    mean = g.make("div", g.sum(x), g.const(x.width))
    centred = g.make("sub", x, mean)
    variance = g.make("div", g.sum(g.make("mul", centred, centred)), g.const(x.width))
    scale = g.make("div", g.const(1), g.make("sqrt", g.make("add", variance, g.const(eps))))
    y = g.make("mul", centred, scale)
    y = y if w is None else g.make("mul", y, w)
    return [y if b is None else g.make("add", y, b), mean, scale]


def _split(g: Graph, x: Node, sizes: Any, axis: int = 0) -> list[Node]:
    _last(axis)
    if isinstance(sizes, int):
        sizes = [min(sizes, x.width - at) for at in range(0, x.width, sizes)]
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return [g.slice(x, at, size) for at, size in zip(starts, sizes, strict=True)]


def _slice(g: Graph, x: Node, axis: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Node:
    low, high, stride = slice(start, end, step).indices(x.width if axis in (1, -1) else 2**31)
    if axis == 0 and low == 0 and (end is None or end > 2**31):
        return x
    _last(axis)
    if stride != 1 or high <= low:
        raise CannotFuse("a slice must be of neighbouring columns")
    return g.slice(x, low, high - low)


def _last(axis: int) -> None:
    if axis not in (1, -1):
        raise CannotFuse("rows are never cut or joined along the batch")


def _same(g: Graph, x: Node, *_: Any, **how: Any) -> Node:
    return x


def _constant(value: float) -> Callable[..., Node]:
    return lambda g, x, **_: g.spread(g.const(value), x.width)


def _addc(op: str) -> Callable[..., Node]:
    return lambda g, a, b, c, value=1: g.make("add", a, _times(g, g.make(op, b, c), value))


def _lerp(g: Graph, a: Node, b: Node, w: Any) -> Node:
    return g.make("add", a, g.make("mul", _node(g, w), g.make("sub", b, a)))


def _lookup() -> dict[Any, Callable[..., Any]]:
    table: dict[Any, Callable[..., Any]] = {
        aten.relu.default: _relu, aten.leaky_relu.default: _leaky_relu, aten.elu.default: _elu,
        aten.softplus.default: _softplus, aten.gelu.default: _gelu,
        aten.silu.default: lambda g, x: g.make("mul", x, g.make("sigmoid", x)),
        aten.log_sigmoid_forward.default: _log_sigmoid,
        aten.hardtanh.default: _hardtanh,
        aten.clamp.default: _clamp, aten.clamp.Tensor: _clamp, aten.clamp_min.default: _clamp,
        aten.clamp_max.default: lambda g, x, high: _clamp(g, x, None, high),
        aten.pow.Tensor_Scalar: _pow, aten.square.default: lambda g, x: g.make("mul", x, x),
        aten.reciprocal.default: lambda g, x: g.make("div", g.const(1), x),
        aten.rsqrt.default: lambda g, x: g.make("div", g.const(1), g.make("sqrt", x)),
        aten.rsub.Scalar: lambda g, a, b, alpha=1: g.make("sub", g.const(b), _times(g, a, alpha)),
        aten.sum.dim_IntList: _sum, aten.mean.dim: _mean, aten._softmax.default: _softmax,
        aten.native_layer_norm.default: _layer_norm,
        aten.split.Tensor: _split, aten.split_with_sizes.default: _split, aten.slice.Tensor: _slice,
        aten.clone.default: _same, aten.alias.default: _same, aten.detach.default: _direct("stop"),
        aten._to_copy.default: _same,
        aten.zeros_like.default: _constant(0), aten.ones_like.default: _constant(1),
        aten.addcmul.default: _addc("mul"), aten.addcdiv.default: _addc("div"),
        aten.lerp.Scalar: _lerp, aten.lerp.Tensor: _lerp, aten.where.self: _direct("where"),
        aten.mul.Tensor: _direct("mul"), aten.div.Tensor: _direct("div"),
        aten.maximum.default: _direct("max"), aten.minimum.default: _direct("min"),
        aten.add.Tensor: _scaled("add"), aten.sub.Tensor: _scaled("sub"),
    }  # fmt: skip
    unary = ("neg", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "sigmoid", "erf", "abs")
    table |= {getattr(aten, name).default: _direct(name) for name in unary}
    table[aten.sign.default] = table[aten.sgn.default] = _direct("sign")
    for name in ("gt", "ge", "lt", "le", "eq", "ne"):
        overloads = getattr(aten, name)
        table[overloads.Tensor] = table[overloads.Scalar] = _direct(name)
    return table


TRANSLATE = _lookup()
