"""Networks that see only the last steps, beside recurrent ones."""

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.experiments.recurrent import CELLS, Recurrent
from gradatim.nn.conv import Conv1d
from gradatim.nn.dense import Dense


class Window(nn.Module):
    """A network of the last w inputs: a_t = V ReLU(W [x_t; …; x_{t−w+1}]); zeros stand before the first.

    Shapes: x (T, N, D) → (T, N, K).
    """

    def __init__(self, window: int, inputs: int, hidden: int, outputs: int):
        super().__init__()
        self.window = window
        self.hidden = Dense(window * inputs, hidden, init="he_uniform")
        self.head = Dense(hidden, outputs, init="xavier_uniform")

    def forward(self, x: Tensor) -> Tensor:
        """The answers of every step."""
        padded = F.pad(x, (0, 0, 0, 0, self.window - 1, 0))
        seen = padded.unfold(0, self.window, 1).flatten(2)  # (T, N, D·w)
        return self.head(F.relu(self.hidden(seen)))


class Convolutions(nn.Module):
    """Two causal convolutions over time, which together see w steps, and a linear layer.

    Shapes: x (T, N, D) → (T, N, K).
    """

    def __init__(self, window: int, inputs: int, hidden: int, outputs: int):
        super().__init__()
        self.before = (window - 1) // 2, window - 1 - (window - 1) // 2
        self.first = Conv1d(inputs, hidden, self.before[0] + 1)
        self.second = Conv1d(hidden, hidden, self.before[1] + 1)
        self.head = Dense(hidden, outputs, init="xavier_uniform")

    def forward(self, x: Tensor) -> Tensor:
        """The answers of every step."""
        h = x.permute(1, 2, 0)  # (N, D, T)
        h = F.relu(self.first(F.pad(h, (self.before[0], 0))))
        h = F.relu(self.second(F.pad(h, (self.before[1], 0))))
        return self.head(h.permute(2, 0, 1))


def network_of(name: str, window: int, hidden: int) -> nn.Module:
    """A network that answers yes or no at every step, for one number a step."""
    if name in CELLS:
        return Recurrent(name, 1, hidden, 2)
    return (Window if name == "window" else Convolutions)(window, 1, hidden, 2)
