"""Where numbers move: views, joins and cuts of tensors as choices of columns, found by moving their numbers.

The columns of a tensor are its numbers of one row, in torch's order. What an operation does to them is asked
of the operation itself, on a tensor that holds the number of each column; and that it never moves a number
from one row to another, on a tensor that holds the number of each row.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gradatim.nn.sequence.cell.count import DEPENDS, CannotFuse, Shape, columns, row_axis, with_rows
from gradatim.nn.sequence.cell.graph import Graph, Node

aten = torch.ops.aten
MOVES = {
    aten.view, aten._unsafe_view, aten.reshape, aten.expand, aten.unsqueeze, aten.squeeze, aten.permute,
    aten.t, aten.transpose, aten.slice, aten.select, aten.split, aten.split_with_sizes, aten.unsafe_split,
    aten.unsafe_split_with_sizes, aten.unbind, aten.cat, aten.stack, aten.repeat, aten.flip, aten.roll,
    aten.clone, aten.alias, aten.diagonal, aten.unfold,
}  # fmt: skip
MANY = 64  # pieces that columns may be taken in: each is a line of the kernel
COUNTS = (2, 3)  # rows to try with
FROM_OUTSIDE = -1  # the row of a number that is the same for all of them


class Laid(NamedTuple):
    """A row's columns as a node, and the shape that torch sees."""

    node: Node
    shape: Shape


def move_columns(
    g: Graph, given: Sequence[Laid], function: Callable[[Sequence[Tensor], int], Any], shapes: Sequence[Shape]
) -> list[Node]:
    """What a function of tensors with so many rows makes of the given ones; its results have these shapes.

    Raises CannotFuse if numbers leave their row, where they go depends on the count, or in too many pieces.
    """
    firsts = [sum(columns(x.shape) for x in given[:i]) for i in range(len(given))]
    wide = [g.spread(x.node, columns(x.shape)) for x in given]
    found = [_tried([x.shape for x in given], firsts, function, shapes, count) for count in COUNTS]
    if found[0] != found[1]:
        raise CannotFuse(DEPENDS)
    return [take_columns(g, wide, firsts, wanted) for wanted in found[0]]


def _tried(
    given: Sequence[Shape], firsts: Sequence[int], function: Callable[[Sequence[Tensor], int], Any],
    shapes: Sequence[Shape], count: int,
) -> list[list[int]]:  # fmt: skip
    """The columns that a row of each result takes."""
    both = [_numbered(shape, first, count) for shape, first in zip(given, firsts, strict=True)]
    outs = [function([pair[which] for pair in both], count) for which in (0, 1)]
    numbers, rows = ([out] if isinstance(out, Tensor) else list(out) for out in outs)
    return [_columns_of(*each, count) for each in zip(numbers, rows, shapes, strict=True)]


def broadcast_columns(g: Graph, x: Laid, shape: Shape) -> Node:
    """Its columns spread to a shape that it is broadcast to; one number stays one."""
    if columns(x.shape) == 1 or _without_rows(x.shape) == _without_rows(shape):
        if row_axis(x.shape) is None and not _is_one_row(x.shape, shape):
            raise CannotFuse(f"a tensor of shape {x.shape} from outside is not one row")
        return x.node
    return move_columns(g, [x], lambda ts, count: ts[0].broadcast_to(with_rows(shape, count)), [shape])[0]


def in_rows(t: Tensor, axis: int, times: int) -> Tensor:
    """A tensor whose axis is `times` as long as there are rows, as (N, columns)."""
    return t.unflatten(axis, (-1, times)).movedim(axis, 0).flatten(1)


def _without_rows(shape: Shape) -> tuple[int, ...]:
    """The sizes that matter to a row's columns."""
    return tuple(n for n in with_rows(shape, 1) if n != 1)


def _is_one_row(shape: Shape, among: Shape) -> bool:
    """Whether a tensor from outside, broadcast to a shape with rows, is the same for each of them."""
    axis = row_axis(among)
    at = len(shape) - len(among) + (axis or 0)
    return axis is None or at < 0 or shape[at] == 1


def _numbered(shape: Shape, first: int, count: int) -> tuple[Tensor, Tensor]:
    """The column of every number, and its row."""
    axis = row_axis(shape)
    numbers = torch.arange(first, first + columns(shape), device="cpu").view(with_rows(shape, 1))
    if axis is None:
        return numbers, torch.full_like(numbers, FROM_OUTSIDE)
    rows = [torch.full_like(numbers, row) for row in range(count)]
    return torch.cat([numbers] * count, axis), torch.cat(rows, axis)


def _columns_of(numbers: Tensor, rows: Tensor, shape: Shape, count: int) -> list[int]:
    """The columns that a row of the result takes."""
    axis = row_axis(shape)
    if axis is None or tuple(numbers.shape) != with_rows(shape, count):
        raise CannotFuse("rows are never cut or joined along the batch")
    each, whose = numbers.chunk(count, axis), rows.chunk(count, axis)
    for row in range(count):
        apart = (whose[row] == row) | (whose[row] == FROM_OUTSIDE)
        if not bool(apart.all()) or not torch.equal(each[row], each[0]):
            raise CannotFuse("rows are never cut or joined along the batch")
    return each[0].flatten().tolist()


def take_columns(g: Graph, given: Sequence[Node], firsts: Sequence[int], wanted: Sequence[int]) -> Node:
    """Columns side by side, in as few pieces as there can be."""
    if not wanted:
        raise CannotFuse("a tensor without columns has no fused form")
    pieces: list[Node] = []
    at = 0
    while at < len(wanted):
        source = max(i for i, first in enumerate(firsts) if first <= wanted[at] and given[i].width)
        first, end = firsts[source], firsts[source] + given[source].width
        size, step = 1, 1
        if at + 1 < len(wanted) and wanted[at + 1] == wanted[at]:
            step = 0
        while at + size < len(wanted) and wanted[at + size] == wanted[at] + step * size < end:
            size += 1
        width = size if step else 1
        pieces.append(g.spread(g.slice(given[source], wanted[at] - first, width), size))
        at += size
        if len(pieces) > MANY:
            raise CannotFuse(f"columns are rearranged in more than {MANY} pieces")
    return g.cat(pieces) if len(pieces) > 1 else pieces[0]
