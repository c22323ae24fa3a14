"""A pass over the steps as a list of turns, the same for every device: row programs and matrix products."""

from collections.abc import Iterable
from typing import NamedTuple

from gradatim.nn.sequence.cell.graph import Node, reachable

Place = tuple[str, int]  # a buffer: its kind and its number

# Which slot of a buffer a step t reads or writes. prev and next are those of the state around t, now and then
# those of its gradient; buffers of other kinds have one slot.
SLOT = {
    "step": "t", "product": "t", "operand": "t", "dout": "t", "dproduct": "t", "dstep": "t",
    "state": "prev", "new": "next", "dstate": "now", "dprev": "then",
}  # fmt: skip
SAME_MEMORY = {"new": "state", "dprev": "dstate"}  # other slots of the same buffer


class Store(NamedTuple):
    """target[offset + j] = value, or += with `add`, for the columns j of a row."""

    target: str  # kind and number of a buffer
    offset: int
    width: int
    value: Node
    add: bool = False


class Rows(NamedTuple):
    """Stores for every row; where the mask is false they are 0, and the states of `still` pass through."""

    stores: list[Store]
    still: list[str]


class Multiply(NamedTuple):
    """out ← operand · matrix k, or its transpose if `back`; `add`ed to out, or not."""

    k: int
    operand: Place
    out: Place
    back: bool
    add: bool


Turn = Rows | Multiply


def place(name: str) -> Place:
    """The buffer of a name."""
    kind = name.rstrip("0123456789")
    return kind, int(name[len(kind) :])


def memory(of: Place) -> Place:
    """The buffer that a place lies in."""
    return SAME_MEMORY.get(of[0], of[0]), of[1]


def leaves(stores: Iterable[Store]) -> list[Node]:
    """What the stores read."""
    return [node for node in reachable(s.value for s in stores) if node.op == "leaf"]


def buffer_name(leaf: Node) -> str:
    """The name of the buffer a leaf is read from."""
    return f"{leaf.kind}{leaf.index}"


def places_written(turns: Iterable[Turn]) -> list[Place]:
    """The places that turns write to, in order."""
    found: dict[Place, None] = {}
    for turn in turns:
        found |= dict.fromkeys(
            [turn.out] if isinstance(turn, Multiply) else [place(s.target) for s in turn.stores]
        )
    return list(found)
