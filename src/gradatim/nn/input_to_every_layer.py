"""Recurrent layers on each other, each of which sees the input too."""

from typing import Any

import torch
from torch import Tensor, nn

from gradatim import catalog
from gradatim.checks import one_of, real, whole
from gradatim.nn.dropout import Dropout

CELLS = ("lstm", "gru", "rnn", "jordan", "peephole_lstm", "coupled_lstm", "layer_norm_lstm")


class InputToEveryLayer(nn.Module):
    """Recurrent layers with the input at every layer (Hermans & Schrauwen 2013; Graves 2013; curriculum E1).

        h^1_t = layer_1(x_t, h^1_{t−1}),   h^k_t = layer_k([h^{k−1}_t; x_t], h^k_{t−1})

    `cell` names a recurrent layer of the catalogue, `arguments` are more of it, such as {"reset": "before"}.
    `dropout` falls on h^{k−1} between the layers.

    Shapes: x (T, N, D) → every output of the last layer (T, N, H), and the last state, each of its tensors
    (num_layers, N, ·), as the layers themselves give it. Raises UsageError for another cell.

    >>> layers = InputToEveryLayer(3, 5, num_layers=2, cell="gru")
    >>> out, h = layers(torch.zeros(7, 4, 3))
    >>> tuple(out.shape), tuple(h.shape)
    ((7, 4, 5), (2, 4, 5))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 2, cell: str = "lstm",
        dropout: float = 0.0, arguments: dict[str, Any] | None = None,
    ):  # fmt: skip
        super().__init__()
        made = catalog.find(one_of("cell", cell, CELLS), "layer").load()
        self.input_size = whole("input_size", input_size, 1)
        self.num_layers = whole("num_layers", num_layers, 1)
        self.dropout = Dropout(real("dropout", dropout, at_least=0, below=1))
        widths = [input_size] + [hidden_size + input_size] * (num_layers - 1)
        self.layers = nn.ModuleList(made(width, hidden_size, **(arguments or {})) for width in widths)

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
