"""Functions of the columns along some axes, place by place, or for all places at once."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gradatim.nn.sequence.cell.count import CannotFuse, columns, row_axis, with_rows
from gradatim.nn.sequence.cell.graph import Graph, Node
from gradatim.nn.sequence.cell.layout import MANY, Laid, take_columns

Reduction = Callable[[Any, Any], Any]  # of a graph and the columns; what it makes of them is a value, too


class Several(NamedTuple):
    """One value: a node for each of what is added up, whose columns are the places; or one for all."""

    nodes: tuple[Node, ...]

    @property
    def width(self) -> int:
        """How many are added up."""
        return len(self.nodes)


class Across:
    """Makes such values as a graph makes nodes: what a graph does along columns is done across nodes."""

    def __init__(self, graph: Graph):
        self.graph = graph

    def const(self, value: float) -> Several:
        """A number."""
        return Several((self.graph.const(value),))

    def make(self, op: str, *args: Several) -> Several:
        """op(args), one by one."""
        count = max(a.width for a in args)
        each = [a.nodes * (count // a.width) for a in args]
        return Several(tuple(self.graph.make(op, *nodes) for nodes in zip(*each, strict=True)))

    def sum(self, a: Several) -> Several:
        """Σ over the nodes."""
        total = a.nodes[0]
        for node in a.nodes[1:]:
            total = self.graph.make("add", total, node)
        return Several((total,))

    def largest(self, a: Several) -> Several:
        """The largest of the nodes, taken as a constant by the derivative."""
        top = a.nodes[0]
        for node in a.nodes[1:]:
            top = self.graph.make("max", top, node)
        return Several((self.graph.make("stop", top),))


def over(g: Graph, x: Laid, axes: Sequence[int], f: Reduction, reduced: bool = True) -> Node:
    """What f makes of the columns along some axes, at every place on the others: one number, or as many.

    Raises CannotFuse for the axis of the rows, and for too many pieces.
    """
    order = _ordered(x, axes)
    return (across if order.shape[0] > order.shape[1] else along)(g, x, axes, f, reduced)


def along(g: Graph, x: Laid, axes: Sequence[int], f: Reduction, reduced: bool = True) -> Node:
    """The same, place by place: each has its columns."""
    order, wide = _ordered(x, axes), g.spread(x.node, columns(x.shape))
    if len(order) > MANY:
        raise CannotFuse(f"columns are added up or compared at more than {MANY} places")
    found = [f(g, take_columns(g, [wide], [0], group)) for group in order.tolist()]
    if reduced or len(found) == 1:
        return g.cat(found) if len(found) > 1 else found[0]
    return _put_back(g, found, order)


def across(g: Graph, x: Laid, axes: Sequence[int], f: Reduction, reduced: bool = True) -> Node:
    """The same, for all places at once: they are the columns of several nodes."""
    order, wide = _ordered(x, axes), g.spread(x.node, columns(x.shape))
    made = f(Across(g), Several(tuple(take_columns(g, [wide], [0], each) for each in order.T.tolist())))
    if reduced:
        return made.nodes[0]
    return _put_back(g, made.nodes, order.T)


def _put_back(g: Graph, found: Sequence[Node], order: Tensor) -> Node:
    """Rows of columns, whose numbers are those of `order`, as they lay."""
    joined = g.cat([g.spread(n, order.shape[1]) for n in found])
    return take_columns(g, [joined], [0], torch.argsort(order.flatten()).tolist())


def _ordered(x: Laid, axes: Sequence[int]) -> Tensor:
    """The number of every column: (places, columns along the axes)."""
    rank = len(x.shape)
    those = [axis % rank for axis in axes]
    if not those or row_axis(x.shape) in those:
        raise CannotFuse("rows are never added up or compared along the batch")
    numbers = torch.arange(columns(x.shape), device="cpu").view(with_rows(x.shape, 1))
    others = [i for i in range(rank) if i not in those]
    return numbers.permute(*others, *those).reshape(-1, columns(tuple(x.shape[i] for i in those)))
