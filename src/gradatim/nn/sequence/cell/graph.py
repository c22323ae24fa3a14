"""A step's mathematics as expressions over rows: slices sink to the leaves, concatenations rise to the top.

Every value is one row per sequence and `width` columns; width 1 is spread over wider ones, as in NumPy. In
this form a whole step needs no loops but one over a row's columns and one for each sum it waits for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradatim.nn.sequence.cell.operations import FOLDS


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One value: a constant, a leaf, a concatenation at the top, a sum over the columns, or an operation.

    A leaf is `width` columns from `offset` of something stored: `kind` (step, fixed, vector, state, product,
    or a gradient's) and `index` say what.
    """

    serial: int
    op: str
    args: tuple["Node", ...]
    width: int
    value: float = 0.0
    kind: str = ""
    index: int = 0
    offset: int = 0


class Graph:
    """Makes nodes; equal ones are one node. `eps` is the precision of their numbers."""

    def __init__(self, eps: float = 0.0) -> None:
        self.eps = eps
        self._made: dict[tuple, Node] = {}

    def const(self, value: float) -> Node:
        """A number."""
        return self._node("const", (), 1, value=float(value))

    def leaf(self, kind: str, index: int, width: int, offset: int = 0) -> Node:
        """Columns of something stored."""
        return self._node("leaf", (), width, kind=kind, index=index, offset=offset)

    def make(self, op: str, *args: Node) -> Node:
        """op(args), simplified. Raises ValueError for widths that do not fit together."""
        width = max(a.width for a in args)
        if any(a.width not in (1, width) for a in args):
            raise ValueError(f"widths {[a.width for a in args]} do not fit together")
        risen = next((a for a in args if a.op == "cat" and a.width == width), None)
        if risen is not None:
            return self.cat(
                [
                    self.spread(self.make(op, *(self.slice(a, at, part.width) for a in args)), part.width)
                    for at, part in places(risen)
                ]
            )
        return self._folded(op, args) or self._node(op, args, width)

    def sum(self, a: Node) -> Node:
        """Σ over the columns."""
        if a.op == "cat":
            total = self.const(0)
            for part in a.args:
                total = self.make("add", total, self.sum(part))
            return total
        return a if a.width == 1 else self._node("sum", (a,), 1)

    def largest(self, a: Node) -> Node:
        """The largest of the columns, taken as a constant by the derivative."""
        if a.op == "cat":
            parts = [self.largest(part) for part in a.args]
            top = parts[0]
            for part in parts[1:]:
                top = self.make("max", top, part)
            return top
        return a if a.width == 1 else self._node("largest", (a,), 1)

    def cat(self, parts: Sequence[Node]) -> Node:
        """Side by side; there is no concatenation inside one."""
        flat = tuple(p for part in parts for p in (part.args if part.op == "cat" else (part,)))
        return flat[0] if len(flat) == 1 else self._node("cat", flat, sum(p.width for p in flat))

    def slice(self, a: Node, offset: int, width: int) -> Node:
        """Columns offset … offset + width − 1; of a value of width 1, that value."""
        if a.width == 1 or (offset == 0 and width == a.width):
            return a
        if a.op == "leaf":
            return self.leaf(a.kind, a.index, width, a.offset + offset)
        if a.op == "spread":
            return self.spread(a.args[0], width)
        if a.op != "cat":
            return self.make(a.op, *(self.slice(b, offset, width) for b in a.args))
        cut = []
        for at, part in places(a):
            low, high = max(offset, at), min(offset + width, at + part.width)
            if low < high:
                cut.append(self.spread(self.slice(part, low - at, high - low), high - low))
        return self.cat(cut)

    def spread(self, a: Node, width: int) -> Node:
        """A value of width 1 as one of `width` columns."""
        return a if a.width == width else self._node("spread", (a,), width)

    def _folded(self, op: str, args: tuple[Node, ...]) -> Node | None:
        """A simpler node with the same value, if there is one."""
        found = FOLDS.get(op, lambda *_: None)(*[a.value if a.op == "const" else None for a in args])
        if found is None:
            return None
        kind, value = found
        if kind == "const":
            return self.const(value)
        if kind == "neg":
            return self.make("neg", args[value])
        wide = max(a.width for a in args)
        return self.spread(args[value], wide) if args[value].width < wide else args[value]

    def _node(
        self, op: str, args: tuple[Node, ...], width: int, value: float = 0.0, kind: str = "",
        index: int = 0, offset: int = 0,
    ) -> Node:  # fmt: skip
        key = (op, tuple(a.serial for a in args), width, value, kind, index, offset)
        if key not in self._made:
            self._made[key] = Node(len(self._made), op, args, width, value, kind, index, offset)
        return self._made[key]


def places(a: Node) -> list[tuple[int, Node]]:
    """The parts of a concatenation with their offsets; of any other node, itself at 0."""
    found, at = [], 0
    for part in a.args if a.op == "cat" else (a,):
        found.append((at, part))
        at += part.width
    return found


def reachable(roots: Iterable[Node]) -> list[Node]:
    """Every node that the roots need, arguments before their users."""
    found: dict[int, Node] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.serial not in found:
            found[node.serial] = node
            waiting += node.args
    return [found[serial] for serial in sorted(found)]
