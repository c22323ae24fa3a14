"""What torch does over the columns of a row, in the graph's operations: sums, norms, softmax.

The functions get how their tensors are laid out, and lay out nothing themselves.
"""

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

import torch

from gradatim.nn.sequence.cell.count import CannotFuse, Rows, with_rows
from gradatim.nn.sequence.cell.elementwise import choice, one_over, plus
from gradatim.nn.sequence.cell.gpu_cells import GPU_CELLS
from gradatim.nn.sequence.cell.graph import Graph, Node
from gradatim.nn.sequence.cell.layout import Laid, move_columns
from gradatim.nn.sequence.cell.reduce import Several, across, along, over

aten = torch.ops.aten


def _root(g: Graph, x: Node) -> Node:
    """√x, whose derivative at 0 is 0, as torch has it for norms and deviations."""
    return choice(g, "eq", x, 0, 0, g.make("sqrt", choice(g, "eq", x, 0, 1, x)))


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
    top = g.largest(x)
    there = g.make("eq", x, top)
    share = choice(g, "ne", there, 0, g.make("div", x, g.make("stop", g.sum(there))), 0)
    return choice(g, "ne", top, top, top, g.sum(share))  # what is no number stays none


def _first_largest(g: Any, x: Any) -> Any:
    """The first of the largest, which alone has a derivative; what is no number wins."""
    best, *others = (Several((node,)) for node in x.nodes)
    for other in others:
        kept = g.make("max", g.make("le", other, best), g.make("ne", best, best))
        best = g.make("where", kept, best, other)
    return best


def _with_place(f: Callable[..., Any]) -> Callable[..., Any]:
    """(x, axis, keepdim) → the value and where it is, which no node says."""
    return lambda g, x, axis, *_: [across(g, x, [axis], f), None]


def _log_sum_exp(g: Graph, x: Node) -> Node:
    top = g.largest(x)
    top = choice(g, "eq", g.make("abs", top), inf, 0, top)
    return g.make("add", g.make("log", g.sum(g.make("exp", g.make("sub", x, top)))), top)


def _log_softmax(g: Graph, x: Node) -> Node:
    shifted = g.make("sub", x, g.largest(x))
    return g.make("sub", shifted, g.make("log", g.sum(g.make("exp", shifted))))


def _softmax(g: Graph, x: Node) -> Node:
    e = g.make("exp", g.make("sub", x, g.largest(x)))
    return g.make("div", e, g.sum(e))


def _reduced(f: Callable[..., Node]) -> Callable[..., Node]:
    """(x, axes, keepdim): the axes that are left lie as they did, kept or not."""
    return lambda g, x, axes=None, *_, **how: over(g, x, [axes] if isinstance(axes, int) else axes or [], f)


def _kept(f: Callable[..., Node]) -> Callable[..., Node]:
    return lambda g, x, axis, *_, **how: over(g, x, [axis], f, reduced=False)


def _deviation(root: bool) -> Callable[..., Node]:
    def f(g: Graph, x: Laid, axes: Any = None, correction: Any = 1, keepdim: bool = False) -> Node:
        fewer = 1 if correction is None else correction
        found = over(g, x, axes or [], lambda g, part: _spread(g, part, fewer))
        return _root(g, found) if root else found

    return f


def _vector_norm(
    g: Graph, x: Laid, order: Any = 2, axes: Any = None, keepdim: bool = False, dtype: Any = None
) -> Node:
    return over(g, x, axes or [], lambda g, part: _norm(g, part, order))


def _layer_norm(g: Graph, x: Laid, shape: Sequence[int], w: Any, b: Any, eps: float) -> list[Node]:
    """Ba et al. 2016, eq. 4; the variance is the mean square about the mean."""
    axes = range(-len(shape), 0)

    def scale(g: Graph, part: Node) -> Node:
        return one_over(g, g.make("sqrt", plus(g, _spread(g, part), eps)))

    def norm(g: Graph, part: Node) -> Node:
        y = g.make("mul", g.make("sub", part, _mean(g, part)), scale(g, part))
        y = y if w is None else g.make("mul", y, w.node)
        return y if b is None else g.make("add", y, b.node)

    return [along(g, x, axes, norm, reduced=False), along(g, x, axes, _mean), along(g, x, axes, scale)]


def _rms_norm(g: Graph, x: Laid, shape: Sequence[int], w: Any, eps: float | None) -> list[Node]:
    """Zhang & Sennrich 2019, as a GPU has it in one operation."""
    axes = range(-len(shape), 0)
    least = g.eps if eps is None else eps

    def scale(g: Graph, part: Node) -> Node:
        return one_over(g, g.make("sqrt", plus(g, _mean(g, g.make("mul", part, part)), least)))

    def norm(g: Graph, part: Node) -> Node:
        y = g.make("mul", part, scale(g, part))
        return y if w is None else g.make("mul", y, w.node)

    return [along(g, x, axes, norm, reduced=False), along(g, x, axes, scale)]


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
    a, b = move_columns(g, [x], lambda ts, _: ts[0].chunk(2, axis), [half, half])
    return g.make("mul", a, g.make("sigmoid", b))


def _row_by_row(g: Graph, a: Laid, b: Laid) -> Node:
    """Products of one matrix with one for every row: Σ_k a_ik b_kj, element by element."""
    if not all(len(x.shape) == 3 and x.shape[0] == Rows() for x in (a, b)):
        raise CannotFuse("bmm has no fused form where rows meet")
    (_, rows, size), (_, _, places) = with_rows(a.shape, 1), with_rows(b.shape, 1)
    shape = (Rows(), rows, places, size)
    left = move_columns(g, [a], lambda ts, _: ts[0][:, :, None].expand(-1, -1, places, -1), [shape])[0]
    right = move_columns(g, [b], lambda ts, _: ts[0].mT[:, None].expand(-1, rows, -1, -1), [shape])[0]
    return over(g, Laid(g.make("mul", left, right), shape), [-1], lambda g, part: g.sum(part))


COLUMNWISE: dict[Any, Callable[..., Any]] = {
    aten.sum.dim_IntList: _reduced(lambda g, x: g.sum(x)), aten.mean.dim: _reduced(_mean),
    aten.amax.default: _reduced(_largest), aten.logsumexp.default: _reduced(_log_sum_exp),
    aten.amin.default: _reduced(lambda g, x: g.make("neg", _largest(g, g.make("neg", x)))),
    aten.max.dim: _with_place(_first_largest),
    aten.min.dim: _with_place(lambda g, x: g.make("neg", _first_largest(g, g.make("neg", x)))),
    aten._softmax.default: _kept(_softmax), aten._log_softmax.default: _kept(_log_softmax),
    aten.var.correction: _deviation(root=False), aten.std.correction: _deviation(root=True),
    aten.linalg_vector_norm.default: _vector_norm, aten.native_layer_norm.default: _layer_norm,
    aten._fused_rms_norm.default: _rms_norm, aten.bmm.default: _row_by_row,
    aten.native_group_norm.default: _group_norm, aten.glu.default: _glu,
    **GPU_CELLS,
}  # fmt: skip
