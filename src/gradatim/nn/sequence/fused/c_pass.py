"""The text of one pass: a loop over the steps in which row programs and matrix products take turns.

At each step a team of threads alternates between row programs, of which each thread takes its rows, and
matrix products, of which each takes its columns: so it reads its part of the matrix only, which stays in its
cache. They wait for each other where one kind of work follows the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gradatim.nn.sequence.fused.c_rows import Names, rows
from gradatim.nn.sequence.fused.pass_program import (
    SLOT,
    Multiply,
    Place,
    Rows,
    Store,
    Turn,
    buffer_name,
    leaves,
    memory,
    place,
)

ONE_ROW = {"vector": "0", "dvector": "me"}  # of the whole batch, or of each member of the team
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
const long now = i & 1, then = 1 - now;
%(body)s
}
free(scratch);
}
}
"""


@dataclass
class Pass:
    """One C function: its text, the buffers it takes in order, and the numbers."""

    name: str
    text: str = ""
    buffers: list[Place] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    constants: list[float] = field(default_factory=list)


def in_c(name: str, turns: Sequence[Turn], widths: dict[Place, int]) -> Pass:
    """The pass `forward` or `backward` as a C function; `widths` has the columns of every buffer."""
    body = _Body(name, widths)
    for number, turn in enumerate(turns):
        if number and type(turn) is not type(turns[number - 1]):  # one kind of work waits for the other
            body.lines.append(WAIT)
        if isinstance(turn, Rows):
            body.rows(turn)
        else:
            body.multiply(turn)
    if type(turns[0]) is not type(turns[-1]):
        body.lines.append(WAIT)
    return body.done()


class _Body:
    """Collects the lines of one pass."""

    def __init__(self, name: str, widths: dict[Place, int]):
        self.made, self.names, self.widths = Pass(name), Names(), widths
        self.lines: list[str] = []
        self.scratch = "1"

    def rows(self, turn: Rows) -> None:
        """A loop over rows."""
        text, kept = rows(turn.stores, self.names)
        self.scratch = f"max({self.scratch}, {' + '.join(map(self.names.size, kept)) or '0'})"
        targets = dict.fromkeys(s.target for s in turn.stores)
        reads = {buffer_name(leaf): (leaf.kind, leaf.index) for leaf in leaves(turn.stores)}
        lines = [f"real *restrict {name} = {self._row(*place(name))};" for name in targets]
        lines += [f"const real *restrict {name} = {self._row(*at)};" for name, at in reads.items()]
        lines += ["if (mask && !mask[t * N + n]) {", *self._idle(turn.stores, turn.still), "continue;", "}"]
        self.lines += ["for (long n = first; n < last; n++) {", *lines, text, "}"]

    def _idle(self, stores: list[Store], still: list[str]) -> list[str]:
        size, lines = self.names.size, []
        for s in stores:
            if not s.add and s.target not in still:
                lines.append(f"memset({s.target} + {size(s.offset)}, 0, {size(s.width)} * sizeof(real));")
        for name in still:
            kind, i = place(name)
            width = size(self.widths[kind, i])
            if kind == "new":
                lines.append(f"memcpy({name}, {self._row('state', i)}, {width} * sizeof(real));")
            else:
                out = f" + ({self._row('dout', 0)})[j]" if i == 0 else ""
                lines.append(f"for (long j = 0; j < {width}; j++)")
                lines.append(f"  {name}[j] = ({self._row('dstate', i)})[j]{out};")
        return lines

    def multiply(self, turn: Multiply) -> None:
        """A product, of which each member does its columns."""
        k, operand, out = turn.k, turn.operand, turn.out
        wide, columns = (self.names.size(self.widths[at]) for at in (operand, out))
        matrix = f"b[{self._buffer(('matrix', k))}]"
        self.lines.append(
            f"multiply(gemm, me, of, N, {wide}, {columns}, {self._row(*operand, '0')}, {matrix}, "
            f"turned[{k}] ^ {int(turn.back)}, lead[{k}], {int(turn.add)}, {self._row(*out, '0')});"
        )

    def _row(self, kind: str, i: int, n: str = "n") -> str:
        """The address of a buffer's row n at step t."""
        row = ONE_ROW.get(kind) or (f"({SLOT[kind]} * N + {n})" if kind in SLOT else n)
        return f"b[{self._buffer((kind, i))}] + {row} * {self.names.size(self.widths[kind, i])}"

    def _buffer(self, of: Place) -> int:
        if memory(of) not in self.made.buffers:
            self.made.buffers.append(memory(of))
        return self.made.buffers.index(memory(of))

    def done(self) -> Pass:
        """The whole function."""
        made = self.made
        made.sizes, made.constants = self.names.sizes, self.names.constants
        numbers = [f"const long w{i} = sizes[{i}];" for i in range(len(made.sizes))]
        numbers += [f"const real c{i} = (real)constants[{i}];" for i in range(len(made.constants))]
        order = "T - 1 - i" if made.name == "backward" else "i"
        made.text = SHAPE % {
            "name": made.name, "numbers": "\n".join(numbers), "scratch": self.scratch, "order": order,
            "body": "\n".join(self.lines),
        }  # fmt: skip
        return made
