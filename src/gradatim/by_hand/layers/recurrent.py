"""What every layer over time is."""

from typing import Any, ClassVar

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, whole
from gradatim.functional.initialisers import Shape
from gradatim.random import generator

State = tuple[np.ndarray, ...]


class Recurrent(Layer):
    """One function with the same parameters at every step of a sequence (curriculum E1), and BPTT (E2).

        forward:  a_t = W x_t + b, for all t in one product;   s_t = step(a_t, s_{t−1}; U),  t = 1 … T
        backward: ∂L/∂s_t = what the output at t says + what step t+1 hands back,  t = T … 1;
                  from it ∂L/∂a_t, and ∂L/∂s_{t−1} to hand on;
                  ∂L/∂W = Σ_t ∂L/∂a_t x_tᵀ,   ∂L/∂b = Σ_t ∂L/∂a_t,   ∂L/∂x_t = Wᵀ ∂L/∂a_t

    (Werbos, Backpropagation through time, 1990). W, U and b are used at every step, so their gradients are
    sums over the steps: of the unrolled network's gradients, whose weights are tied.

    The state s_t is a tuple of arrays (N, …), of which the first is the step's output. A pass starts from
    `initial` (None: zeros) and leaves the last state in `state`; backward leaves ∂L/∂s_0 in
    `initial_gradient`. Carrying the state on while the gradient stops there is truncated BPTT (E3): see
    `by_hand.truncated`.

    Shapes: x (T, N, input_size) → (T, N, hidden_size); W (gates · hidden_size, input_size) is weight_ih_l0,
    U (gates · hidden_size, hidden_size) weight_hh_l0, b (gates · hidden_size,) bias_l0: the names that the
    torch layers of `nn` have.
    """

    kind: ClassVar[str]  # in errors
    gates: ClassVar[int] = 1

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True):
        super().__init__()
        self.input_size = whole("input_size", input_size, 1)
        self.hidden_size = whole("hidden_size", hidden_size, 1)
        height = self.gates * hidden_size
        self.shapes: dict[str, Shape] = {  # type: ignore[misc]
            "weight_ih_l0": (height, input_size), "weight_hh_l0": (height, hidden_size),
        }  # fmt: skip
        if bias:
            self.shapes["bias_l0"] = (height,)
        self.initial: State | None = None
        self.state: State = ()
        self.initial_gradient: State = ()

    def state_shapes(self, n: int) -> tuple[Shape, ...]:
        """The shapes of the arrays of a state, for n sequences."""
        return ((n, self.hidden_size),)

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """W as Glorot's, the other matrices orthogonal, biases 0: as the torch layers of the same names."""
        values = {}
        for name, shape in self.shapes.items():
            init = "zeros" if len(shape) == 1 else "xavier_uniform" if "_ih" in name else "orthogonal"
            values[name] = catalog.find(init, "initialiser").load()(generator(seed, f"{prefix}{name}"), shape)
        return values

    def step(self, t: int) -> None:
        """From a[t], and what step t−1 left, to the state of step t."""
        raise NotImplementedError

    def step_back(self, t: int, *ds: np.ndarray) -> State:
        """From ∂L/∂s_t, one array for each of the state's, write ∂L/∂a_t and return ∂L/∂s_{t−1}."""
        raise NotImplementedError

    def state_weights(self) -> None:
        """Write ∂L/∂U from `da` and the states."""
        np.matmul(rows(self.da).T, rows(self.h[:-1]), out=self.gradients["weight_hh_l0"])

    def begin(self, initial: State) -> None:
        """Make room for T steps and put the initial state in front; T, N and the dtype are those of `a`."""
        self.h = self.buffer("h", (len(self.a) + 1, *initial[0].shape), self.a.dtype)
        self.h[0] = initial[0]

    def end(self) -> State:
        """The last state, in arrays of its own."""
        return (self.h[-1].copy(),)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The output of every step."""
        if x.ndim != 3 or x.shape[2] != self.input_size or not len(x):
            raise UsageError(
                f"{self.kind} of {self.input_size} inputs reads (steps, sequences, {self.input_size}) with "
                f"at least one step; it got {tuple(x.shape)}"
            )
        self.x, W = x, self.parameters["weight_ih_l0"]
        self.a = self.buffer("a", (*x.shape[:2], len(W)), x.dtype)
        np.matmul(rows(x), W.T, out=rows(self.a))
        if "bias_l0" in self.shapes:
            self.a += self.parameters["bias_l0"]
        self.begin(self._start(x.shape[1]))
        for t in range(len(x)):
            self.step(t)
        self.state = self.end()
        return self.h[1:]

    def _start(self, n: int) -> State:
        shapes = self.state_shapes(n)
        if self.initial is None:
            return tuple(np.zeros(shape, self.a.dtype) for shape in shapes)
        found = tuple(np.shape(part) for part in self.initial)
        if found != shapes:
            raise UsageError(f"the initial state of {self.kind} has shapes {shapes} here; it got {found}")
        return tuple(np.asarray(part, self.a.dtype) for part in self.initial)

    def backward(self, g: np.ndarray, inputs: bool = True, last: State | None = None) -> Any:
        """∂L/∂W, ∂L/∂U, ∂L/∂b, ∂L/∂s_0, and ∂L/∂x; `last` is ∂L/∂s_T beside what the outputs say."""
        self.da = self.buffer("da", self.a.shape, g.dtype)
        self.dh = self.buffer("dh", g.shape, g.dtype)  # ∂L/∂h_t, of all that h_t reaches
        shapes = self.state_shapes(g.shape[1])
        back = last if last is not None else tuple(np.zeros(shape, g.dtype) for shape in shapes)
        for t in range(len(g) - 1, -1, -1):
            np.add(g[t], back[0], out=self.dh[t])
            back = self.step_back(t, self.dh[t], *back[1:])
        self.initial_gradient = back
        da = rows(self.da)
        np.matmul(da.T, rows(self.x), out=self.gradients["weight_ih_l0"])
        if "bias_l0" in self.shapes:
            np.add.reduce(da, axis=0, out=self.gradients["bias_l0"])
        self.state_weights()
        if not inputs:
            return None
        dx = self.buffer("dx", self.x.shape, g.dtype)
        np.matmul(da, self.parameters["weight_ih_l0"], out=rows(dx))
        return dx


def rows(array: np.ndarray) -> np.ndarray:
    """Steps and sequences as one axis: (T, N, k) as (T·N, k)."""
    return array.reshape(-1, array.shape[-1])
