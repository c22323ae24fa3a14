"""Long short-term memory."""

import numpy as np

from gradatim.by_hand.layers.activations import sigma
from gradatim.by_hand.layers.recurrent import Recurrent, State
from gradatim.checks import real
from gradatim.functional.initialisers import Shape


class LSTM(Recurrent):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate Gers, Schmidhuber & Cummins 2000).

        a_t = W x_t + U h_{t−1} + b, in four parts:   i = σ(a_i)   f = σ(a_f)   C̃ = tanh(a_C̃)   o = σ(a_o)
        C_t = f ⊙ C_{t−1} + i ⊙ C̃;    h_t = o ⊙ tanh(C_t)

    i writes, f keeps, o reads. Backwards, ∂L/∂C_t is what step t+1 hands back and what h_t adds:

        ∂L/∂C_t += ∂L/∂h_t ⊙ o ⊙ (1 − tanh²C_t)
        ∂L/∂a_o = ∂L/∂h_t ⊙ tanh(C_t) ⊙ o(1 − o)     ∂L/∂a_C̃ = ∂L/∂C_t ⊙ i ⊙ (1 − C̃²)
        ∂L/∂a_i = ∂L/∂C_t ⊙ C̃ ⊙ i(1 − i)             ∂L/∂a_f = ∂L/∂C_t ⊙ C_{t−1} ⊙ f(1 − f)
        what step t hands back: ∂L/∂h_{t−1} = Uᵀ ∂L/∂a_t,   ∂L/∂C_{t−1} = ∂L/∂C_t ⊙ f

    so along C the gradient is only multiplied by f. The parts stand in torch's order, i f C̃ o; the bias of f
    starts at 1, so that a new network remembers. `by_hand.lstm` has the same in fifteen lines.

    With `cell_clip` κ, C_t is put between −κ and κ, with `hidden_clip` h_t; beyond a bound, where it does not
    move, the gradient is 0: ∂L/∂C̄_t = ∂L/∂C_t where |C̄_t| ≤ κ, C̄_t being C_t before.

    Shapes: x (T, N, input_size) → h (T, N, hidden_size); the state is (h, C), each (N, hidden_size).
    """

    kind = "an lstm"
    gates = 4

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, cell_clip: float | None = None,
        hidden_clip: float | None = None,
    ):  # fmt: skip
        super().__init__(input_size, hidden_size, bias)
        self.cell_clip = None if cell_clip is None else real("cell_clip", cell_clip, above=0)
        self.hidden_clip = None if hidden_clip is None else real("hidden_clip", hidden_clip, above=0)

    def state_shapes(self, n: int) -> tuple[Shape, ...]:
        """Of h and of C."""
        return ((n, self.hidden_size),) * 2

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """As every layer over time, and f's bias 1."""
        values = super().draw(seed, prefix)
        if "bias_l0" in values:
            values["bias_l0"][self.hidden_size : 2 * self.hidden_size] = 1
        return values

    def begin(self, initial: State) -> None:
        """Room for h and C, and for tanh C."""
        super().begin(initial)
        self.C = self.buffer("C", self.h.shape, self.a.dtype)
        self.C[0] = initial[1]
        shape = (len(self.a), *initial[1].shape)
        self.tanh_C = self.buffer("tanh C", shape, self.a.dtype)
        self.C_moves = self.buffer("C moves", shape, np.dtype(bool))  # where it is within its bound
        self.h_moves = self.buffer("h moves", shape, np.dtype(bool))

    def end(self) -> State:
        """h_T and C_T."""
        return self.h[-1].copy(), self.C[-1].copy()

    def parts(self, a: np.ndarray) -> list[np.ndarray]:
        """i, f, C̃ and o of an array (N, 4 · hidden_size), as views."""
        return [a[:, k * self.hidden_size : (k + 1) * self.hidden_size] for k in range(4)]

    def step(self, t: int) -> None:
        """The gates, written over a_t; C_t and h_t."""
        self.a[t] += self.h[t] @ self.parameters["weight_hh_l0"].T
        i, f, candidate, o = self.parts(self.a[t])
        for gate in (self.a[t][:, : 2 * self.hidden_size], o):  # i and f stand together
            sigma(gate, gate)
        np.tanh(candidate, out=candidate)
        self.remember(t, i, f, candidate, o)

    def remember(self, t: int, *gates: np.ndarray) -> None:
        """C_t and h_t."""
        i, f, candidate, o = gates
        C = np.multiply(f, self.C[t], out=self.C[t + 1])
        C += i * candidate
        clip(C, self.cell_clip, self.C_moves[t])
        h = np.multiply(o, np.tanh(C, out=self.tanh_C[t]), out=self.h[t + 1])
        clip(h, self.hidden_clip, self.h_moves[t])

    def of_memory(self, t: int, o: np.ndarray, dh: np.ndarray, dC: np.ndarray) -> State:
        """∂L/∂h_t and ∂L/∂C_t before they were clipped, from those after."""
        if self.hidden_clip is not None:
            dh = dh * self.h_moves[t]
        dC = dC + dh * o * (1 - self.tanh_C[t] ** 2)
        return dh, dC if self.cell_clip is None else dC * self.C_moves[t]

    def step_back(self, t: int, *ds: np.ndarray) -> State:
        """∂L/∂a_t, ∂L/∂h_{t−1} and ∂L/∂C_{t−1}."""
        i, f, candidate, o = self.parts(self.a[t])
        dh, dC = self.of_memory(t, o, *ds)
        da_i, da_f, da_candidate, da_o = self.parts(self.da[t])
        da_i[...] = dC * candidate * i * (1 - i)
        da_f[...] = dC * self.C[t] * f * (1 - f)
        da_candidate[...] = dC * i * (1 - candidate**2)
        da_o[...] = dh * self.tanh_C[t] * o * (1 - o)
        return self.da[t] @ self.parameters["weight_hh_l0"], dC * f


def clip(values: np.ndarray, bound: float | None, moves: np.ndarray) -> None:
    """Put values between −bound and bound, in place, and write where they were; nothing without a bound."""
    if bound is not None:
        np.less_equal(np.abs(values), bound, out=moves)
        np.clip(values, -bound, bound, out=values)
