"""The names of units and of single numbers in a network: h1.3, w13, h1.weight.3.2."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError, did_you_mean
from gradatim.explain.traces.networks.blocks import Block, blocks_of

Place = tuple[str, tuple[int, ...]]  # a parameter's name in the network, and an index
UNITS = 99  # units that are numbered through at most
LISTED = 5_000  # names that a misspelled one is compared with


class Names:
    """What a network's units and weights are called.

    Where it is dense layers only and small, units are numbered through, inputs first, and w13 leads from unit
    1 to unit 3, w03 is the bias of unit 3 (b3 is another name for it); beyond nine units w3_12. Everywhere
    h1.3 is unit 3 of the first layer, and h1.weight.3.2 its weight of the second input.
    """

    def __init__(self, network: Network, inputs: int, units: list[list[int]] | None = None):
        self.network, self.blocks = network, blocks_of(network)
        self.units = units or _numbered(self.blocks, inputs)
        self._last = max((j for row in self.units or [] for j in row), default=0)

    def unit(self, block: Block, n: int) -> Any:
        """A unit's number, or its name where units are not numbered."""
        row = self._row(block)
        return f"{block.name}.{n + 1}" if row is None else row[n]

    def count(self, block: Block) -> int:
        """How many numbered units a block has; 0 where they are not numbered."""
        return len(self._row(block) or ())

    def inputs_of(self, block: Block) -> list[Any] | None:
        """The numbers of the units in front of a block; None where they are not numbered."""
        row = self._row(block)
        return None if row is None or self.units is None else self.units[self.units.index(row) - 1]

    def _row(self, block: Block) -> list[int] | None:
        if self.units is None:
            return None
        dense = [one for one in self.blocks if one.layer.shapes]
        return self.units[dense.index(block) + 1] if block in dense else None

    def weight(self, block: Block, key: str, index: tuple[int, ...]) -> str:
        """One number of a block's parameter."""
        row, front = self._row(block), self.inputs_of(block)
        if row is not None and front is not None:
            to = row[index[0]]
            return self.joined(front[index[1]], to) if key == "weight" else self.joined(0, to)
        return ".".join([block.name, key, *(str(i + 1) for i in index)])

    def joined(self, i: int, j: int) -> str:
        """The weight that leads from unit i to unit j; i is 0 for a bias."""
        return f"w{i}{j}" if self._last <= 9 else f"w{i}_{j}"

    def place(self, name: str) -> Place:
        """Where in the network a number of this name is; UsageError for none."""
        for block in self.blocks:
            for key, real_name, shape in self._parameters(block):
                found = _index(name, (f"{block.name}.{key}", real_name), shape)
                if found is not None:
                    return real_name, found
        if self.units is not None:
            wanted = re.sub(r"^b_?(\d+)$", r"w0_\1" if self._last > 9 else r"w0\1", name.strip())
            for block, key, index in self.every():
                if self.weight(block, key, index) == wanted:
                    return f"{self.network.named_layers[block.start][0]}.{key}", index
        choices = [self.weight(*one) for one, _ in zip(self.every(), range(LISTED), strict=False)]
        raise UsageError(f"the network has no number {name!r}: {did_you_mean(name, choices)}")

    def _parameters(self, block: Block) -> list[tuple[str, str, tuple[int, ...]]]:
        """A block's parameters: their names in the trace and in the network, and their shapes."""
        layers = self.network.named_layers[block.start : block.stop]
        first = layers[0][0]
        return [
            (key if place == first else f"{place}.{key}", f"{place}.{key}", shape)
            for place, layer in layers
            for key, shape in layer.shapes.items()
        ]

    def every(self) -> Iterator[tuple[Block, str, tuple[int, ...]]]:
        """Every single number: its block, its parameter, its index; a unit's bias before its weights."""
        for block in self.blocks:
            shapes = dict(block.layer.shapes)
            if self._row(block) is not None:
                for j in range(shapes["weight"][0]):
                    if "bias" in shapes:
                        yield block, "bias", (j,)
                    for i in range(shapes["weight"][1]):
                        yield block, "weight", (j, i)
                continue
            for key, shape in shapes.items():
                for index in np.ndindex(*shape):
                    yield block, key, index

    def block(self, name: str) -> Block:
        """The block of this name; UsageError for none."""
        by_name = {block.name: block for block in self.blocks}
        counted = [block for block in self.blocks if block.name[0] in "hy"]
        by_name |= {f"h{number}": block for number, block in enumerate(counted, 1)}
        if name not in by_name:
            raise UsageError(f"there is no layer {name!r}: {did_you_mean(name, by_name)}")
        return by_name[name]


def _numbered(blocks: list[Block], inputs: int) -> list[list[int]] | None:
    """The units' numbers where every layer with units is dense, and they are few."""
    if any(block.kind not in ("dense", "masked_dense", "flatten", "dropout") for block in blocks):
        return None
    sizes = [inputs, *(block.layer.shapes["weight"][0] for block in blocks if block.layer.shapes)]
    if sum(sizes) > UNITS:
        return None
    starts = np.cumsum([1, *sizes])
    return [list(range(start, start + size)) for start, size in zip(starts.tolist(), sizes, strict=False)]


def _index(name: str, prefixes: tuple[str, ...], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The index behind a parameter's name, counted from 1; None for another parameter's name."""
    for prefix in prefixes:
        if name.startswith(f"{prefix}."):
            parts = re.split(r"[.,]", name.removeprefix(f"{prefix}."))
            if not all(part.isdigit() for part in parts):
                return None
            index = tuple(int(part) - 1 for part in parts)
            if len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
                numbers = " × ".join(map(str, shape))
                raise UsageError(f"{name} is not there: {prefix} has {numbers} numbers, counted from 1")
            return index
    return None
