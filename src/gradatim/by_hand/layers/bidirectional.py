"""A sequence read in both directions."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.gru_after import GRUAfter
from gradatim.by_hand.layers.layer import Layer
from gradatim.by_hand.layers.lstm import LSTM
from gradatim.by_hand.layers.recurrent import Recurrent
from gradatim.by_hand.layers.rnn import RNN
from gradatim.checks import UsageError, known

CELLS: dict[str, type[Recurrent]] = {"lstm": LSTM, "gru": GRUAfter, "rnn": RNN}
BACKWARDS = "_reverse"  # behind the names of the parameters that read from the last step to the first


class Bidirectional(Layer):
    """Two layers over time side by side, of which one reads backwards (Schuster & Paliwal 1997; E4).

        h→_t = cell→(x_t, h→_{t−1}),  t = 1 … T      h←_t = cell←(x_t, h←_{t+1}),  t = T … 1
        h_t = [h→_t; h←_t]                           ∂L/∂x_t = ∂L/∂x→_t + ∂L/∂x←_t

    `cell` is lstm, gru (its reset behind the product) or rnn. Parameters have the names that the layers of
    `nn` give them: weight_ih_l0 … of the cell that reads forwards, weight_ih_l0_reverse … of the other.

    Shapes: x (T, N, input_size) → (T, N, 2 · hidden_size). Raises UsageError for an unknown cell.

    >>> layer = Bidirectional(2, 3, "gru")
    >>> layer.shapes["weight_hh_l0_reverse"]
    (9, 3)
    """

    def __init__(self, input_size: int, hidden_size: int, cell: str = "lstm", bias: bool = True):
        super().__init__()
        make = CELLS[known("cell", cell, CELLS)]
        self.input_size, self.hidden_size, self.cell = input_size, hidden_size, cell
        self.forwards, self.backwards = (make(input_size, hidden_size, bias) for _ in range(2))
        self.shapes = {  # type: ignore[misc]
            f"{name}{end}": shape
            for end, layer in (("", self.forwards), (BACKWARDS, self.backwards))
            for name, shape in layer.shapes.items()
        }

    def hold(self, parameters: dict[str, np.ndarray], gradients: dict[str, np.ndarray]) -> None:
        """Hand each direction its own."""
        super().hold(parameters, gradients)
        for end, layer in (("", self.forwards), (BACKWARDS, self.backwards)):
            own = (
                {name: views[f"{name}{end}"] for name in layer.shapes} for views in (parameters, gradients)
            )
            layer.hold(*own)

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """As the cell's, other numbers for each direction."""
        behind = self.backwards.draw(seed, f"{prefix}reverse.")
        return self.forwards.draw(seed, prefix) | {f"{name}{BACKWARDS}": v for name, v in behind.items()}

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """[h→_t; h←_t] of every step."""
        if x.ndim != 3:
            raise UsageError(f"a bidirectional layer reads (steps, sequences, {self.input_size}); it got "
                             f"{tuple(x.shape)}")  # fmt: skip
        h = self.buffer("h", (*x.shape[:2], 2 * self.hidden_size), x.dtype)
        h[..., : self.hidden_size] = self.forwards.forward(x, training)
        h[..., self.hidden_size :] = self.backwards.forward(x[::-1], training)[::-1]
        return h

    def backward(self, g: np.ndarray, inputs: bool = True) -> Any:
        """Both directions' ∂L/∂θ, and ∂L/∂x, the sum of theirs."""
        ahead, behind = np.split(g, 2, axis=-1)
        dx, back = self.forwards.backward(ahead, inputs), self.backwards.backward(behind[::-1], inputs)
        return dx + back[::-1] if inputs else None
