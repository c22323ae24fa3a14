"""The simple recurrent network, whose state is its hidden layer."""

import numpy as np

from gradatim.by_hand.layers.activations import Identity, ReLU, Tanh
from gradatim.by_hand.layers.elementwise import Elementwise
from gradatim.by_hand.layers.recurrent import Recurrent, State
from gradatim.checks import known

NONLINEARITIES: dict[str, type[Elementwise]] = {"tanh": Tanh, "relu": ReLU, "identity": Identity}


class RNN(Recurrent):
    """Simple recurrent network (Elman, Finding structure in time, 1990).

        h_t = g(a_t),   a_t = W x_t + U h_{t−1} + b,   g = tanh, relu or identity
        ∂L/∂a_t = ∂L/∂h_t ⊙ g′(a_t);   what step t hands back: ∂L/∂h_{t−1} = Uᵀ ∂L/∂a_t
        ∂L/∂U = Σ_t ∂L/∂a_t h_{t−1}ᵀ

    because h_{t−1} reaches the loss through its own output and through a_t.

    Shapes: x (T, N, input_size) → h (T, N, hidden_size); the state is (h,), h (N, hidden_size).
    """

    kind = "an rnn"

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh"):
        super().__init__(input_size, hidden_size, bias)
        self.g = NONLINEARITIES[known("nonlinearity", nonlinearity, NONLINEARITIES)]()

    def step(self, t: int) -> None:
        """h_t = g(a_t + U h_{t−1})."""
        self.a[t] += self.h[t] @ self.parameters["weight_hh_l0"].T
        self.g.value(self.a[t], self.h[t + 1])

    def step_back(self, t: int, *ds: np.ndarray) -> State:
        """∂L/∂a_t and ∂L/∂h_{t−1}."""
        (dh,), da = ds, self.da[t]
        self.g.derivative(self.a[t], self.h[t + 1], da)
        da *= dh
        return (da @ self.parameters["weight_hh_l0"],)
