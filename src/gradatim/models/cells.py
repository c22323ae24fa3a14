"""The recurrent layers that a network of texts or sequences can be made of, by the name of their cell."""

from typing import Any, NamedTuple

from gradatim import catalog
from gradatim.checks import known


class Cell(NamedTuple):
    """A layer of the catalogue, and the arguments that make it this cell."""

    layer: str
    arguments: dict[str, Any]


CELLS = {
    "rnn": Cell("rnn", {}),  # Elman's, tanh
    "rnn_sigmoid": Cell("rnn", {"nonlinearity": "sigmoid"}),
    "rnn_relu": Cell("rnn", {"nonlinearity": "relu"}),
    "jordan": Cell("jordan", {}),  # the last output instead of the last hidden units
    "lstm": Cell("lstm", {}),
    "peephole": Cell("peephole_lstm", {}),
    "coupled": Cell("coupled_lstm", {}),
    "layer_norm": Cell("layer_norm_lstm", {}),
    "gru": Cell("gru", {}),  # the reset after the product, as torch's
    "gru_before": Cell("gru", {"reset": "before"}),  # Cho's, and the course's
}


def recurrent(cell: str, input_size: int, hidden_size: int, num_layers: int = 1, **arguments: Any) -> Any:
    """The layer of this cell; UsageError for a cell that there is not.

    >>> recurrent("gru_before", 3, 5).reset
    'before'
    """
    kind = CELLS[known("cell", cell, CELLS)]
    layer = catalog.find(kind.layer, "layer").load()
    return layer(input_size, hidden_size, num_layers, **kind.arguments, **arguments)
