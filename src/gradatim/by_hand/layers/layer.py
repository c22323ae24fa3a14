"""What every layer is."""

import inspect
from typing import Any, ClassVar

import numpy as np

from gradatim.functional.initialisers import Shape


class Layer:
    """One step of a network: `forward` keeps what `backward` needs, and both write into buffers they hold.

        forward: h = f(x; θ)      backward: from g = ∂L/∂h to ∂L/∂θ (held) and ∂L/∂x (returned)

    An array that a layer returns is its own, and lasts until the layer's next call. Gradients are
    overwritten, not added to. What a layer remembers from batch to batch and does not learn by its gradient,
    such as running means, is its `memory`.

    Pictures are (N, C, …) to read, and their numbers lie in any order. Layers that look through windows lay
    them as (C, …, N), the batch innermost, so that every copy and sum runs over long rows; the others keep
    the order they are given.
    """

    inner: ClassVar[list[tuple[str, Any]]] = []  # of layers that it is made of, with their names in it
    shapes: ClassVar[dict[str, Shape]] = {}  # of the parameters, by name; set by layers that have some

    def __init__(self) -> None:
        self.parameters: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}
        self.memory: dict[str, np.ndarray] = {}
        self._buffers: dict[str, np.ndarray] = {}
        self._alike: dict[str, tuple[tuple, np.ndarray]] = {}

    def __repr__(self) -> str:
        names = inspect.signature(type(self)).parameters
        told = ", ".join(f"{name}={vars(self)[name]}" for name in names if name in vars(self))
        return f"{type(self).__name__}({told})"

    def hold(self, parameters: dict[str, np.ndarray], gradients: dict[str, np.ndarray]) -> None:
        """Take the arrays, by name, that the parameters and their gradients live in."""
        self.parameters, self.gradients = parameters, gradients

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """Initial parameters in float64, each a function of (seed, prefix + its name)."""
        return {}

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The outputs f(x; θ)."""
        raise NotImplementedError

    def backward(self, g: np.ndarray, inputs: bool = True) -> Any:
        """Write ∂L/∂θ and return ∂L/∂x; a layer with parameters spares itself the latter without `inputs`."""
        raise NotImplementedError

    def buffer(self, name: str, shape: Shape, dtype: np.dtype) -> np.ndarray:
        """Memory that stays from batch to batch as long as its shape does; its contents are arbitrary."""
        held = self._buffers.get(name)
        if held is None or held.shape != shape or held.dtype != dtype:
            held = self._buffers[name] = np.empty(shape, dtype)
        return held

    def ones(self, n: int, dtype: np.dtype) -> np.ndarray:
        """A vector of ones: its product with a small matrix sums the rows quicker than a reduction."""
        held = self._buffers.get("ones")
        if held is None or held.shape != (n,) or held.dtype != dtype:
            held = self._buffers["ones"] = np.ones(n, dtype)
        return held

    def like(self, name: str, x: np.ndarray) -> np.ndarray:
        """Such memory with the shape, the precision and the order of another array."""
        form = (x.shape, x.strides, x.dtype)
        held = self._alike.get(name)
        if held is None or held[0] != form:
            held = self._alike[name] = (form, np.empty_like(x))
        return held[1]

    def inward(self, name: str, x: np.ndarray) -> np.ndarray:
        """An array (N, C, …) as (C, …, N) in one piece; copied only if its numbers do not lie so."""
        inner = x.transpose(*range(1, x.ndim), 0)
        if inner.flags.c_contiguous:
            return inner
        held = self.buffer(name, inner.shape, x.dtype)
        held[...] = inner
        return held


def outward(y: np.ndarray) -> np.ndarray:
    """An array (C, …, N) read as (N, C, …); nothing is copied."""
    return y.transpose(y.ndim - 1, *range(y.ndim - 1))
