"""The operations of torch on rows, in the graph's.

CONSTANT are those whose result is one number. ELEMENTWISE ones get the nodes of their tensors, broadcast
already. OVER some axes go those that add up or compare columns: they get what is laid out how.
"""

from collections.abc import Callable, Sequence
from math import log, sqrt
from typing import Any

import torch

from gradatim.nn.sequence.cell.count import DEPENDS, CannotFuse, Rows, counted
from gradatim.nn.sequence.cell.graph import Graph, Node
from gradatim.nn.sequence.cell.layout import Laid, moved, over

aten = torch.ops.aten


def _direct(op: str) -> Callable[..., Node]:
    return lambda g, *args: g.make(op, *(_node(g, a) for a in args))


def _node(g: Graph, a: Any) -> Node:
    if isinstance(a, Rows):
        raise CannotFuse(DEPENDS)
    return a if isinstance(a, Node) else g.const(a)


def _times(g: Graph, a: Node, by: float) -> Node:
    return g.make("mul", a, _node(g, by))


def _plus(g: Graph, a: Node, b: float) -> Node:
    return g.make("add", a, g.const(b))


def _one_over(g: Graph, x: Node) -> Node:
    return g.make("div", g.const(1), x)


def _choice(g: Graph, test: str, x: Node, than: Any, then: Any, otherwise: Any) -> Node:
    return g.make("where", g.make(test, x, _node(g, than)), _node(g, then), _node(g, otherwise))


# Elementwise: activations


def _relu(g: Graph, x: Node) -> Node:
    return _choice(g, "le", x, 0, 0, x)


def _leaky_relu(g: Graph, x: Node, slope: Any = 0.01) -> Node:
    return _choice(g, "gt", x, 0, x, g.make("mul", x, _node(g, slope)))


def _elu(g: Graph, x: Node, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Node:
    low = g.make("expm1", _times(g, g.make("min", x, g.const(0)), input_scale))
    return _choice(g, "gt", x, 0, _times(g, x, scale), _times(g, low, alpha * scale))


def _softplus(g: Graph, x: Node, beta: float = 1, threshold: float = 20) -> Node:
    scaled = _times(g, x, beta)
    soft = g.make("div", g.make("softplus", scaled), g.const(beta))
    return _choice(g, "gt", scaled, threshold, x, soft)


def _log_sigmoid(g: Graph, x: Node) -> list[Node]:
    return [g.make("neg", g.make("softplus", g.make("neg", x))), x]


def _gelu(g: Graph, x: Node, approximate: str = "none") -> Node:
    if approximate == "tanh":
        cube = g.make("mul", x, g.make("mul", x, x))
        inner = g.make("add", x, _times(g, cube, 0.044715))
        bell = g.make("tanh", _times(g, inner, sqrt(0.6366197723675814)))
    else:
        bell = g.make("erf", _times(g, x, sqrt(0.5)))
    return g.make("mul", _times(g, x, 0.5), _plus(g, bell, 1))


def _mish(g: Graph, x: Node) -> Node:
    return g.make("mul", x, g.make("tanh", _softplus(g, x)))


def _hardsigmoid(g: Graph, x: Node) -> Node:
    return _hardtanh(g, g.make("div", _plus(g, x, 3), g.const(6)), 0, 1)


def _hardswish(g: Graph, x: Node) -> Node:
    """The derivative of torch is 0 at −3 and 1 at 3."""
    middle = g.make("mul", x, g.make("div", _plus(g, x, 3), g.const(6)))
    return _choice(g, "le", x, -3, 0, _choice(g, "lt", x, 3, middle, x))


def _softshrink(g: Graph, x: Node, by: float = 0.5) -> Node:
    return _choice(g, "gt", x, by, _plus(g, x, -by), _choice(g, "lt", x, -by, _plus(g, x, by), 0))


def _hardshrink(g: Graph, x: Node, by: float = 0.5) -> Node:
    return _choice(g, "gt", g.make("abs", x), by, x, 0)


def _clamp(g: Graph, x: Node, low: Any = None, high: Any = None) -> Node:
    """The derivative of torch is 1 on the bounds too, so the tests are on x."""
    if low is not None:
        x = _choice(g, "lt", x, low, low, x)
    return x if high is None else _choice(g, "gt", x, high, high, x)


def _hardtanh(g: Graph, x: Node, low: float = -1, high: float = 1) -> Node:
    """The derivative of torch is 0 on the bounds."""
    return _choice(g, "ge", _choice(g, "le", x, low, low, x), high, high, _choice(g, "le", x, low, low, x))


# Elementwise: arithmetic


def _scaled(op: str) -> Callable[..., Node]:
    """A + alpha b, and so on."""
    return lambda g, a, b, alpha=1: g.make(op, _node(g, a), _times(g, _node(g, b), alpha))


def _pow(g: Graph, x: Any, n: Any) -> Node:
    if isinstance(n, Node):
        return g.make("power", _node(g, x), n)
    if n == 2:
        return g.make("mul", x, x)
    return g.make("sqrt", x) if n == 0.5 else g.make("pow", x, _node(g, n))


def _sinh(g: Graph, x: Node, sign: str = "add") -> Node:
    """With e = exp x − 1, (e + e/(e + 1))/2, exact near 0."""
    e = g.make("expm1", x)
    return _times(g, g.make("add", e, g.make("div", e, _plus(g, e, 1))), 0.5)


def _cosh(g: Graph, x: Node) -> Node:
    return _times(g, g.make("add", g.make("exp", x), g.make("exp", g.make("neg", x))), 0.5)


def _log_add_exp(g: Graph, a: Node, b: Node) -> Node:
    """Log(eᵃ + eᵇ) = max + log(1 + e^−|a−b|)."""
    apart = g.make("neg", g.make("abs", g.make("sub", a, b)))
    return g.make("add", g.make("max", a, b), g.make("log1p", g.make("exp", apart)))


def _addc(op: str) -> Callable[..., Node]:
    return lambda g, a, b, c, value=1: g.make("add", a, _times(g, g.make(op, b, c), value))


def _lerp(g: Graph, a: Node, b: Node, w: Any) -> Node:
    return g.make("add", a, g.make("mul", _node(g, w), g.make("sub", b, a)))


def _same(g: Graph, x: Node, *_: Any, **how: Any) -> Node:
    return x


def _not(g: Graph, x: Node) -> Node:
    return g.make("eq", x, g.const(0))


# Over columns


def _root(g: Graph, x: Node) -> Node:
    """√x, whose derivative at 0 is 0, as torch has it for norms and deviations."""
    return _choice(g, "eq", x, 0, 0, g.make("sqrt", _choice(g, "eq", x, 0, 1, x)))


def _mean(g: Graph, x: Node) -> Node:
    return g.make("div", g.sum(x), g.const(x.width))


def _spread(g: Graph, x: Node, correction: float = 0) -> Node:
    """The mean square about the mean; of one fewer with a correction of 1."""
    centred = g.make("sub", x, _mean(g, x))
    return g.make("div", g.sum(g.make("mul", centred, centred)), g.const(x.width - correction))


def _norm(g: Graph, x: Node, order: float) -> Node:
    if order == 2:
        return _root(g, g.sum(g.make("mul", x, x)))
    if order == 1:
        return g.sum(g.make("abs", x))
    raise CannotFuse(f"a norm of order {order} has no fused form")


def _largest(g: Graph, x: Node) -> Node:
    """Its derivative is shared by those that are the largest, as torch has it."""
    there = g.make("eq", x, g.largest(x))
    share = _choice(g, "ne", there, 0, g.make("div", x, g.make("stop", g.sum(there))), 0)
    return g.sum(share)


def _exps(g: Graph, x: Node) -> tuple[Node, Node]:
    """X − max x, and the logarithm of the sum of its exponentials."""
    shifted = g.make("sub", x, g.largest(x))
    return shifted, g.make("log", g.sum(g.make("exp", shifted)))


def _log_sum_exp(g: Graph, x: Node) -> Node:
    return g.make("add", _exps(g, x)[1], g.largest(x))


def _log_softmax(g: Graph, x: Node) -> Node:
    return g.make("sub", *_exps(g, x))


def _softmax(g: Graph, x: Node) -> Node:
    e = g.make("exp", g.make("sub", x, g.largest(x)))
    return g.make("div", e, g.sum(e))


def _reduced(f: Callable[..., Node]) -> Callable[..., Node]:
    """(x, axes, keepdim): the axes that are left lie as they did, kept or not."""
    return lambda g, x, axes=None, *_, **how: over(
        g, x, [axes] if isinstance(axes, int) else axes or [], lambda part: f(g, part)
    )


def _kept(f: Callable[..., Node]) -> Callable[..., Node]:
    return lambda g, x, axis, *_, **how: over(g, x, [axis], lambda part: f(g, part), reduced=False)


def _deviation(root: bool) -> Callable[..., Node]:
    def f(g: Graph, x: Laid, axes: Any = None, correction: Any = 1, keepdim: bool = False) -> Node:
        found = over(g, x, axes or [], lambda part: _spread(g, part, 1 if correction is None else correction))
        return _root(g, found) if root else found

    return f


def _vector_norm(
    g: Graph, x: Laid, order: Any = 2, axes: Any = None, keepdim: bool = False, dtype: Any = None
) -> Node:
    return over(g, x, axes or [], lambda part: _norm(g, part, order))


def _layer_norm(g: Graph, x: Laid, shape: Sequence[int], w: Any, b: Any, eps: float) -> list[Node]:
    """Ba et al. 2016, eq. 4; the variance is the mean square about the mean."""
    axes = range(-len(shape), 0)

    def scale(part: Node) -> Node:
        return _one_over(g, g.make("sqrt", _plus(g, _spread(g, part), eps)))

    def norm(part: Node) -> Node:
        y = g.make("mul", g.make("sub", part, _mean(g, part)), scale(part))
        y = y if w is None else g.make("mul", y, w.node)
        return y if b is None else g.make("add", y, b.node)

    parts = over(g, x, axes, lambda part: _mean(g, part)), over(g, x, axes, scale)
    return [over(g, x, axes, norm, reduced=False), *parts]


def _group_norm(
    g: Graph, x: Laid, w: Any, b: Any, rows: Any, channels: int, places: int, groups: int, eps: float
) -> list[Node]:
    """Wu & He 2018, of rows without places."""
    if places != 1:
        raise CannotFuse("a group norm over places has no fused form")
    shape = (Rows(), groups, channels // groups)
    found = _layer_norm(g, Laid(x.node, shape), (channels // groups,), None, None, eps)
    y = found[0] if w is None else g.make("mul", found[0], w.node)
    return [y if b is None else g.make("add", y, b.node), *found[1:]]


def _glu(g: Graph, x: Laid, axis: int = -1) -> Node:
    """Its first half, as far as the second opens the gate."""
    half = tuple(n // 2 if i == axis % len(x.shape) else n for i, n in enumerate(x.shape))  # type: ignore[operator]
    a, b = moved(g, [x], lambda ts, _: ts[0].chunk(2, axis), [half, half])
    return g.make("mul", a, g.make("sigmoid", b))


def _row_by_row(g: Graph, a: Laid, b: Laid) -> Node:
    """Products of one matrix with one for every row: Σ_k a_ik b_kj, element by element."""
    if not all(len(x.shape) == 3 and x.shape[0] == Rows() for x in (a, b)):
        raise CannotFuse("bmm has no fused form where rows meet")
    (_, rows, size), (_, _, places) = counted(a.shape, 1), counted(b.shape, 1)
    shape = (Rows(), rows, places, size)
    left = moved(g, [a], lambda ts, _: ts[0][:, :, None].expand(-1, -1, places, -1), [shape])[0]
    right = moved(g, [b], lambda ts, _: ts[0].mT[:, None].expand(-1, rows, -1, -1), [shape])[0]
    return over(g, Laid(g.make("mul", left, right), shape), [-1], g.sum)


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
        aten.threshold.default: lambda g, x, bound, value: _choice(g, "le", x, bound, value, x),
        aten.clamp.default: _clamp, aten.clamp.Tensor: _clamp,
        aten.clamp_min.default: _clamp, aten.clamp_min.Tensor: _clamp,
        aten.clamp_max.default: lambda g, x, high: _clamp(g, x, None, high),
        aten.clamp_max.Tensor: lambda g, x, high: _clamp(g, x, None, high),
        aten.pow.Tensor_Scalar: _pow, aten.pow.Tensor_Tensor: _pow, aten.pow.Scalar: _pow,
        aten.square.default: lambda g, x: g.make("mul", x, x),
        aten.reciprocal.default: _one_over,
        aten.rsqrt.default: lambda g, x: _one_over(g, g.make("sqrt", x)),
        aten.rsub.Scalar: lambda g, a, b, alpha=1: g.make("sub", _node(g, b), _times(g, a, alpha)),
        aten.sinh.default: _sinh, aten.cosh.default: _cosh,
        aten.tan.default: lambda g, x: g.make("div", g.make("sin", x), g.make("cos", x)),
        aten.exp2.default: lambda g, x: g.make("exp", _times(g, x, log(2))),
        aten.log2.default: lambda g, x: g.make("div", g.make("log", x), g.const(log(2))),
        aten.log10.default: lambda g, x: g.make("div", g.make("log", x), g.const(log(10))),
        aten.logaddexp.default: _log_add_exp,
        aten.ceil.default: lambda g, x: g.make("neg", g.make("floor", g.make("neg", x))),
        aten.detach.default: _direct("stop"), aten._to_copy.default: _same,
        aten.fill.Tensor: lambda g, x, value: value, aten.copy.default: lambda g, x, new, *_: new,
        aten.addcmul.default: _addc("mul"), aten.addcdiv.default: _addc("div"),
        aten.lerp.Scalar: _lerp, aten.lerp.Tensor: _lerp, aten.where.self: _direct("where"),
        aten.masked_fill.Scalar: lambda g, x, mask, value: g.make("where", mask, _node(g, value), x),
        aten.masked_fill.Tensor: lambda g, x, mask, value: g.make("where", mask, value, x),
        aten.bitwise_and.Tensor: _direct("mul"), aten.logical_and.default: _direct("mul"),
        aten.bitwise_or.Tensor: _direct("max"), aten.logical_or.default: _direct("max"),
        aten.bitwise_xor.Tensor: _direct("ne"), aten.logical_xor.default: _direct("ne"),
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
    aten.full.default: lambda shape, value: value, aten.full_like.default: lambda x, value: value,
    aten.new_full.default: lambda x, shape, value: value, aten.fill.Scalar: lambda x, value: value,
}  # fmt: skip
OVER: dict[Any, Callable[..., Any]] = {
    aten.sum.dim_IntList: _reduced(lambda g, x: g.sum(x)), aten.mean.dim: _reduced(_mean),
    aten.amax.default: _reduced(_largest), aten.logsumexp.default: _reduced(_log_sum_exp),
    aten.amin.default: _reduced(lambda g, x: g.make("neg", _largest(g, g.make("neg", x)))),
    aten._softmax.default: _kept(_softmax), aten._log_softmax.default: _kept(_log_softmax),
    aten.var.correction: _deviation(root=False), aten.std.correction: _deviation(root=True),
    aten.linalg_vector_norm.default: _vector_norm, aten.native_layer_norm.default: _layer_norm,
    aten.bmm.default: _row_by_row, aten.native_group_norm.default: _group_norm, aten.glu.default: _glu,
}  # fmt: skip
