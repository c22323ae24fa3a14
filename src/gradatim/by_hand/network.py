"""A network by hand: layers in a row, and all their parameters in one vector."""

from math import prod
from typing import Any

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.by_hand.layers.windowed import Windowed
from gradatim.by_hand.twins import layers_of
from gradatim.checks import GradatimError, UsageError, plain_numbers
from gradatim.device import memory

DTYPES = ("float32", "float64")
PIECE = 64  # pictures evaluated at once: the columns of more would leave the cache


class Network:
    """Layers in order, and backpropagation through them in reverse (Rumelhart, Hinton & Williams 1986).

        forward:  h_0 = x;  h_d = f_d(h_{d−1}; θ_d),  d = 1 … l
        backward: g_l = ∂L/∂h_l;  ∂L/∂θ_d and g_{d−1} = ∂L/∂h_{d−1} from g_d,  d = l … 1

    `theta` and `gradient` are one vector each, in which every parameter and its gradient is a view, so an
    update of `functional.updates` is one call on the whole network. Parameters have the names that the torch
    module of the same entries gives them, and the same initial values, bit for bit.

    `entries` is a list of layers as `models.mlp.mlp` returns it; `dtype` is float32 or float64; without a
    seed every parameter is 0, to be loaded. Raises
    UsageError for a layer without a twin by hand.

    >>> network = Network([{"name": "dense", "in_features": 2, "out_features": 3}, {"name": "relu"}], seed=1)
    >>> network.theta.shape, list(network.parameters)
    ((9,), ['0.weight', '0.bias'])
    """

    def __init__(self, entries: list[dict[str, Any]], seed: int | None = 0, dtype: Any = np.float32):
        try:
            entries = plain_numbers(entries)
        except RecursionError as error:
            raise UsageError("the description is nested too deeply") from error
        self.reads: list[tuple[int, ...]] = []  # of what layer d reads, its places in [x, h_1, h_2, …]
        self.entries, self.seed, self.dtype = entries, seed, np.dtype(dtype)
        if self.dtype.name not in DTYPES:
            raise UsageError(f"dtype must be {' or '.join(DTYPES)}; it is {self.dtype.name}")
        self.named_layers = self.build(entries)
        self.layers = [layer for _, layer in self.named_layers]
        size = sum(prod(shape) for layer in self.layers for shape in layer.shapes.values())
        if 2 * size * self.dtype.itemsize > (memory() or np.inf):
            raise GradatimError(f"a network of {size:,} parameters does not fit in memory")
        self.theta, self.gradient = np.zeros(size, self.dtype), np.zeros(size, self.dtype)
        self.parameters: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}
        self.memory: dict[str, np.ndarray] = {}  # running means and the like, which are no part of θ
        self._lay_out()
        if seed is not None:
            self._draw(seed)
        every = [
            *self.named_layers,
            *((f"{name}.{inside}", one) for name, layer in self.named_layers for inside, one in layer.inner),
        ]
        self.dropouts = [(name, layer) for name, layer in every if hasattr(layer, "place")]
        learns = [number for number, layer in enumerate(self.layers) if layer.shapes]
        self._first = learns[0] if learns else len(self.layers)  # no gradient is needed in front of it
        self._output: tuple[int, ...] | None = None  # the shape of the last forward pass's result

    def build(self, entries: list[dict[str, Any]]) -> list[tuple[str, Layer]]:
        """The layers by name, each reading what the one in front gives."""
        found = layers_of(entries)
        self.reads = [(n,) for n in range(len(found))]
        return found

    def _lay_out(self) -> None:
        """Cut θ and its gradient into views, in the order of the layers."""
        shapes = {f"{name}.{key}": s for name, layer in self.named_layers for key, s in layer.shapes.items()}
        self.parameters, self.gradients = cut(self.theta, shapes), cut(self.gradient, shapes)
        for name, layer in self.named_layers:
            held = ({key: views[f"{name}.{key}"] for key in layer.shapes}
                    for views in (self.parameters, self.gradients))  # fmt: skip
            layer.hold(*held)
            for key, value in layer.memory.items():
                kept = value.astype(self.dtype) if value.dtype.kind == "f" else value
                self.memory[f"{name}.{key}"] = layer.memory[key] = kept

    def live_in(self, theta: np.ndarray, gradient: np.ndarray) -> "Network":
        """The same network, its parameters and their gradients views of these vectors."""
        self.theta, self.gradient = theta, gradient
        self._lay_out()
        return self

    def _draw(self, seed: int) -> None:
        for name, layer in self.named_layers:
            for key, values in layer.draw(seed, f"{name}.").items():
                layer.parameters[key][...] = values

    def place(self, seed: int, step: int) -> None:
        """Set what the next masks and noise are functions of, with each layer's name."""
        for name, dropout in self.dropouts:
            dropout.place(seed, name, step)

    def forward(self, x: Any, training: bool = False) -> np.ndarray:
        """The network's outputs; when training, dropout drops, and the array is reused by the next batch."""
        h = np.asarray(x, self.dtype)
        place = ""
        try:
            for place, layer in self.named_layers:  # noqa: B007  # for the error
                h = layer.forward(h, training)
        except UsageError as error:
            raise UsageError(f"layer {place}: {error}") from error
        self._output = h.shape
        return h if training else h.copy()

    def outputs(self, x: Any) -> np.ndarray:
        """The outputs of many examples, without dropout; pictures go through in pieces of 64."""
        windowed = any(isinstance(layer, Windowed) for layer in self.layers)
        if not windowed or len(x) <= PIECE:
            return self.forward(x)
        return np.concatenate([self.forward(x[at : at + PIECE]) for at in range(0, len(x), PIECE)])

    def backward(self, grad: np.ndarray, inputs: bool = False) -> np.ndarray | None:
        """Write ∂L/∂θ of the last forward pass into `gradient`, given ∂L/∂outputs; return ∂L/∂x if asked.

        Raises GradatimError before the first forward pass, UsageError for a gradient of another shape.
        """
        if self._output is None:
            raise GradatimError("backward follows a forward pass, and there has been none")
        g: Any = np.asarray(grad, self.dtype)
        if g.shape != self._output:
            raise UsageError(f"the outputs have shape {self._output}, but their gradient {g.shape}")
        last = 0 if inputs else self._first
        for number in range(len(self.layers) - 1, last - 1, -1):
            g = self.layers[number].backward(g, inputs or number > self._first)
        return g.copy() if inputs else None

    def state_dict(self) -> dict[str, np.ndarray]:
        """A copy of every parameter, and of what the layers remember, by name."""
        return {name: value.copy() for name, value in self._state().items()}

    def _state(self) -> dict[str, np.ndarray]:
        """Parameters and memory, layer by layer as torch names them."""
        found: dict[str, np.ndarray] = {}
        for name, layer in self.named_layers:
            held = {**layer.parameters, **layer.memory}
            found |= {f"{name}.{key}": value for key, value in held.items()}
        return found

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Copy a state in by name; GradatimError names what is missing, unknown or of another shape."""
        own = self._state()
        missing, extra = [n for n in own if n not in state], [n for n in state if n not in own]
        if missing or extra:
            parts = [
                f"{word} {', '.join(names[:5])}{', …' if len(names) > 5 else ''}"
                for word, names in (("missing", missing), ("unknown", extra))
                if names
            ]
            raise GradatimError(f"the parameters do not fit this network: {'; '.join(parts)}")
        values = {name: np.asarray(value) for name, value in state.items()}
        for name, value in values.items():
            if value.shape != own[name].shape:
                raise GradatimError(
                    f"the parameters do not fit this network: {name} has shape {value.shape}, expected "
                    f"{own[name].shape}"
                )
        for name, value in values.items():
            own[name][...] = value

    def __reduce__(self) -> tuple:
        """Copies and pickles are made anew, so that their parameters are views of their own θ."""
        return _restored, (type(self), self.entries, self.seed, self.dtype.name, self.state_dict())


def cut(vector: np.ndarray, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """A vector as views of these shapes, one after the other, by name."""
    views, start = {}, 0
    for name, shape in shapes.items():
        stop = start + prod(shape)
        views[name] = vector[start:stop].reshape(shape)
        start = stop
    return views


def _restored(
    kind: type[Network], entries: list[dict[str, Any]], seed: int | None, dtype: str, state: dict[str, Any]
) -> Network:
    network = kind(entries, seed, dtype)
    network.load_state_dict(state)
    return network
