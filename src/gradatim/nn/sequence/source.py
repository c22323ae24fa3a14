"""The C source of a whole pass, forward and backward, from a step's graph.

A team of threads shares the batch: each takes its rows through the whole sequence, so nobody waits for anybody.
At each step a thread alternates between row programs (`emit`) and matrix products (BLAS).
"""

from dataclasses import dataclass, field

from gradatim.nn.sequence.derive import adjoints, together
from gradatim.nn.sequence.emit import Names, Store, leaves, pointer, rows
from gradatim.nn.sequence.graph import Node, places
from gradatim.nn.sequence.trace import Step

# Where row n of a buffer lies at step t: prev and next are the state's slots around t, now that of its gradient
PLACES = {
    "step": "(t * N + {n})", "product": "(t * N + {n})", "operand": "(t * N + {n})", "fixed": "{n}", "vector": "0",
    "state": "(prev * N + {n})", "new": "(next * N + {n})", "dout": "(t * N + {n})",
    "dstate": "(now * N + {n})", "dprev": "((1 - now) * N + {n})", "dproduct": "(t * N + {n})",
    "dstep": "(t * N + {n})", "doperand": "{n}", "dvector": "me",
}  # fmt: skip
SAME_MEMORY = {"new": "state", "dprev": "dstate"}  # other slots of the same buffer


@dataclass
class Pass:
    """One C function: its text, and the buffers it takes in order, each (kind, index)."""

    name: str
    text: str = ""
    buffers: list[tuple[str, int]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    constants: list[float] = field(default_factory=list)


class Source:
    """Both passes of a step, and what the gradient consists of."""

    def __init__(self, step: Step):
        self.step = step
        self.widths = self._widths()
        self.bare = [p.operand if self._is_state(p.operand) else None for p in step.products]
        self.alias: dict[int, int] = {p.onto: k for k, p in enumerate(step.products) if p.onto is not None}
        self.forward, self.backward = self._forward(), self._backward()

    def _is_state(self, node: Node) -> bool:
        """The whole of a state tensor, which lies in memory already."""
        whole = node.op == "leaf" and node.kind == "state" and node.offset == 0
        return whole and node.width == self.step.program.shapes[self._state_at(node.index)][-1]

    def _state_at(self, i: int) -> int:
        return self.step.program.steps + self.step.program.fixed + i

    def _widths(self) -> dict[tuple[str, int], int]:
        """Columns of every buffer."""
        s, p = self.step, self.step.program
        found = {("step", i): stream.width for i, stream in enumerate(s.streams)}
        found |= {("fixed", i): p.shapes[p.steps + i][-1] for i in range(p.fixed)}
        found |= {("vector", i): width for i, width in enumerate(s.vector_widths)}
        found |= {("state", i): p.shapes[self._state_at(i)][-1] for i in range(p.state)}
        for k, product in enumerate(s.products):
            found |= {("product", k): product.width, ("operand", k): product.operand.width}
        for kind, i in list(found):
            found[f"d{kind}", i] = found[kind, i]
        for i in range(p.state):
            found["new", i] = found["dprev", i] = found["state", i]
        found["dout", 0] = found["state", 0]
        return found

    # The passes

    def _forward(self) -> Pass:
        body = _Body(self, "forward")
        for k, product in enumerate(self.step.products):
            if self.bare[k] is None:
                body.rows([Store(f"operand{k}", at, v.width, v) for at, v in places(product.operand)], [])
            body.product(k)
        stores = [
            Store(f"new{i}", at, part.width, part)
            for i, new in enumerate(self.step.state)
            for at, part in places(new)
        ]
        body.rows(stores, [(f"new{i}", f"state{i}", self.widths["state", i]) for i in range(len(self.step.state))])
        return body.done()

    def _backward(self) -> Pass:
        found, step, g = self._gradients(), self.step, self.step.graph
        stores: list[Store] = []
        for (kind, i), pieces in found.items():
            if kind == "vector":
                stores += [Store(f"dvector{i}", at, d.width, d, add=True) for at, d in pieces]
            elif kind != "fixed":
                target = "dprev" if kind == "state" else f"d{kind}"
                whole = together(g, pieces, self.widths[kind, i])
                stores += [Store(f"{target}{i}", at, d.width, d) for at, d in whole]
        body = _Body(self, "backward")
        passing = {f"dprev{i}": i for i in range(len(step.state))}
        for phase in range(len(step.products), -1, -1):
            now = [s for s in stores if _phase(s, len(step.products)) == phase]
            still = [(f"dprev{i}", i) for t, i in passing.items() if any(s.target == t for s in now)]
            if now:
                body.rows(now, still)
            if phase and self.bare[phase - 1] is None:
                body.product_back(phase - 1)
        for k, operand in enumerate(self.bare):
            if operand is not None:
                body.product_back(k, onto=operand.index)
        return body.done()

    def _gradients(self) -> dict[tuple[str, int], list[tuple[int, Node]]]:
        """∂L/∂leaf for every leaf, given ∂L/∂new state and, for each product inside, ∂L/∂operand."""
        step, g, w = self.step, self.step.graph, self.widths
        seeds = []
        for i, new in enumerate(step.state):
            d = g.leaf("dstate", i, w["state", i])
            seeds.append((new, g.make("add", d, g.leaf("dout", 0, w["state", 0])) if i == 0 else d))
        for k, product in enumerate(step.products):
            if self.bare[k] is None:
                seeds.append((product.operand, g.leaf("doperand", k, w["operand", k])))
        found = adjoints(g, seeds)
        for i in range(len(step.state)):
            found.setdefault(("state", i), [])
        for k in range(len(step.products)):
            found.setdefault(("product", k), [])
        self._share(found)
        return found

    def _share(self, found: dict[tuple[str, int], list[tuple[int, Node]]]) -> None:
        """A stream whose gradient is that of a product needs no memory of its own."""
        for i, stream in enumerate(self.step.streams):
            mine = sorted((at, d.serial) for at, d in found.get(("step", i), []))
            for k, product in enumerate(self.step.products):
                theirs = sorted((at, d.serial) for at, d in found["product", k])
                if mine and mine == theirs and stream.width == product.width and i not in self.alias:
                    self.alias[i] = k
                    del found["step", i]


class _Body:
    """Collects the lines of one pass."""

    def __init__(self, source: Source, name: str):
        self.source, self.pass_, self.names = source, Pass(name), Names()
        self.lines: list[str] = []
        self.scratch: list[str] = ["1"]

    def rows(self, stores: list[Store], still: list[tuple[str, object]]) -> None:
        """A loop over the thread's rows; where the mask is false, stores are 0 and `still` passes through."""
        text, kept = rows(stores, self.names)
        targets = dict.fromkeys(s.target for s in stores)
        reads = {pointer(leaf): (leaf.kind, leaf.index) for leaf in leaves(stores)}
        self.scratch.append(" + ".join(self.names.size(w) for w in kept) or "0")
        for name in targets:
            self._buffer(_split(name))
        for place in reads.values():
            self._buffer(place)
        lines = [f"real *restrict {t} = {self._at(*_split(t))};" for t in targets]
        lines += [f"const real *restrict {name} = {self._at(*place)};" for name, place in reads.items()]
        lines += ["if (mask && !mask[t * N + n]) {", *self._idle(stores, still), "continue;", "}"]
        self.lines += ["for (long n = first; n < last; n++) {", *lines, text, "}"]

    def _idle(self, stores: list[Store], still: list[tuple[str, object]]) -> list[str]:
        lines = []
        for s in stores:
            if not s.add and not any(s.target == name for name, *_ in still):
                at = f"{s.target} + {self.names.size(s.offset)}"
                lines.append(f"memset({at}, 0, {self.names.size(s.width)} * sizeof(real));")
        for name, *rest in still:
            kind, i = _split(name)
            width = self.names.size(self.source.widths[kind, i])
            if kind == "new":
                lines.append(f"memcpy({name}, {self._at('state', i)}, {width} * sizeof(real));")
            else:
                out = f" + ({self._at('dout', 0)})[j]" if i == 0 else ""
                self._buffer(("dout", 0))
                lines.append(f"for (long j = 0; j < {width}; j++)")
                lines.append(f"  {name}[j] = ({self._at('dstate', i)})[j]{out};")
        return lines

    def product(self, k: int) -> None:
        """product ← operand · matrix, or + with `onto`."""
        source, p = self.source, self.source.step.products[k]
        bare = source.bare[k]
        a = self._first("operand", k) if bare is None else self._first("state", bare.index)
        self._multiply("matrix", k, a, p.operand.width, self._first("product", k), p.width, p.onto is not None)

    def product_back(self, k: int, onto: int | None = None) -> None:
        """doperand ← dproduct · matrixᵀ, or straight onto the state's gradient."""
        p = self.source.step.products[k]
        c = self._first("doperand", k) if onto is None else self._first("dprev", onto)
        d = self._first("dproduct", k)
        self._multiply("back", k, d, p.width, c, p.operand.width, onto is not None)

    def _multiply(self, kind: str, k: int, a: str, wide: int, c: str, out: int, add: bool) -> None:
        self._buffer(("matrix", k))
        i, o = self.names.size(wide), self.names.size(out)
        back = int(kind == "back")
        self.lines.append(
            f"multiply(gemm, last - first, {i}, {o}, {a}, {self._pointer('matrix', k)}, "
            f"turned[{k}] ^ {back}, lead[{k}], {int(add)}, {c});"
        )

    def _first(self, kind: str, i: int) -> str:
        self._buffer((kind, i))
        return f"({self._pointer(kind, i)} + {self._offset(kind, i, 'first')})"

    def _at(self, kind: str, i: int) -> str:
        return f"{self._pointer(kind, i)} + {self._offset(kind, i, 'n')}"

    def _offset(self, kind: str, i: int, n: str) -> str:
        return f"{PLACES[kind].format(n=n)} * {self.names.size(self.source.widths[kind, i])}"

    def _buffer(self, place: tuple[str, int]) -> int:
        place = (SAME_MEMORY.get(place[0], place[0]), place[1])
        if place not in self.pass_.buffers:
            self.pass_.buffers.append(place)
        return self.pass_.buffers.index(place)

    def _pointer(self, kind: str, i: int) -> str:
        return f"b[{self._buffer((kind, i))}]"

    def done(self) -> Pass:
        """The whole function."""
        p, back = self.pass_, self.pass_.name == "backward"
        p.sizes, p.constants = self.names.sizes, self.names.constants
        sizes = "".join(f"const long w{i} = sizes[{i}];\n" for i in range(len(p.sizes)))
        constants = "".join(f"const real c{i} = (real)constants[{i}];\n" for i in range(len(p.constants)))
        p.text = (_BACKWARD if back else _FORWARD).format(
            sizes=sizes, constants=constants, body="\n".join(self.lines),
            scratch="max(" * (len(self.scratch) - 1) + self.scratch[0]
            + "".join(f", {s})" for s in self.scratch[1:]),
        )  # fmt: skip
        return p


_HEAD = """
    {sizes}{constants}
    #pragma omp parallel num_threads(team) if(team > 1)
    {{
        const long me = MEMBER, of = MEMBERS, first = N * me / of, last = N * (me + 1) / of;
        real *scratch = malloc(sizeof(real) * ({scratch}));
"""
_FORWARD = (
    "\nvoid forward(" + "ARGUMENTS) {{" + _HEAD + """
        for (long s = 0; s < T; s++) {{
            const long t = reverse ? T - 1 - s : s, prev = t + reverse, next = t + 1 - reverse;
            {body}
        }}
        free(scratch);
    }}
}}
"""
)
_BACKWARD = (
    "\nvoid backward(" + "ARGUMENTS) {{" + _HEAD + """
        for (long s = T - 1; s >= 0; s--) {{
            const long t = reverse ? T - 1 - s : s, prev = t + reverse, next = t + 1 - reverse;
            const long now = (T - 1 - s) & 1;
            {body}
        }}
        free(scratch);
    }}
}}
"""
)


def _split(name: str) -> tuple[str, int]:
    kind = name.rstrip("0123456789")
    return kind, int(name[len(kind) :])


def _phase(s: Store, products: int) -> int:
    """After the products back down to which number the store can run: those whose doperand it reads."""
    read = [leaf.index for leaf in leaves([s]) if leaf.kind == "doperand"]
    return min(read, default=products)
