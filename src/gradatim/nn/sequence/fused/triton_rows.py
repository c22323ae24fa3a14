"""A row program as a Triton kernel: one program a row, or a tile of its columns where nothing is summed.

A value is the columns of a row in registers, so there are no loops: a sum is a value like any other.
"""

from math import isfinite

from gradatim.nn.sequence.cell.count import CannotFuse
from gradatim.nn.sequence.cell.graph import Node, reachable
from gradatim.nn.sequence.cell.operations import OPERATIONS
from gradatim.nn.sequence.fused.pass_program import (
    SLOT,
    Place,
    Rows,
    Store,
    buffer_name,
    leaves,
    memory,
    place,
)

HEAD = """import triton
import triton.language as tl

from gradatim.nn.kernels.triton_mathematics import *
"""
SHAPE = """
@triton.jit(do_not_specialize=["N", "t", "prev", "next", "now"])
def %(name)s(%(arguments)s, mask, N, t, prev, next, now):
    then = 1 - now
    n = tl.program_id(0).to(tl.int64)
    j = tl.program_id(1) * %(tile)d + tl.arange(0, %(tile)d)
    if mask is not None:
        here = tl.load(mask + t * N + n) != 0
%(lines)s
"""
TILE = 256  # columns of a program, at most, where a row is cut
WIDEST = 2**15  # columns of a row that is not cut
ONE_ROW = ("vector",)  # of the whole batch


class Kernel:
    """The text of one row program, the buffers it takes in order, and how it is launched."""

    def __init__(self, name: str, turn: Rows, widths: dict[Place, int], dtype: str):
        self.name, self.turn, self.widths, self.dtype = name, turn, widths, dtype
        self.buffers: list[Place] = []
        nodes = reachable(s.value for s in turn.stores)
        widest = max([s.width for s in turn.stores] + [n.width for n in nodes])
        whole = any(n.op in ("sum", "largest") for n in nodes)
        if whole and widest > WIDEST:
            raise CannotFuse(f"a row of {widest} columns is too long for one Triton program to sum")
        self.tile = _power(widest) if whole else min(TILE, _power(widest))
        self.columns = -(-widest // self.tile)
        self.warps = max(1, min(8, self.tile // 128))
        lines = self._rows() + [line for n in nodes if (line := self._line(n))]
        for store in turn.stores:
            lines += self._store(store)
        self.text = SHAPE % {
            "name": name, "arguments": ", ".join(f"b{i}" for i in range(len(self.buffers))),
            "tile": self.tile, "lines": "\n".join(f"    {line}" for line in lines),
        }  # fmt: skip

    def _rows(self) -> list[str]:
        """The address of every row that is read or written, and which columns of each width there are."""
        stores, still = self.turn.stores, [place(name) for name in self.turn.still]
        read = [(leaf.kind, leaf.index) for leaf in leaves(stores)]
        # with a mask, a state that stands still is read as well
        read += [("state", i) if kind == "new" else ("dstate", i) for kind, i in still]
        read += [("dout", 0)] * (("dprev", 0) in still)
        places = dict.fromkeys([*read, *(place(s.target) for s in stores)])
        lines = [f"{kind}{i} = {self._row(kind, i)}" for kind, i in places]
        widths = {s.width for s in stores} | {n.width for n in reachable(s.value for s in stores)}
        return lines + [f"m{width} = j < {width}" for width in sorted(widths)]

    def _row(self, kind: str, i: int) -> str:
        """The address of a buffer's row n at step t."""
        at = memory((kind, i))
        if at not in self.buffers:
            self.buffers.append(at)
        row = "0" if kind in ONE_ROW else f"({SLOT[kind]} * N + n)" if kind in SLOT else "n"
        return f"b{self.buffers.index(at)} + {row} * {self.widths[kind, i]}"

    def _line(self, node: Node) -> str:
        """The line that computes a node; a spread value is its only number."""
        name = f"v{node.serial}"
        if node.op == "const":
            value = repr(node.value) if isfinite(node.value) else f'float("{node.value}")'
            return f"{name} = tl.full((), {value}, {self.dtype})"
        if node.op == "leaf":
            return f"{name} = {_load(buffer_name(node), node.offset, node.width)}"
        args = [f"v{a.serial}" for a in node.args]
        if node.op == "spread":
            return f"{name} = {args[0]}"
        if node.op == "sum":
            return f"{name} = tl.sum(tl.where(m{node.args[0].width}, {args[0]}, 0.0))"
        if node.op == "largest":
            return f'{name} = tl.max(tl.where(m{node.args[0].width}, {args[0]}, float("-inf")))'
        return "" if node.op == "cat" else f"{name} = {OPERATIONS[node.op].text.format(*args)}"

    def _store(self, s: Store) -> list[str]:
        """A store, with what stands there instead where the mask is false."""
        value, idle = f"v{s.value.serial}", "0.0"
        if s.target in self.turn.still:
            kind, i = place(s.target)
            idle = _load(f"state{i}" if kind == "new" else f"dstate{i}", s.offset, s.width)
            if (kind, i) == ("dprev", 0):
                idle += f" + {_load('dout0', s.offset, s.width)}"
        if s.add:
            idle = _load(s.target, s.offset, s.width, alone=False)
            value = f"{idle} + {value}"
        at = f"{s.target} + {s.offset} + j"
        return [
            f"new = {value}",
            "if mask is not None:",
            f"    new = tl.where(here, new, {idle})",
            f"tl.store({at}, new, mask=m{s.width})",  # one number: the lane of column 0 writes it
        ]


def _load(name: str, offset: int, width: int, alone: bool = True) -> str:
    """Columns of a row; a single one `alone` is a number, not a row with one column."""
    if width == 1 and alone:
        return f"tl.load({name} + {offset})"
    return f"tl.load({name} + {offset} + j, mask=m{width}, other=0.0)"


def _power(n: int) -> int:
    """The smallest power of 2 that is not below n."""
    return 1 << (n - 1).bit_length()
