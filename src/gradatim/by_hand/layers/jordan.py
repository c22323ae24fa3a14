"""The recurrent network whose state is its output."""

import numpy as np

from gradatim.by_hand.layers.recurrent import Recurrent, State, rows
from gradatim.by_hand.layers.rnn import NONLINEARITIES
from gradatim.checks import known, whole
from gradatim.functional.initialisers import Shape


class Jordan(Recurrent):
    """Recurrent network that sees its own last output (Jordan, Serial order, 1986), with linear outputs.

        h_t = g(a_t),   a_t = W x_t + U y_{t−1} + b;    y_t = V h_t + c
        ∂L/∂V = Σ_t ∂L/∂y_t h_tᵀ,   ∂L/∂c = Σ_t ∂L/∂y_t,   ∂L/∂a_t = Vᵀ ∂L/∂y_t ⊙ g′(a_t)
        what step t hands back: ∂L/∂y_{t−1} = Uᵀ ∂L/∂a_t;   ∂L/∂U = Σ_t ∂L/∂a_t y_{t−1}ᵀ

    Jordan's state units also decay into themselves; here the last output alone is the state, as it is
    usually lectured.

    Shapes: x (T, N, input_size) → y (T, N, output_size); U (hidden_size, output_size), named weight_yh;
    V (output_size, hidden_size), weight_hy; c, bias_y. The state is (y,), y (N, output_size).
    """

    kind = "a jordan network"

    def __init__(
        self, input_size: int, hidden_size: int, output_size: int, bias: bool = True,
        nonlinearity: str = "tanh",
    ):  # fmt: skip
        super().__init__(input_size, hidden_size, bias)
        self.output_size = whole("output_size", output_size, 1)
        del self.shapes["weight_hh_l0"]
        self.shapes.update(weight_yh=(hidden_size, output_size), weight_hy=(output_size, hidden_size))
        if bias:
            self.shapes["bias_y"] = (output_size,)
        self.g = NONLINEARITIES[known("nonlinearity", nonlinearity, NONLINEARITIES)]()

    def state_shapes(self, n: int) -> tuple[Shape, ...]:
        """One array, of outputs."""
        return ((n, self.output_size),)

    def begin(self, initial: State) -> None:
        """Room for y_0 … y_T, which the base class calls h, and for the hidden layer."""
        super().begin(initial)
        self.hidden = self.buffer("hidden", self.a.shape, self.a.dtype)

    def step(self, t: int) -> None:
        """h_t = g(a_t + U y_{t−1}) and y_t = V h_t + c."""
        self.a[t] += self.h[t] @ self.parameters["weight_yh"].T
        self.g.value(self.a[t], self.hidden[t])
        np.matmul(self.hidden[t], self.parameters["weight_hy"].T, out=self.h[t + 1])
        if "bias_y" in self.shapes:
            self.h[t + 1] += self.parameters["bias_y"]

    def step_back(self, t: int, *ds: np.ndarray) -> State:
        """∂L/∂a_t and ∂L/∂y_{t−1}."""
        (dy,), da = ds, self.da[t]
        self.g.derivative(self.a[t], self.hidden[t], da)
        da *= dy @ self.parameters["weight_hy"]
        return (da @ self.parameters["weight_yh"],)

    def state_weights(self) -> None:
        """∂L/∂U, ∂L/∂V and ∂L/∂c."""
        np.matmul(rows(self.da).T, rows(self.h[:-1]), out=self.gradients["weight_yh"])
        dy = rows(self.dh)
        np.matmul(dy.T, rows(self.hidden), out=self.gradients["weight_hy"])
        if "bias_y" in self.shapes:
            np.add.reduce(dy, axis=0, out=self.gradients["bias_y"])
