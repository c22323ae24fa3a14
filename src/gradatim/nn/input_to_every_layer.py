"""Recurrent layers on each other, each of which sees the input too."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, real, whole
from gradatim.nn.dropout import Dropout

State = tuple[Tensor, ...]


class InputToEveryLayer(nn.Module):
    """Recurrent layers with the input at every layer (Hermans & Schrauwen 2013; Graves 2013; curriculum E1).

        h^1_t = layer_1(x_t, h^1_{t−1}),   h^k_t = layer_k([h^{k−1}_t; x_t], h^k_{t−1})

    `make(width)` gives one layer whose input has `width` features, such as `lambda width: LSTM(width, 64)`:
    any of the recurrent layers, of one direction. `dropout` falls on h^{k−1} between the layers.

    Shapes: x (T, N, D) → every output of the last layer (T, N, H), and the last state, each of its tensors
    (num_layers, N, ·), as the layers themselves give it.

    >>> from gradatim.nn.gru import GRU
    >>> layers = InputToEveryLayer(lambda width: GRU(width, 5), 3, num_layers=2)
    >>> out, h = layers(torch.zeros(7, 4, 3))
    >>> tuple(out.shape), tuple(h.shape)
    ((7, 4, 5), (2, 4, 5))
    """

    def __init__(
        self, make: Callable[[int], Any], input_size: int, num_layers: int = 2, dropout: float = 0.0
    ):
        super().__init__()
        self.input_size, self.num_layers = input_size, whole("num_layers", num_layers, 1)
        self.dropout = Dropout(real("dropout", dropout, at_least=0, below=1))
        first = make(input_size)
        if first.bidirectional or first.num_layers != 1 or first.batch_first:
            raise UsageError("make must give one layer of one direction that reads (T, N, D)")
        above = first.widths[0] + input_size
        self.layers = nn.ModuleList([first, *(make(above) for _ in range(num_layers - 1))])

    def forward(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Every output of the last layer, and the last state of every layer."""
        given = (state,) if isinstance(state, Tensor) else state
        read, last = x, []
        for k, layer in enumerate(self.layers):
            start = None if given is None else tuple(part[k : k + 1] for part in given)
            hidden, end = layer(read, start)
            last.append((end,) if isinstance(end, Tensor) else end)
            read = torch.cat([self.dropout(hidden), x], -1)
        ends = tuple(torch.cat(parts) for parts in zip(*last, strict=True))
        return hidden, ends if len(ends) > 1 else ends[0]
