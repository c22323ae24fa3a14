"""Long short-term memory whose input and forget gates are one."""

import numpy as np

from gradatim.by_hand.layers.activations import sigma
from gradatim.by_hand.layers.lstm import LSTM
from gradatim.by_hand.layers.recurrent import Recurrent, State


class CoupledLSTM(LSTM):
    """LSTM with coupled input and forget gates, CIFG (Greff et al. 2017): f = 1 − i.

        a_t = W x_t + U h_{t−1} + b, in three parts:   i = σ(a_i)   C̃ = tanh(a_C̃)   o = σ(a_o)
        C_t = (1 − i) ⊙ C_{t−1} + i ⊙ C̃;    h_t = o ⊙ tanh(C_t)

    Backwards as the LSTM, but that i both writes and keeps:

        ∂L/∂a_i = ∂L/∂C_t ⊙ (C̃ − C_{t−1}) ⊙ i(1 − i)        ∂L/∂C_{t−1} = ∂L/∂C_t ⊙ (1 − i)

    The parts stand in the order i C̃ o; the bias of i starts at −1, so that a new network remembers. Shapes
    and clipping are the LSTM's.
    """

    kind = "a coupled lstm"
    gates = 3

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """As every layer over time, and i's bias −1."""
        values = Recurrent.draw(self, seed, prefix)
        if "bias_l0" in values:
            values["bias_l0"][: self.hidden_size] = -1
        return values

    def parts(self, a: np.ndarray) -> list[np.ndarray]:
        """i, C̃ and o of an array (N, 3 · hidden_size), as views."""
        return [a[:, k * self.hidden_size : (k + 1) * self.hidden_size] for k in range(3)]

    def step(self, t: int) -> None:
        """The gates, written over a_t; C_t and h_t."""
        self.a[t] += self.h[t] @ self.parameters["weight_hh_l0"].T
        i, candidate, o = self.parts(self.a[t])
        for gate in (i, o):
            sigma(gate, gate)
        np.tanh(candidate, out=candidate)
        self.remember(t, i, 1 - i, candidate, o)

    def step_back(self, t: int, *ds: np.ndarray) -> State:
        """∂L/∂a_t, ∂L/∂h_{t−1} and ∂L/∂C_{t−1}."""
        i, candidate, o = self.parts(self.a[t])
        dh, dC = self.of_memory(t, o, *ds)
        da_i, da_candidate, da_o = self.parts(self.da[t])
        da_i[...] = dC * (candidate - self.C[t]) * i * (1 - i)
        da_candidate[...] = dC * i * (1 - candidate**2)
        da_o[...] = dh * self.tanh_C[t] * o * (1 - o)
        return self.da[t] @ self.parameters["weight_hh_l0"], dC * (1 - i)
