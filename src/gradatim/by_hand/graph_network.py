"""A network by hand whose layers are no row: branches, shortcuts, sums."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradatim.by_hand.layers.joins import Concat, Join, Sum
from gradatim.by_hand.layers.layer import Layer
from gradatim.by_hand.layers.shortcut_padding import ShortcutPadding
from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import TWINS, construct
from gradatim.checks import UsageError, did_you_mean, in_layer, shown

INPUT = "x"  # what a layer reads that reads the network's input
OF_GRAPHS: dict[str, Callable[..., Layer]] = {
    "sum": Sum, "concat": Concat, "shortcut_padding": ShortcutPadding
}  # fmt: skip


class GraphNetwork(Network):
    """Layers in an order in which each reads what stands before it, and backpropagation in reverse.

        forward:  h_0 = x;  h_d = f_d(h_a, h_b, …; θ_d), the outputs that layer d reads
        backward: ∂L/∂h_a is the sum of what all layers that read h_a send back

    In an entry `from` is the number of the layer that it reads, from 0, or "x", the input, or a list of them;
    without it a layer reads the one in front. `sum` and `concat` read several.
    Raises UsageError for a layer that reads what is not there yet, or that nothing reads.

    >>> dense = {"name": "dense", "in_features": 2, "out_features": 2}
    >>> network = GraphNetwork([dense, {"name": "sum", "from": [0, "x"]}])
    >>> network.theta[:] = 0
    >>> network.reads, network.forward([[3, 4]]).tolist()
    ([(0,), (1, 0)], [[3.0, 4.0]])
    """

    def build(self, entries: list[dict[str, Any]]) -> list[tuple[str, Layer]]:
        """The layers by their numbers; `reads` then are places in [x, h_1, h_2, …]."""
        if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
            raise UsageError(f'layers must be a list of entries {{"name": NAME, …}}; it is {shown(entries)}')
        found = [(str(n), _layer(n, entry)) for n, entry in enumerate(entries)]
        self.reads = [
            _reads(n, entry.get("from"), isinstance(layer, Join))
            for n, (entry, (_, layer)) in enumerate(zip(entries, found, strict=True))
        ]
        read = {place for places in self.reads for place in places}
        for n in range(len(entries) - 1):
            if n + 1 not in read:
                raise UsageError(
                    f"no layer reads layer {n}, {entries[n]['name']}: only the last may be an output"
                )
        return found

    def forward(self, x: Any, training: bool = False) -> np.ndarray:
        """The network's outputs."""
        h = [np.asarray(x, self.dtype)]
        for (place, layer), reads in zip(self.named_layers, self.reads, strict=True):
            try:
                h.append(layer.forward(read(layer, h, reads), training))
            except UsageError as error:
                raise UsageError(f"layer {place}: {error}") from error
        self._output = h[-1].shape
        return h[-1].copy()

    def backward(self, grad: np.ndarray, inputs: bool = False) -> np.ndarray | None:
        """Write ∂L/∂θ of the last forward pass into `gradient`; return ∂L/∂x if asked."""
        g, _ = send_back(self, np.asarray(grad, self.dtype))
        return g[0] if inputs else None


def read(layer: Layer, h: list[np.ndarray], places: tuple[int, ...]) -> Any:
    """What a layer reads of the values so far."""
    return [h[place] for place in places] if isinstance(layer, Join) else h[places[0]]


def send_back(network: Network, g: np.ndarray) -> tuple[list[np.ndarray], list[tuple[np.ndarray, ...]]]:
    """∂L/∂h of the input and of every layer, given that of the last; and what each layer sends back."""
    found: list[Any] = [None] * len(network.layers) + [g.copy()]
    sent: list[tuple[np.ndarray, ...]] = []
    for n in range(len(network.layers) - 1, -1, -1):
        back = network.layers[n].backward(found[n + 1], True)
        parts = tuple(np.array(one) for one in (back if isinstance(back, tuple) else (back,)))
        sent.insert(0, parts)
        for place, part in zip(network.reads[n], parts, strict=True):
            found[place] = part.copy() if found[place] is None else found[place] + part
    return found, sent


def _layer(number: int, entry: dict[str, Any]) -> Layer:
    name = entry.get("name")
    every = {**TWINS, **OF_GRAPHS}
    if name not in every:
        raise UsageError(f"unknown layer {name!r} (layer {number}): {did_you_mean(str(name), every)}")
    with in_layer(str(number), name):
        return construct(every[name], name, {k: v for k, v in entry.items() if k not in ("name", "from")})


def _reads(number: int, given: Any, joins: bool) -> tuple[int, ...]:
    """The places in [x, h_1, …] of what a layer reads."""
    wanted = [number - 1 if number else INPUT] if given is None else given
    wanted = wanted if isinstance(wanted, list) else [wanted]
    places = []
    for one in wanted:
        known = one == INPUT or (isinstance(one, int) and not isinstance(one, bool) and 0 <= one < number)
        if not known:
            there = f'"x" or a layer from 0 to {number - 1}' if number else '"x", the input'
            raise UsageError(f"layer {number} reads {shown(one)}; it can read {there}")
        places.append(0 if one == INPUT else one + 1)
    if joins and len(places) < 2:
        raise UsageError(f'layer {number} joins two outputs or more: write "from": [1, 3]')
    if not joins and len(places) != 1:
        raise UsageError(f"layer {number} reads one output, not {len(places)}: sum and concat read several")
    return tuple(places)
