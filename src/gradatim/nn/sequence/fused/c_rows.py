"""C for the rows of a step: one loop over the columns, and one more for every sum that is waited for."""

from gradatim.nn.sequence.cell.graph import Node, reachable
from gradatim.nn.sequence.cell.operations import OPERATIONS
from gradatim.nn.sequence.fused.pass_program import Store, buffer_name

PLAIN = {value: f"(real){value:g}" for value in (0.0, 0.5, 1.0, 2.0)}  # in the text itself
SUMS = ("sum", "largest")


class Names:
    """The numbers a text depends on, by name, so that one text serves every size."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.constants: list[float] = []

    def size(self, n: int) -> str:
        """The name of a width or an offset."""
        if n == 0:
            return "0"
        if n not in self.sizes:
            self.sizes.append(n)
        return f"w{self.sizes.index(n)}"

    def constant(self, value: float) -> str:
        """The text of a number."""
        if value in PLAIN:
            return PLAIN[value]
        if value not in self.constants:
            self.constants.append(value)
        return f"c{self.constants.index(value)}"


def rows(stores: list[Store], names: Names) -> tuple[str, list[int]]:
    """The text that computes the stores for one row, and the widths of the scratch rows it needs."""
    return _Row(stores, names).text()


class _Row:
    def __init__(self, stores: list[Store], names: Names):
        self.stores, self.names = stores, names
        self.nodes = reachable(s.value for s in stores)
        self.level: dict[int, int] = {}
        for node in self.nodes:
            after = [self.level[a.serial] + (a.op in SUMS) for a in node.args]
            self.level[node.serial] = max(after, default=0)
        self.kept = self._crossing()

    def text(self) -> tuple[str, list[int]]:
        lines = [
            f"real *restrict k{node.serial} = scratch + {self._before(i)};"
            for i, node in enumerate(self.kept)
        ]
        for level in range(max(self.level.values(), default=0) + 2):
            lines += self._scalars(level)
            widths = {n.args[0].width for n in self.nodes if n.op in SUMS and self.level[n.serial] == level}
            widths |= {n.width for n in self.kept if self.level[n.serial] == level}
            widths |= {s.width for s in self.stores if s.width > 1 and self._at(s.value) == level}
            for width in sorted(widths):
                lines += self._loop(level, width)
        return "\n".join(lines), [node.width for node in self.kept]

    def _at(self, node: Node) -> int:
        """The level at which a value can be used; a sum's argument is added up one level below."""
        return self.level[node.serial] + (node.op in SUMS)

    def _before(self, i: int) -> str:
        return " + ".join([self.names.size(n.width) for n in self.kept[:i]]) or "0"

    def _crossing(self) -> list[Node]:
        """Wide values that a later loop needs again, and that are not quickly made again."""
        found: dict[int, Node] = {}
        for node in self.nodes:
            for a in node.args:
                if _computed(a) and not _quick(a) and self.level[a.serial] != self.level[node.serial]:
                    found[a.serial] = a
        return list(found.values())

    def _scalars(self, level: int) -> list[str]:
        lines = []
        for node in self.nodes:
            if node.width == 1 and node.op not in ("const", *SUMS) and self.level[node.serial] == level:
                lines.append(f"const real v{node.serial} = {self._expression(node)};")
        for s in self.stores:
            if s.width == 1 and self._at(s.value) == level:
                sign = "+=" if s.add else "="
                lines.append(f"{s.target}[{self.names.size(s.offset)}] {sign} {self._used(s.value)};")
        return lines

    def _loop(self, level: int, width: int) -> list[str]:
        sums = [
            n for n in self.nodes
            if n.op in SUMS and self.level[n.serial] == level and n.args[0].width == width
        ]  # fmt: skip
        stores = [s for s in self.stores if s.width == width and s.width > 1 and self._at(s.value) == level]
        kept = [n for n in self.kept if n.width == width and self.level[n.serial] == level]
        starts = [f"real v{n.serial} = {'0' if n.op == 'sum' else '-INFINITY'};" for n in sums]
        plus = ", ".join(f"v{n.serial}" for n in sums if n.op == "sum")
        top = ", ".join(f"v{n.serial}" for n in sums if n.op == "largest")
        pragma = "#pragma omp simd"
        pragma += f" reduction(+:{plus})" if plus else ""
        pragma += f" reduction(max:{top})" if top else ""
        lines = [*starts, pragma, f"for (long j = 0; j < {self.names.size(width)}; j++) {{"]
        roots = [*(n.args[0] for n in sums), *(s.value for s in stores), *kept]
        for n in self._demanded(roots, level):
            ready = any(n is k for k in self.kept) and self.level[n.serial] < level
            value = f"k{n.serial}[j]" if ready else self._expression(n)
            lines.append(f"  const real v{n.serial} = {value};")
        lines += [f"  k{n.serial}[j] = v{n.serial};" for n in kept]
        for n in sums:
            v, a = f"v{n.serial}", self._used(n.args[0])
            lines.append(f"  {v} = {v} + {a};" if n.op == "sum" else f"  {v} = {v} > {a} ? {v} : {a};")
        for s in stores:
            at = f"{s.target}[{self.names.size(s.offset)} + j]"
            lines.append(f"  {at} {'+=' if s.add else '='} {self._used(s.value)};")
        return [*lines, "}"]

    def _demanded(self, roots: list[Node], level: int) -> list[Node]:
        """What a loop computes or loads, in order; values kept by earlier loops end the search."""
        found: dict[int, Node] = {}
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if not _computed(node) or node.serial in found:
                continue
            found[node.serial] = node
            if not (any(node is k for k in self.kept) and self.level[node.serial] < level):
                waiting += node.args
        return [found[serial] for serial in sorted(found)]

    def _used(self, node: Node) -> str:
        """A value where it is used: a wide leaf is read there and then."""
        if node.op == "const":
            return self.names.constant(node.value)
        if node.op == "spread":
            return self._used(node.args[0])
        if node.op == "leaf" and node.width > 1:
            return f"{buffer_name(node)}[{self.names.size(node.offset)} + j]"
        return f"v{node.serial}"

    def _expression(self, node: Node) -> str:
        if node.op == "leaf":
            return f"{buffer_name(node)}[{self.names.size(node.offset)}]"
        return OPERATIONS[node.op].text.format(*map(self._used, node.args))


def _computed(node: Node) -> bool:
    """A wide value that is not read straight from memory or spread from one number."""
    return node.width > 1 and node.op not in ("leaf", "spread")


def _quick(node: Node) -> bool:
    """One arithmetic operation on stored values."""
    return node.op in ("add", "sub", "mul", "neg") and not any(_computed(a) for a in node.args)
