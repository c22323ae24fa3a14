"""A recorded step, taken apart: what leaves the loop, the products inside it, the expressions of the rest.

There are three kinds of value: `outside` ones depend on captured tensors only; `input` ones on the inputs of
the step too, so a product of them is done for all steps at once; `loop` ones on the state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from gradatim.nn.sequence.cell.graph import Graph, Node, places
from gradatim.nn.sequence.cell.merge import merged, pairs
from gradatim.nn.sequence.cell.record import CannotFuse, Instruction, Program, Ref
from gradatim.nn.sequence.cell.translate import TRANSLATE

aten = torch.ops.aten
READERS = (aten._local_scalar_dense.default, aten.equal.default, aten.is_nonzero.default)
PRODUCTS = (aten.mm.default, aten.addmm.default)


@dataclass(frozen=True, eq=False)
class Call:
    """A value that torch computes outside the loop: an instruction's output, something given or captured."""

    function: Any  # "given" and "captured" name what is there
    args: tuple = ()  # Calls among them
    kwargs: tuple[tuple[str, Any], ...] = ()
    out: int = 0


@dataclass(eq=False)
class Value:
    """One value of the program, as far as it is needed: by torch, and as a node of the loop."""

    kind: str
    shape: tuple[int, ...]
    call: Call | None = None
    node: Node | None = None
    parts: list["Value"] = field(default_factory=list)  # of a concatenation
    source: tuple[Instruction, int] | None = None


@dataclass
class Product:
    """operand · [matrices, side by side], inside the loop; added to stream `onto`, if any."""

    operand: Node
    matrices: list[Call]
    width: int
    onto: int | None = None


@dataclass
class Stream:
    """Something computed for all steps at once: an input, or its product with matrices, plus biases."""

    operand: Call
    matrices: list[Call]
    biases: list[Call | None]
    width: int


class Step:
    """A step's graph: the new state as nodes, and what its leaves are."""

    def __init__(self, program: Program):
        self.program, self.graph = program, Graph()
        self.products: list[Product] = []
        self.streams: list[Stream] = []
        self.vectors: list[Call] = []
        self.vector_widths: list[int] = []
        self._streamed: dict[Any, int] = {}
        self._produced: dict[int, int] = {}
        self._vectored: dict[int, Node] = {}
        self._values: dict[int, Value] = {}
        self._read()
        self.state = [self._wide(i) for i in program.result]
        self._merge()

    # Reading the program

    def _read(self) -> None:
        p = self.program
        for i in range(p.steps):
            self._values[i] = Value("input", p.shapes[i], Call("given", (i,)))
        for kind, start, count in (("fixed", p.steps, p.fixed), ("state", p.steps + p.fixed, p.state)):
            for i in range(count):
                leaf = self.graph.leaf(kind, i, p.shapes[start + i][-1])
                self._values[start + i] = Value("loop", p.shapes[start + i], node=leaf)
        for at, i in enumerate(p.captured):
            self._values[i] = Value("outside", p.shapes[i], Call("captured", (at,)))
        for instruction in p.instructions:
            self._instruct(instruction)

    def _instruct(self, instruction: Instruction) -> None:
        function = instruction.function
        refs = [self._values[r.index] for r in _refs((instruction.args, instruction.kwargs))]
        kinds = {v.kind for v in refs}
        kind = "loop" if "loop" in kinds else "input" if "input" in kinds else "outside"
        if kind != "outside" and function in READERS:
            raise CannotFuse("what the cell does depends on the numbers it is given")
        calls = kind == "outside" or (kind == "input" and self._by_row(instruction))
        for out, number in enumerate(instruction.outs):
            value = Value(kind, self.program.shapes[number], source=(instruction, out))
            if calls and all(v.call for v in refs):
                args, kwargs = self._called(instruction.args), self._called(instruction.kwargs)
                value.call = Call(function, args, kwargs, out)
            self._values[number] = value
        if function is aten.cat.default and kind != "outside":
            value.parts = [self._values[r.index] for r in instruction.args[0]]
        if kind == "loop":
            self._node(value)  # in the program's order, which is that of the products

    def _by_row(self, instruction: Instruction) -> bool:
        """Whether it treats every row alike, so that it may be done for the rows of all steps at once."""
        if self._is_product(instruction):
            bias = [self._values[r.index] for r in _refs(instruction.args[:-2])]
            return all(b.kind == "outside" and _is_row(b.shape) for b in bias)
        g = Graph()

        def leaf(a: Any) -> Any:
            if not isinstance(a, Ref):
                return tuple(map(leaf, a)) if isinstance(a, tuple) else a
            value = self._values[a.index]
            if value.kind == "outside" and not _is_row(value.shape):
                raise CannotFuse("not a row")
            return g.leaf("input", a.index, value.shape[-1] if value.shape else 1)

        try:
            if instruction.function is aten.cat.default:
                return instruction.args[1:] in ((1,), (-1,)) and bool(leaf(instruction.args[0]))
            self._apply(g, instruction, leaf)
        except CannotFuse:
            return False
        return True

    def _is_product(self, instruction: Instruction) -> bool:
        """Rows times a matrix from outside."""
        if instruction.function not in PRODUCTS:
            return False
        return self._values[instruction.args[-1].index].kind == "outside"

    def _called(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self._values[value.index].call
        return tuple(self._called(v) for v in value) if isinstance(value, tuple) else value

    # Values as nodes

    def _node(self, value: Value) -> Node:
        if value.node is None:
            if value.kind == "outside" and value.call is not None:
                value.node = self._vector(value)
            elif value.call is not None and value.call.function == "given":
                value.node = self._stream(value.call, None, None, value.shape[-1])
            else:
                assert value.source is not None
                value.node = self._translate(*value.source)
        return value.node

    def _translate(self, instruction: Instruction, out: int) -> Node:
        function, args = instruction.function, instruction.args
        if self._is_product(instruction):
            return self._multiply(instruction)
        if function is aten.cat.default:
            if len(args) < 2 or args[1] not in (1, -1):
                raise CannotFuse("rows are never cut or joined along the batch")
            return self.graph.cat([self._wide(r.index) for r in args[0]])
        made = self._apply(self.graph, instruction, self._argument)
        node = made[out] if isinstance(made, list) else made
        number = instruction.outs[out]
        shape, dtype = self.program.shapes[number], self.program.dtypes[number]
        if dtype not in (self.program.dtypes[0], torch.bool):
            raise CannotFuse(f"{_name(function)} makes {dtype} of {self.program.dtypes[0]}")
        if len(shape) != 2 or node.width not in (1, shape[1]):
            raise CannotFuse(f"{_name(function)} makes a tensor of shape {shape}; rows have two axes")
        return node

    def _apply(self, g: Graph, instruction: Instruction, argument: Callable[[Any], Any]) -> Any:
        """An instruction's node or nodes, given its arguments' nodes."""
        function = instruction.function
        if function not in TRANSLATE:
            raise CannotFuse(f"{_name(function)} has no fused form")
        kwargs = {k: argument(v) for k, v in instruction.kwargs if k not in HOW}
        try:
            return TRANSLATE[function](g, *map(argument, instruction.args), **kwargs)
        except (ValueError, TypeError, AttributeError) as error:
            raise CannotFuse(f"{_name(function)} is used in a way that has no fused form: {error}") from error

    def _argument(self, a: Any) -> Any:
        return self._node(self._values[a.index]) if isinstance(a, Ref) else a

    def _wide(self, index: int) -> Node:
        value = self._values[index]
        return self.graph.spread(self._node(value), value.shape[-1])

    def _vector(self, value: Value) -> Node:
        assert value.call is not None
        if not _is_row(value.shape):
            raise CannotFuse(f"a tensor of shape {value.shape} from outside is not one row")
        made = self._vectored.get(id(value.call))
        if made is None:
            width = value.shape[-1] if value.shape else 1
            made = self.graph.leaf("vector", len(self.vectors), width)
            self.vector_widths.append(width)
            self.vectors.append(value.call)
            self._vectored[id(value.call)] = made
        return made

    # Products

    def _multiply(self, instruction: Instruction) -> Node:
        bias = instruction.args[0] if instruction.function is aten.addmm.default else None
        if bias is not None and instruction.kwargs:
            raise CannotFuse("addmm with alpha or beta has no fused form")
        operand, matrix = (self._values[r.index] for r in instruction.args[-2:])
        assert matrix.call is not None
        added = self._values[bias.index] if bias is not None else None
        if operand.call is not None and (added is None or (added.kind == "outside" and _is_row(added.shape))):
            return self._stream(operand.call, matrix.call, added.call if added else None, matrix.shape[1])
        total = self._product(operand, matrix.call, matrix.shape[1])
        return total if added is None else self.graph.make("add", total, self._node(added))

    def _product(self, operand: Value, matrix: Call, width: int) -> Node:
        """A concatenation is multiplied part by part, so that its inputs leave the loop."""
        if operand.call is not None:
            return self._stream(operand.call, matrix, None, width)
        if operand.parts:
            total, at = self.graph.const(0), 0
            for part in operand.parts:
                rows = Call(torch.narrow, (matrix, 0, at, part.shape[1]))
                total = self.graph.make("add", total, self._product(part, rows, width))
                at += part.shape[1]
            return total
        node = self.graph.spread(self._node(operand), operand.shape[1])
        if node.op == "cat":
            parts, total = places(node), self.graph.const(0)
            for at, piece in parts:
                rows = Call(torch.narrow, (matrix, 0, at, piece.width))
                total = self.graph.make("add", total, self._produce(piece, rows, width))
            return total
        return self._produce(node, matrix, width)

    def _produce(self, operand: Node, matrix: Call, width: int) -> Node:
        """Products of one operand are one product with the matrices side by side."""
        k = self._produced.setdefault(operand.serial, len(self.products))
        if k == len(self.products):
            self.products.append(Product(operand, [], 0))
        product = self.products[k]
        product.matrices.append(matrix)
        product.width += width
        return self.graph.leaf("product", k, width, product.width - width)

    def _stream(self, operand: Call, matrix: Call | None, bias: Call | None, width: int) -> Node:
        key = (operand.function, operand.args) if operand.function == "given" else id(operand)
        k = self._streamed.setdefault((key, matrix is None), len(self.streams))
        if k == len(self.streams):
            self.streams.append(Stream(operand, [], [], 0))
        stream = self.streams[k]
        if matrix is None:
            stream.width = width
            return self.graph.leaf("step", k, width)
        stream.matrices.append(matrix)
        stream.biases.append(bias)
        stream.width += width
        return self.graph.leaf("step", k, width, stream.width - width)

    def _merge(self) -> None:
        """Let BLAS add a product to its stream, where nothing else is made of either."""
        roots = [*self.state, *(p.operand for p in self.products)]
        streams = {i: s.width for i, s in enumerate(self.streams) if s.matrices}
        found = pairs(roots, [p.width for p in self.products], streams)
        made = merged(self.graph, roots, found)
        self.state = [made[s.serial] for s in self.state]
        for k, product in enumerate(self.products):
            product.operand, product.onto = made[product.operand.serial], found.get(k)


HOW = ("dtype", "layout", "device", "pin_memory", "memory_format")  # said by …_like, and nothing to compute


def _is_row(shape: tuple[int, ...]) -> bool:
    """One number, or one row of them."""
    return len(shape) < 2 or (len(shape) == 2 and shape[0] == 1)


def _refs(value: Any) -> list[Ref]:
    if isinstance(value, Ref):
        return [value]
    return [r for v in value for r in _refs(v)] if isinstance(value, tuple) else []


def _name(function: Any) -> str:
    return function._schema.name.removeprefix("aten::")
