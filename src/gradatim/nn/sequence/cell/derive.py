"""Reverse mode on a step's expressions: from the gradient of the new state to that of every leaf."""

from itertools import pairwise

from gradatim.nn.sequence.cell.graph import Graph, Node, places, reachable
from gradatim.nn.sequence.cell.operations import OPERATIONS

Pieces = list[tuple[int, Node]]  # what is stored from which column on


def adjoints(g: Graph, seeds: list[tuple[Node, Node]]) -> dict[tuple[str, int], Pieces]:
    """∂L/∂leaf for every leaf that the seeds need, as pieces of (kind, index).

    A seed is a value and ∂L/∂value. Pieces may overlap: their sum is meant.
    """
    grads: dict[int, Node] = {}

    def give(to: Node, d: Node) -> None:
        if to.op == "const" or (d.op == "const" and d.value == 0):
            return
        if to.op == "cat":
            for at, part in places(to):
                give(part, g.slice(d, at, part.width))
            return
        if d.width > to.width:
            d = g.sum(d)
        had = grads.get(to.serial)
        grads[to.serial] = d if had is None else g.make("add", had, d)

    for value, d in seeds:
        give(value, d)
    found: dict[tuple[str, int], Pieces] = {}
    for node in reversed(reachable(value for value, _ in seeds)):
        if node.serial not in grads:
            continue
        d = g.spread(grads[node.serial], node.width)
        if node.op == "leaf":
            found.setdefault((node.kind, node.index), []).append((node.offset, d))
        elif node.op == "sum":
            give(node.args[0], d)
        elif node.op not in ("largest", "cat"):
            for a, part in zip(node.args, OPERATIONS[node.op].back(g, node, d), strict=True):
                if part is not None:
                    give(a, part)
    return found


def together(g: Graph, pieces: Pieces, width: int) -> Pieces:
    """The same gradient without overlaps or gaps, from column 0 to the last."""
    cuts = sorted({0, width} | {at for at, _ in pieces} | {at + p.width for at, p in pieces})
    done = []
    for low, high in pairwise(cuts):
        total = g.const(0)
        for at, piece in pieces:
            if at <= low and high <= at + piece.width:
                total = g.make("add", total, g.slice(piece, low - at, high - low))
        done.append((low, g.spread(total, high - low)))
    return done
