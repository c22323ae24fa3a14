"""Both passes of a step, and where the gradient of each of its inputs comes to lie."""

from gradatim.nn.sequence.cell.count import columns
from gradatim.nn.sequence.cell.derive import Pieces, adjoints, together
from gradatim.nn.sequence.cell.graph import Node, places
from gradatim.nn.sequence.cell.step import Step
from gradatim.nn.sequence.fused.pass_program import Multiply, Place, Rows, Store, Turn, leaves


class Passes:
    """The turns of each pass. `bare[k]` is the state that product k multiplies as it is, if it does."""

    def __init__(self, step: Step):
        self.step = step
        self.widths = self._widths()
        self.bare = [self._state_of(p.operand) for p in step.products]
        # Streams whose gradient is that of a product, and needs no memory of its own
        self.alias = {p.onto: k for k, p in enumerate(step.products) if p.onto is not None}
        self.forward, self.backward = self._forward(), self._backward()

    def _state_of(self, node: Node) -> int | None:
        """The number of the state that a node is the whole of, for it lies in memory already."""
        whole = node.op == "leaf" and node.kind == "state" and node.width == self.widths["state", node.index]
        return node.index if whole else None

    def _widths(self) -> dict[Place, int]:
        """Columns of every buffer."""
        s, p = self.step, self.step.program
        shapes = p.shapes[p.steps :]
        found = {("step", i): stream.width for i, stream in enumerate(s.streams)}
        found |= {("fixed", i): columns(shapes[i]) for i in range(p.fixed)}
        found |= {("vector", i): width for i, width in enumerate(s.vector_widths)}
        found |= {("state", i): columns(shapes[p.fixed + i]) for i in range(p.state)}
        for k, product in enumerate(s.products):
            found |= {("product", k): product.width, ("operand", k): product.operand.width}
        found |= {(f"d{kind}", i): width for (kind, i), width in found.items()}
        for i in range(p.state):
            found["new", i] = found["dprev", i] = found["state", i]
        return found | {("dout", 0): found["state", 0]}

    def _forward(self) -> list[Turn]:
        turns: list[Turn] = []
        for k, product in enumerate(self.step.products):
            state = self.bare[k]
            if state is None:
                stores = [Store(f"operand{k}", at, v.width, v) for at, v in places(product.operand)]
                turns.append(Rows(stores, []))
            operand = ("operand", k) if state is None else ("state", state)
            turns.append(Multiply(k, operand, ("product", k), back=False, add=product.onto is not None))
        states = list(enumerate(self.step.state))
        stores = [Store(f"new{i}", at, v.width, v) for i, new in states for at, v in places(new)]
        return [*turns, Rows(stores, [f"new{i}" for i, _ in states])]

    def _backward(self) -> list[Turn]:
        """Row programs run as soon as the gradients that they read are there, products after their own."""
        turns: list[Turn] = []
        count, stores = len(self.step.products), self._stores()
        for done in range(count, -1, -1):
            now = [s for s in stores if _after(s, count) == done]
            if now:
                still = [t for t in dict.fromkeys(s.target for s in now) if t.startswith("dprev")]
                turns.append(Rows(now, still))
            if done and self.bare[done - 1] is None:
                k = done - 1
                turns.append(Multiply(k, ("dproduct", k), ("doperand", k), back=True, add=False))
        for k, state in enumerate(self.bare):
            if state is not None:
                turns.append(Multiply(k, ("dproduct", k), ("dprev", state), back=True, add=True))
        return turns

    def _stores(self) -> list[Store]:
        """Every gradient that the backward pass stores or adds up, each column once."""
        stores = []
        for (kind, i), pieces in self._gradients().items():
            if kind == "fixed":
                continue
            target = {"state": "dprev"}.get(kind, f"d{kind}")
            for at, d in together(self.step.graph, pieces, self.widths[kind, i]):
                if kind != "vector" or not _is_zero(d):
                    stores.append(Store(f"{target}{i}", at, d.width, d, add=kind == "vector"))
        return stores

    def _gradients(self) -> dict[Place, Pieces]:
        """∂L/∂leaf for every leaf, given ∂L/∂new state and, for each product inside, ∂L/∂operand."""
        step, g, w = self.step, self.step.graph, self.widths
        seeds = [(new, g.leaf("dstate", i, w["state", i])) for i, new in enumerate(step.state)]
        first, d = seeds[0]
        seeds[0] = first, g.make("add", d, g.leaf("dout", 0, w["state", 0]))
        for k, product in enumerate(step.products):
            if self.bare[k] is None:
                seeds.append((product.operand, g.leaf("doperand", k, w["operand", k])))
        found = adjoints(g, seeds)
        for place in [("state", i) for i in range(len(step.state))]:
            found.setdefault(place, [])
        for place in [("product", k) for k in range(len(step.products))]:
            found.setdefault(place, [])
        for i, stream in enumerate(step.streams):
            mine = _listed(found.get(("step", i), []))
            for k, product in enumerate(step.products):
                same = mine and mine == _listed(found["product", k]) and stream.width == product.width
                if same and i not in self.alias:
                    self.alias[i] = k
                    del found["step", i]
        return found


def _is_zero(d: Node) -> bool:
    return d.value == 0 if d.op == "const" else d.op == "spread" and _is_zero(d.args[0])


def _listed(pieces: Pieces) -> list[tuple[int, int]]:
    return sorted((at, d.serial) for at, d in pieces)


def _after(s: Store, count: int) -> int:
    """The last product whose operand's gradient a store reads; `count` if none."""
    return min((leaf.index for leaf in leaves([s]) if leaf.kind == "doperand"), default=count)
