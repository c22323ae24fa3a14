"""One block of a step, as its explainer looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any

import numpy as np

from gradatim.by_hand.layers.joins import Join
from gradatim.by_hand.layers.layer import Layer
from gradatim.explain.traces.networks.blocks import Block
from gradatim.explain.traces.networks.names import Names
from gradatim.explain.traces.networks.step import ANSWERING, Arrays, Step, is_sequence

SIGNS = {  # how g is written; g where it has no short name
    "sigmoid": "σ", "tanh": "tanh", "relu": "relu", "identity": "", "step": "step", "elu": "elu",
    "selu": "selu", "celu": "celu", "gelu": "gelu", "silu": "silu", "mish": "mish", "softplus": "softplus",
    "softsign": "softsign", "softmax": "softmax", "prelu": "prelu",
}  # fmt: skip
SLOPES = {  # g′ by z and h = g(z), and as a formula of h where there is one
    "sigmoid": "h (1 − h)", "tanh": "1 − h²", "relu": "1 where z > 0, otherwise 0", "identity": "1",
    "step": "0",
}  # fmt: skip
FEW, MANY = 4, 10  # digits behind a point


@dataclass(frozen=True)
class View:
    """A block's numbers: x → z by its first layer, z → h by its activations, and what comes back.

    `delta` is ±∂L/∂z, with the sign that the trace states.
    """

    step: Step
    block: Block
    names: Names

    @property
    def layer(self) -> Layer:
        """The first layer."""
        return self.block.layer

    @property
    def x(self) -> np.ndarray:
        """What the block reads; the first of it, where it reads several outputs."""
        return self.step.read_by(self.block)[0]

    @property
    def z(self) -> np.ndarray:
        """What the first layer gives."""
        return self.step.h[self.block.start + 1]

    @property
    def h(self) -> np.ndarray:
        """What the block gives."""
        return self.step.h[self.block.stop]

    @property
    def delta(self) -> np.ndarray:
        """δ of every unit."""
        return self.step.setup.sign * self.step.g[self.block.start + 1]

    @property
    def back(self) -> np.ndarray:
        """±∂L/∂h: what comes back from behind."""
        return self.step.setup.sign * self.step.g[self.block.stop]

    @property
    def to_front(self) -> np.ndarray:
        """±∂L/∂x: what the block hands to the one in front."""
        return self.step.setup.sign * self.step.sent[self.block.start][0]

    @property
    def sequence(self) -> bool:
        """Whether the first axis counts steps."""
        return is_sequence(self.step.setup.network)

    @property
    def minus(self) -> str:
        """The sign of δ beside ∂L/∂z."""
        return "" if self.step.setup.sign > 0 else "−"

    def own(self, arrays: Arrays) -> Arrays:
        """The first layer's own of arrays by parameter."""
        place = f"{self.step.place(self.block)}."
        return {name.removeprefix(place): a for name, a in arrays.items() if name.startswith(place)}

    @property
    def count(self) -> int:
        """How many units or filters the block has."""
        return self.h.shape[-1] if self.sequence else self.h.shape[1] if self.h.ndim > 1 else 1

    def of_unit(self, array: np.ndarray, n: int) -> np.ndarray:
        """What an array of outputs holds of unit n: a number, a map, or a number a step."""
        return array[:, 0, n] if self.sequence else array[0, n] if array.ndim > 1 else array[n]

    def label(self, n: int) -> Any:
        """A unit's name."""
        return self.names.unit(self.block, n)

    def time(self, t: int) -> int:
        """The number, from 1, of the step that is read as number t, from 0."""
        return t + 1

    @property
    def direction(self) -> str:
        """How the steps are read, behind a caption, where they are read in both directions."""
        return ""

    def reads(self, t: int) -> str:
        """What stands at step t, in brackets behind its number; empty where that has no name."""
        steps = self.step.setup.steps
        return f" ({steps[t]})" if len(steps) == len(self.step.setup.x) > t else ""

    @property
    def activation(self) -> str:
        """How g is written: σ, tanh, …; empty where there is none."""
        return "∘".join(SIGNS.get(name, "g") for name in reversed(self.block.activations))

    @contextmanager
    def as_before(self) -> Iterator[Layer]:
        """The first layer as it was in the first pass, with what it keeps between forward and backward."""
        layer, network, setup = self.layer, self.step.setup.network, self.step.setup
        after = network.theta.copy()
        try:
            for name, value in self.step.before.items():
                network.parameters[name][...] = value
            network.place(setup.seed, setup.t)
            given: Any = self.step.read_by(self.block) if isinstance(layer, Join) else self.x
            layer.forward(given, not isinstance(layer, ANSWERING))
            layer.backward(setup.sign * self.delta, True)
            yield layer
        finally:
            network.theta[...] = after


def digits(*arrays: Any) -> int:
    """How many digits behind the point show the largest of these numbers with four of its own.

    >>> digits([0.5, -2]), digits([0.000123]), digits([0.0])
    (4, 7, 4)
    """
    flat = np.concatenate([np.asarray(a, float).ravel() for a in arrays] or [np.zeros(1)])
    largest = float(np.max(np.abs(flat), initial=0.0))
    if largest == 0 or not isfinite(largest):
        return FEW
    return min(max(FEW, 3 - floor(log10(largest))), MANY)
