"""A product that is only ever added to a stream: BLAS adds it where the stream lies."""

from gradatim.nn.sequence.cell.graph import Graph, Node, places, reachable

Place = tuple[str, int]
ALONE = ("", -1)  # a use that is not the sum of the two


def partners(roots: list[Node]) -> dict[Place, set[Place]]:
    """For every stored thing, what it is added to, column for column, wherever it is used."""
    found: dict[Place, set[Place]] = {}

    def note(leaf: Node, other: Place) -> None:
        if leaf.op == "leaf":
            found.setdefault((leaf.kind, leaf.index), set()).add(other)

    for root in roots:
        for _, part in places(root):
            note(part, ALONE)
    for node in reachable(roots):
        for i, a in enumerate(node.args):
            b = node.args[1 - i] if node.op == "add" else a
            fits = b is not a and b.op == "leaf" and (a.offset, a.width) == (b.offset, b.width)
            note(a, (b.kind, b.index) if fits else ALONE)
    return found


def pairs(roots: list[Node], products: list[int], streams: dict[int, int]) -> dict[int, int]:
    """Product → stream, where every use of either is their sum; given the widths of both."""
    found, uses = {}, partners(roots)
    for k, width in enumerate(products):
        mine = uses.get(("product", k), set())
        kind, i = next(iter(mine)) if len(mine) == 1 else ALONE
        if kind == "step" and streams.get(i) == width and uses[kind, i] == {("product", k)}:
            found[k] = i
    return found


def merge(g: Graph, roots: list[Node], found: dict[int, int]) -> dict[int, Node]:
    """Every node by its serial, with each such sum replaced by the product's leaf."""
    made: dict[int, Node] = {}
    for node in reachable(roots):
        args = [made[a.serial] for a in node.args]
        product = next((a for a in node.args if a.op == "leaf" and a.kind == "product"), None)
        if node.op == "add" and product is not None and product.index in found:
            made[node.serial] = product
        elif node.op in ("leaf", "const"):
            made[node.serial] = node
        elif node.op == "cat":
            made[node.serial] = g.cat(args)
        elif node.op == "spread":
            made[node.serial] = g.spread(args[0], node.width)
        elif node.op == "sum":
            made[node.serial] = g.sum(args[0])
        elif node.op == "largest":
            made[node.serial] = g.largest(args[0])
        else:
            made[node.serial] = g.make(node.op, *args)
    return made
