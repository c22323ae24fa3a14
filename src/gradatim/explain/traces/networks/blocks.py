"""A network's layers as a lecture counts them, h1, h2, … y: a layer and its activation are one."""

from dataclasses import dataclass
from typing import Any

from gradatim.by_hand.graph_network import OF_GRAPHS
from gradatim.by_hand.layers.elementwise import Elementwise
from gradatim.by_hand.layers.gru_after import GRUAfter
from gradatim.by_hand.layers.gru_before import GRUBefore
from gradatim.by_hand.layers.layer import Layer
from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import TWINS

NAMES: dict[Any, str] = {
    twin: name for name, twin in {**TWINS, **OF_GRAPHS}.items() if isinstance(twin, type)
}
NAMES |= {GRUAfter: "gru", GRUBefore: "gru"}
JOINED = ("prelu", "softmax", "log_softmax")  # activations that are not elementwise, or have a parameter
UNCOUNTED = {"flatten": "flat", "dropout": "drop", "dropout_2012": "drop"}  # they compute no unit


@dataclass(frozen=True)
class Block:
    """Layers `start` … `stop − 1` of a network by one name: the first computes z, the others are h = g(z)."""

    name: str
    start: int
    stop: int
    layer: Layer
    kind: str  # the first layer's name in the catalogue
    activations: tuple[str, ...]  # the others'

    @property
    def in_words(self) -> str:
        """The kinds of its layers, joined."""
        return " + ".join([self.kind, *self.activations])


def kind_of(layer: Layer) -> str:
    """A layer's name in the catalogue."""
    return NAMES.get(type(layer), type(layer).__name__)


def is_activation(layer: Layer) -> bool:
    """Whether a layer counts to the one in front of it."""
    return isinstance(layer, Elementwise) or kind_of(layer) in JOINED


def blocks_of(network: Network) -> list[Block]:
    """The blocks in the order of the forward pass; the last that computes units is y.

    >>> dense = {"name": "dense", "in_features": 2, "out_features": 2}
    >>> [block.name for block in blocks_of(Network([{"name": "flatten"}, dense, {"name": "tanh"}, dense]))]
    ['flat1', 'h1', 'y']
    """
    starts = [n for n in range(len(network.layers)) if not _belongs_in_front(network, n)]
    kinds = [kind_of(network.layers[n]) for n in starts]
    counted = [n for n, kind in zip(starts, kinds, strict=True) if kind not in UNCOUNTED]
    found, seen = [], dict.fromkeys(UNCOUNTED.values(), 0)
    for start, stop, kind in zip(starts, [*starts[1:], len(network.layers)], kinds, strict=True):
        if kind in UNCOUNTED:
            word = UNCOUNTED[kind]
            seen[word] += 1
            name = f"{word}{seen[word]}"
        else:
            name = "y" if start == counted[-1] else f"h{counted.index(start) + 1}"
        activations = tuple(kind_of(layer) for layer in network.layers[start + 1 : stop])
        found.append(Block(name, start, stop, network.layers[start], kind, activations))
    return found


def _belongs_in_front(network: Network, n: int) -> bool:
    """Whether layer n is an activation of the layer in front, which nothing else reads."""
    readers = sum(n in places for places in network.reads)
    return n > 0 and is_activation(network.layers[n]) and network.reads[n] == (n,) and readers == 1


def readers_of(network: Network, block: Block, blocks: list[Block]) -> list[Block]:
    """The blocks that read what a block gives."""
    return [one for one in blocks if block.stop in network.reads[one.start]]


def read_by(network: Network, block: Block, blocks: list[Block]) -> list[str]:
    """The names of what a block reads: x for the network's input."""
    names = {one.stop: one.name for one in blocks}
    return [names.get(place, "x") for place in network.reads[block.start]]
