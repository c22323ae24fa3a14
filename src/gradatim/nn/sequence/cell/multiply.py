"""Products with matrices from outside, in all forms that torch has for them, as columns times a matrix."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from gradatim.nn.sequence.cell.count import CannotFuse, Shape
from gradatim.nn.sequence.cell.graph import Graph, Node
from gradatim.nn.sequence.cell.layout import MANY
from gradatim.nn.sequence.cell.record import Instruction
from gradatim.nn.sequence.cell.value import Call, Value

aten = torch.ops.aten
SINGLE = {aten.mm.default, aten.addmm.default}
BATCHED = {aten.bmm.default, aten.baddbmm.default}
WITH_VECTOR = {aten.mv.default, aten.addmv.default}
PRODUCTS = SINGLE | BATCHED | WITH_VECTOR | {aten.cumsum.default}


class Factors(NamedTuple):
    """Columns first … first + size − 1 of a value, times a matrix (size, width)."""

    first: int
    size: int
    matrix: Call
    width: int


def factors(instruction: Instruction, values: Sequence[Value]) -> list[Factors]:
    """What an instruction multiplies, its results side by side; nothing, if no factor is from outside."""
    function, shapes = instruction.function, [v.shape for v in values]
    if function is aten.cumsum.default:
        return _sums(instruction.args[1], values[0].shape)
    (a, left), (b, right) = zip(values, shapes, strict=True)
    found: list[Factors] = []
    if b.kind == "outside" and b.call and a.kind != "outside":
        if function in SINGLE and _rows_at(left, 0):
            found = [_of(b.call, right, part) for part in range(_rows_at(left, 0))]
        elif function in WITH_VECTOR and _rows_at(left, 0):
            column = Call(torch.unsqueeze, (b.call, 1))
            found = [_of(column, (*right, 1), part) for part in range(_rows_at(left, 0))]
        elif function in BATCHED and _rows_at(left, 1) == 1:
            found = [_of(Call(torch.select, (b.call, 0, i)), right[1:], i) for i in range(_size(right[0]))]
    elif a.kind == "outside" and a.call and b.kind != "outside":
        if function in SINGLE and _rows_at(right, 1) == 1:
            found = [_of(_turned(a.call), left[::-1], 0)]
        elif function in BATCHED and _rows_at(right, 2) == 1:
            each = [Call(torch.select, (a.call, 0, i)) for i in range(_size(left[0]))]
            found = [_of(_turned(m), left[:0:-1], i) for i, m in enumerate(each)]
    if len(found) > MANY:
        raise CannotFuse(f"more than {MANY} products of one value have no fused form")
    return found


def add_products(g: Graph, total: Node, bias: Node, beta: float = 1, alpha: float = 1) -> Node:
    """What addmm makes of a product and its bias: alpha and beta times them."""
    return g.make("add", g.make("mul", total, g.const(alpha)), g.make("mul", bias, g.const(beta)))


def _sums(axis: int, shape: Shape) -> list[Factors]:
    """Sums of the first columns, one, two and so on: a product with a triangle of ones."""
    if not (len(shape) == 2 and _rows_at(shape, 0) == 1 and axis in (1, -1)):
        raise CannotFuse("a cumulative sum must be over the columns of a row")
    return [_of(Call(_triangle, (Call("given", (0,)), shape[1])), (shape[1], shape[1]), 0)]


def _triangle(like: Tensor, size: int) -> Tensor:
    return torch.ones(size, size, dtype=like.dtype, device=like.device).triu()


def _of(matrix: Call, shape: Shape, part: int) -> Factors:
    """The part of the columns that belongs to a matrix of this shape."""
    size, width = map(_size, shape)
    return Factors(part * size, size, matrix, width)


def _rows_at(shape: Shape, axis: int) -> int:
    """How many times the count of rows an axis is long; 0 if no rows lie there."""
    return getattr(shape[axis], "times", 0) if len(shape) > axis else 0


def _size(n: object) -> int:
    assert isinstance(n, int)
    return n


def _turned(matrix: Call) -> Call:
    """Its transpose."""
    return matrix.args[0] if matrix.function is aten.t.default else Call(aten.t.default, (matrix,))
