"""A recorded step, taken apart: what leaves the loop, the products inside it, the expressions of the rest.

There are three kinds of value: `outside` ones depend on captured tensors only; `input` ones on the inputs of
the step too, so a product of them is done for all steps at once; `loop` ones on the state.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gradatim.nn.sequence.cell.columnwise import COLUMNWISE
from gradatim.nn.sequence.cell.count import DEPENDS, CannotFuse, Rows, Shape, columns, row_axis, with_rows
from gradatim.nn.sequence.cell.elementwise import CONSTANT, ELEMENTWISE
from gradatim.nn.sequence.cell.graph import Graph, Node, places
from gradatim.nn.sequence.cell.layout import MOVES, Laid, broadcast_columns, in_rows, move_columns
from gradatim.nn.sequence.cell.leaves import Leaves
from gradatim.nn.sequence.cell.multiply import PRODUCTS, Factors, add_products, factors
from gradatim.nn.sequence.cell.record import Instruction, Program, Ref
from gradatim.nn.sequence.cell.value import Call, Value

aten = torch.ops.aten
READERS = (aten._local_scalar_dense.default, aten.equal.default, aten.is_nonzero.default)
SUMS = (aten.add.Tensor, aten.sub.Tensor, aten.sum.dim_IntList)  # of truth values they are none


class Step:
    """A step's graph: the new state as nodes, and what its leaves are."""

    def __init__(self, program: Program):
        self.program, self.graph = program, Graph(torch.finfo(program.dtypes[0]).eps)
        self.leaves = Leaves(self.graph)
        self.products, self.streams = self.leaves.products, self.leaves.streams
        self.vectors, self.vector_widths = self.leaves.vectors, self.leaves.vector_widths
        self._values: dict[int, Value] = {}
        self._read()
        self.state = self.leaves.merged([self._wide(self._values[i]) for i in program.result])

    # Reading the program

    def _read(self) -> None:
        p = self.program
        for i in range(p.steps):
            self._values[i] = self._value(i, "input", call=Call("given", (i,)))
        for kind, start, count in (("fixed", p.steps, p.fixed), ("state", p.steps + p.fixed, p.state)):
            for i in range(count):
                leaf = self.graph.leaf(kind, i, columns(p.shapes[start + i]))
                self._values[start + i] = self._value(start + i, "loop", node=leaf)
        for at, i in enumerate(p.captured):
            self._values[i] = self._value(i, "outside", call=Call("captured", (at,)))
        for instruction in p.instructions:
            self._instruct(instruction)

    def _value(self, number: int, kind: str, **known: Any) -> Value:
        return Value(kind, self.program.shapes[number], self.program.dtypes[number], **known)

    def _instruct(self, instruction: Instruction) -> None:
        function = instruction.function
        refs = self._given(instruction)
        kinds = {v.kind for v in refs}
        kind = "loop" if "loop" in kinds else "input" if "input" in kinds else "outside"
        if kind != "outside" and function in READERS:
            raise CannotFuse("what the cell does depends on the numbers it is given")
        outs = [self._value(i, kind, source=(instruction, out)) for out, i in enumerate(instruction.outs)]
        if kind == "outside" and (_counts(instruction) or any(row_axis(v.shape) is not None for v in outs)):
            for value in outs:  # the same for every row, but made anew for their count
                value.kind = "loop"
        elif all(v.call for v in refs) and (kind == "outside" or self._is_by_row(instruction, outs)):
            args, kwargs = self._called(instruction.args), self._called(instruction.kwargs)
            for out, value in enumerate(outs):
                value.call = Call(function, args, kwargs, out)
        self._values |= dict(zip(instruction.outs, outs, strict=True))
        if function is aten.cat.default and kind != "outside":
            outs[0].parts = self._joined(instruction)
        if kind == "loop":
            self._node(outs[0])  # in the program's order, which is that of the products

    def _given(self, instruction: Instruction) -> list[Value]:
        return [self._values[r.index] for r in _refs((instruction.args, instruction.kwargs))]

    def _joined(self, instruction: Instruction) -> list[Value]:
        """What a concatenation of columns joins."""
        parts = [self._values[r.index] for r in instruction.args[0]]
        plain = instruction.args[1:] in ((1,), (-1,)) and all(_is_plain(v.shape) for v in parts)
        return parts if plain else []

    def _is_by_row(self, instruction: Instruction, outs: list[Value]) -> bool:
        """Whether it treats every row alike, so that it may be done for the rows of all steps at once."""
        try:
            if self._factors(instruction):
                return all(_is_row(bias) for bias in self._given(instruction)[:-2])
            self._apply(Graph(), instruction, _leaf)
        except CannotFuse:
            alike = torch.Tag.pointwise in instruction.function.tags and not _counts(instruction)
            return alike and all(_fits(v, outs[0].shape) for v in self._given(instruction))
        return True

    def _called(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self._values[value.index].call
        return tuple(self._called(v) for v in value) if isinstance(value, tuple) else value

    # Values as nodes

    def _node(self, value: Value) -> Node:
        if value.node is None:
            if value.kind == "outside" and value.call is not None:
                value.node = self._vector(value)
            elif value.source is None:
                value.node = self.leaves.stream(self._by_row(value), None, None, columns(value.shape))
            else:
                value.node = self._translated(value, *value.source)
        return value.node

    def _translated(self, value: Value, instruction: Instruction, out: int) -> Node:
        """A value's node; what only torch can compute of the inputs is a stream."""
        try:
            node = self._translate(instruction)[out]
            dtype, function = self.program.dtypes[0], instruction.function
            if node is None:
                raise CannotFuse(f"what else {_name(function)} finds has no fused form")
            known = value.dtype in (dtype, torch.bool) or node.op == "const"
            if not known or (value.dtype is torch.bool and function in SUMS):
                raise CannotFuse(f"{_name(function)} makes {value.dtype} of {dtype}")
            return node
        except CannotFuse:
            if value.kind != "input" or value.call is None or value.dtype != self.program.dtypes[0]:
                raise
            return self.leaves.stream(self._by_row(value), None, None, columns(value.shape))

    def _translate(self, instruction: Instruction) -> list[Node]:
        found = self._factors(instruction)
        if found:
            return [self._multiply(instruction, found)]
        return self._apply(self.graph, instruction, lambda v: Laid(self._node(v), v.shape))

    def _apply(self, g: Graph, instruction: Instruction, laid: Callable[[Value], Laid]) -> list[Node]:
        """An instruction's nodes, given how its tensors are laid out."""
        function = instruction.function
        shapes = [self.program.shapes[i] for i in instruction.outs]

        def put(how: Callable[[Value], Any]) -> Any:
            return lambda a: how(self._values[a.index]) if isinstance(a, Ref) else a

        try:
            if function._overloadpacket in MOVES:
                given = [laid(v) for v in self._given(instruction)]
                return move_columns(g, given, _again(instruction), shapes)
            if function in CONSTANT:
                return [g.const(self._number(instruction))]
            if function in COLUMNWISE:
                get = put(laid)
                made = COLUMNWISE[function](g, *map(get, instruction.args), **dict(instruction.kwargs))
            elif function in ELEMENTWISE:
                get = put(lambda v: broadcast_columns(g, laid(v), shapes[0]))
                made = ELEMENTWISE[function](
                    g, *map(get, instruction.args), **{k: get(v) for k, v in instruction.kwargs}
                )
            else:
                raise CannotFuse(f"{_name(function)} has no fused form")
        except (ValueError, TypeError, AttributeError, RuntimeError, IndexError) as error:
            said = (str(error) or type(error).__name__).splitlines()[0]
            raise CannotFuse(f"{_name(function)} is used in a way that has no fused form: {said}") from error
        nodes = made if isinstance(made, list) else [made]
        for node, shape in zip(nodes, shapes, strict=True):
            if node and columns(shape) and node.width not in (1, columns(shape)):
                raise CannotFuse(f"{_name(function)} makes rows of {columns(shape)} numbers of {node.width}")
        return nodes

    def _number(self, instruction: Instruction) -> float:
        """The number that a constant is full of, in its precision."""
        number = CONSTANT[instruction.function](*instruction.args)
        if isinstance(number, Rows):
            raise CannotFuse(DEPENDS)
        dtype = self.program.dtypes[instruction.outs[0]]
        return torch.full((), number, dtype=dtype, device="cpu").item()

    def _wide(self, value: Value) -> Node:
        return self.graph.spread(self._node(value), columns(value.shape))

    def _vector(self, value: Value) -> Node:
        """A tensor from outside, which lies in a row; whether it is one, its user sees."""
        assert value.call is not None
        call = value.call
        if value.dtype != self.program.dtypes[0]:
            call = Call(Tensor.to, (call, self.program.dtypes[0]))
        return self.leaves.vector(call, columns(value.shape))

    # Products

    def _factors(self, instruction: Instruction) -> list[Factors]:
        """The products that an instruction consists of: columns of a value times matrices from outside."""
        if instruction.function not in PRODUCTS:
            return []
        return factors(instruction, self._given(instruction)[-2:])

    def _multiply(self, instruction: Instruction, found: list[Factors]) -> Node:
        *biases, a, b = [None, *self._given(instruction)][-3:]
        added, operand = biases[0] if biases else None, b if a is None or a.kind == "outside" else a
        assert operand is not None
        plain = added is not None and _is_row(added) and len(found) == 1 and not instruction.kwargs
        if operand.call is not None and plain and added is not None:
            return self.leaves.stream(
                self._part(operand, found[0]), found[0].matrix, added.call, found[0].width
            )
        total = self.graph.cat([self._product(operand, each) for each in found])
        if added is None:
            return total
        shape = self.program.shapes[instruction.outs[0]]
        bias = broadcast_columns(self.graph, Laid(self._node(added), added.shape), shape)
        return add_products(self.graph, total, bias, **dict(instruction.kwargs))

    def _product(self, operand: Value, by: Factors) -> Node:
        """A concatenation is multiplied part by part, so that its inputs leave the loop."""
        if operand.call is not None:
            return self.leaves.stream(self._part(operand, by), by.matrix, None, by.width)
        if operand.parts:
            total, at = self.graph.const(0), 0
            for part in operand.parts:
                size = columns(part.shape)
                rows = Call(torch.narrow, (by.matrix, 0, at, size))
                mine = self._product(part, Factors(0, size, rows, by.width))
                total = self.graph.make("add", total, mine)
                at += size
            return total
        node = self.graph.slice(self._wide(operand), by.first, by.size)
        if node.op == "cat":
            parts, total = places(node), self.graph.const(0)
            for at, piece in parts:
                rows = Call(torch.narrow, (by.matrix, 0, at, piece.width))
                total = self.graph.make("add", total, self.leaves.product(piece, rows, by.width))
            return total
        return self.leaves.product(self.graph.spread(node, by.size), by.matrix, by.width)

    def _part(self, value: Value, by: Factors) -> Call:
        """The columns that are multiplied."""
        rows = self._by_row(value)
        whole = by.size == columns(value.shape)
        return rows if whole else Call(torch.narrow, (rows, 1, by.first, by.size))

    def _by_row(self, value: Value) -> Call:
        """What torch computes of the inputs, a row of columns for every row."""
        assert value.call is not None
        if value.by_row is None:
            plain = _is_plain(value.shape)
            value.by_row = value.call if plain else Call(in_rows, (value.call, *_axis(value.shape)))
        return value.by_row


def _is_plain(shape: Shape) -> bool:
    """Whether it is (N, columns)."""
    return len(shape) == 2 and shape[0] == Rows()


def _is_row(value: Value) -> bool:
    """Whether it comes from outside and is one row, as a bias is."""
    return value.kind == "outside" and columns(value.shape) == (value.shape or (1,))[-1]


def _leaf(value: Value) -> Laid:
    """Its columns, to try with."""
    return Laid(Graph().leaf("input", id(value), columns(value.shape)), value.shape)


def _fits(value: Value, shape: Shape) -> bool:
    """Whether it is broadcast to a shape without rows that meet."""
    try:
        broadcast_columns(Graph(), _leaf(value), shape)
    except CannotFuse:
        return False
    return True


def _again(instruction: Instruction) -> Callable[[Sequence[Tensor], int], Any]:
    """The instruction, of other tensors."""

    def run(tensors: Sequence[Tensor], count: int) -> Any:
        left = iter(tensors)

        def put(a: Any) -> Any:
            if isinstance(a, Ref):
                return next(left)
            return [put(each) for each in a] if isinstance(a, tuple) else with_rows(a, count)

        args = [put(a) for a in instruction.args]
        return instruction.function(*args, **{k: put(v) for k, v in instruction.kwargs})

    return run


def _axis(shape: Shape) -> tuple[int, int]:
    """Where the rows lie, and how many times their count the axis is long."""
    for i, n in enumerate(shape):
        if isinstance(n, Rows):
            return i, n.times
    raise CannotFuse("what is made of the inputs has no rows")


def _refs(value: Any) -> list[Ref]:
    if isinstance(value, Ref):
        return [value]
    return [r for v in value for r in _refs(v)] if isinstance(value, tuple) else []


def _counts(value: Any) -> bool:
    """Whether the number of rows is among the arguments."""
    return isinstance(value, Rows) or (isinstance(value, tuple) and any(map(_counts, value)))


def _name(function: Any) -> str:
    return function._schema.name.removeprefix("aten::")
