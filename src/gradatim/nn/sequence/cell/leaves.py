"""What a step's expressions begin with: streams and vectors from in front of the loop, products inside it."""

from dataclasses import dataclass
from typing import Any

from gradatim.nn.sequence.cell.graph import Graph, Node
from gradatim.nn.sequence.cell.merge import merge, pairs
from gradatim.nn.sequence.cell.value import Call


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


class Leaves:
    """The streams, vectors and products of a step, each once."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.products: list[Product] = []
        self.streams: list[Stream] = []
        self.vectors: list[Call] = []
        self.vector_widths: list[int] = []
        self._streamed: dict[Any, int] = {}
        self._produced: dict[int, int] = {}

    def vector(self, call: Call, width: int) -> Node:
        """A row that is the same at every step."""
        self.vectors.append(call)
        self.vector_widths.append(width)
        return self.graph.leaf("vector", len(self.vectors) - 1, width)

    def stream(self, operand: Call, matrix: Call | None, bias: Call | None, width: int) -> Node:
        """What is computed for all steps at once; the products of one operand are one."""
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

    def product(self, operand: Node, matrix: Call, width: int) -> Node:
        """Products of one operand are one product with the matrices side by side."""
        k = self._produced.setdefault(operand.serial, len(self.products))
        if k == len(self.products):
            self.products.append(Product(operand, [], 0))
        product = self.products[k]
        product.matrices.append(matrix)
        product.width += width
        return self.graph.leaf("product", k, width, product.width - width)

    def merged(self, state: list[Node]) -> list[Node]:
        """The new state, where BLAS adds a product to its stream if nothing else is made of either."""
        roots = [*state, *(p.operand for p in self.products)]
        streams = {i: s.width for i, s in enumerate(self.streams) if s.matrices}
        found = pairs(roots, [p.width for p in self.products], streams)
        made = merge(self.graph, roots, found)
        for k, product in enumerate(self.products):
            product.operand, product.onto = made[product.operand.serial], found.get(k)
        return [made[s.serial] for s in state]
