"""The text of one pass: a loop over the steps in which row programs and matrix products take turns.

At each step a team of threads alternates between row programs, of which each thread takes its rows, and
matrix products, of which each takes its columns: so it reads its part of the matrix only, which stays in its
cache. They wait for each other where one kind of work follows the other.
"""

from dataclasses import dataclass, field

from gradatim.nn.sequence.emit import Names, Store, leaves, pointer, rows

# Row n of a buffer at step t; prev and next are the slots of the state around t, now is that of its gradient
PLACES = {
    "step": "(t * N + {n})", "product": "(t * N + {n})", "operand": "(t * N + {n})",
    "fixed": "{n}", "vector": "0",
    "state": "(prev * N + {n})", "new": "(next * N + {n})", "dout": "(t * N + {n})",
    "dstate": "(now * N + {n})", "dprev": "((1 - now) * N + {n})", "dproduct": "(t * N + {n})",
    "dstep": "(t * N + {n})", "doperand": "{n}", "dvector": "me",
}  # fmt: skip
SAME_MEMORY = {"new": "state", "dprev": "dstate"}  # other slots of the same buffer
WAIT = "if (of > 1) {\n#pragma omp barrier\n}"
SHAPE = """
void %(name)s(ARGUMENTS) {
%(numbers)s
#pragma omp parallel num_threads(team) if(team > 1)
{
const long me = MEMBER, of = MEMBERS, first = N * me / of, last = N * (me + 1) / of;
real *scratch = malloc(sizeof(real) * (%(scratch)s));
for (long i = 0; i < T; i++) {
const long s = %(order)s, t = reverse ? T - 1 - s : s, prev = t + reverse, next = t + 1 - reverse;
const long now = i & 1;
%(body)s
}
free(scratch);
}
}
"""


@dataclass
class Pass:
    """One C function: its text, the buffers it takes in order, each (kind, index), and the numbers."""

    name: str
    text: str = ""
    buffers: list[tuple[str, int]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    constants: list[float] = field(default_factory=list)


class Body:
    """Collects the lines of one pass; `widths` has the columns of every buffer."""

    def __init__(self, name: str, widths: dict[tuple[str, int], int]):
        self.made, self.names, self.widths = Pass(name), Names(), widths
        self.lines: list[str] = []
        self.kinds: list[str] = []
        self.scratch = "1"

    def rows(self, stores: list[Store], still: list[str]) -> None:
        """A loop over rows; where the mask is false stores are 0, and the states of `still` pass through."""
        self._turn("rows")
        text, kept = rows(stores, self.names)
        self.scratch = f"max({self.scratch}, {' + '.join(map(self.names.size, kept)) or '0'})"
        targets = dict.fromkeys(s.target for s in stores)
        reads = {pointer(leaf): (leaf.kind, leaf.index) for leaf in leaves(stores)}
        lines = [f"real *restrict {name} = {self._row(*_split(name))};" for name in targets]
        lines += [f"const real *restrict {name} = {self._row(*place)};" for name, place in reads.items()]
        lines += ["if (mask && !mask[t * N + n]) {", *self._idle(stores, still), "continue;", "}"]
        self.lines += ["for (long n = first; n < last; n++) {", *lines, text, "}"]

    def _idle(self, stores: list[Store], still: list[str]) -> list[str]:
        size, lines = self.names.size, []
        for s in stores:
            if not s.add and s.target not in still:
                lines.append(f"memset({s.target} + {size(s.offset)}, 0, {size(s.width)} * sizeof(real));")
        for name in still:
            kind, i = _split(name)
            width = size(self.widths[kind, i])
            if kind == "new":
                lines.append(f"memcpy({name}, {self._row('state', i)}, {width} * sizeof(real));")
            else:
                out = f" + ({self._row('dout', 0)})[j]" if i == 0 else ""
                lines.append(f"for (long j = 0; j < {width}; j++)")
                lines.append(f"  {name}[j] = ({self._row('dstate', i)})[j]{out};")
        return lines

    def multiply(
        self, k: int, operand: tuple[str, int], out: tuple[str, int], *, back: bool, add: bool
    ) -> None:
        """Set out ← operand · matrix k, or its transpose if `back`; `add`ed to out, or not."""
        self._turn("product")
        wide, columns = (self.names.size(self.widths[place]) for place in (operand, out))
        matrix = f"b[{self._buffer(('matrix', k))}]"
        self.lines.append(
            f"multiply(gemm, me, of, N, {wide}, {columns}, {self._row(*operand, '0')}, {matrix}, "
            f"turned[{k}] ^ {int(back)}, lead[{k}], {int(add)}, {self._row(*out, '0')});"
        )

    def _turn(self, kind: str) -> None:
        """Another kind of work waits for the one before."""
        if self.kinds and self.kinds[-1] != kind:
            self.lines.append(WAIT)
        self.kinds.append(kind)

    def _row(self, kind: str, i: int, n: str = "n") -> str:
        """The address of a buffer's row."""
        width = self.names.size(self.widths[kind, i])
        return f"b[{self._buffer((kind, i))}] + {PLACES[kind].format(n=n)} * {width}"

    def _buffer(self, place: tuple[str, int]) -> int:
        place = (SAME_MEMORY.get(place[0], place[0]), place[1])
        if place not in self.made.buffers:
            self.made.buffers.append(place)
        return self.made.buffers.index(place)

    def done(self) -> Pass:
        """The whole function."""
        made = self.made
        if self.kinds[0] != self.kinds[-1]:
            self.lines.append(WAIT)
        made.sizes, made.constants = self.names.sizes, self.names.constants
        numbers = [f"const long w{i} = sizes[{i}];" for i in range(len(made.sizes))]
        numbers += [f"const real c{i} = (real)constants[{i}];" for i in range(len(made.constants))]
        order = "T - 1 - i" if made.name == "backward" else "i"
        made.text = SHAPE % {
            "name": made.name, "numbers": "\n".join(numbers), "scratch": self.scratch, "order": order,
            "body": "\n".join(self.lines),
        }  # fmt: skip
        return made


def _split(name: str) -> tuple[str, int]:
    kind = name.rstrip("0123456789")
    return kind, int(name[len(kind) :])
