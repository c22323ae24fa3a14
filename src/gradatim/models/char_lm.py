"""The character-level language model."""

from typing import Any, ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, known, one_of, real, whole
from gradatim.models.cells import CELLS, recurrent
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.input_to_every_layer import InputToEveryLayer

State = tuple[Tensor, ...]
JORDAN = "jordan"  # whose outputs are the scores
INPUT_TO = ("first", "every")  # layer


class CharLM(nn.Module):
    """Character-level language model (Sutskever, Martens & Hinton 2011; curriculum E9), of any cell.

        e_t = E x_t,  x_t one-hot;   h_t = cell(e_t, h_{t−1});   s_t = W h_t + b;   p(x_{t+1}) = softmax(s_t)

    Shapes: x (T, N) of character numbers 0 … K−1 → scores (T·N, K), step by step; `embedding_size` 0 gives
    the cells the one-hot vectors themselves. `cell` is a name of `models.cells`, "lstm" or "gru_before";
    "jordan" has no W and b of its own: its outputs are the scores, and it is fed their softmax. `input_to`
    "every" layer gives each e_t beside the layer below, not the first alone. `dropout` falls between the
    layers and behind the last; of a Jordan network on e_t.

    `scores(x, state)` is a function of its arguments. Calling the network starts from `carried` and leaves
    the last state there, detached, so that the next window goes on where this one ended (truncated BPTT, E3);
    `carried = None` starts anew, from zeros.

    Raises UsageError for sizes that cannot be, and for a Jordan network of several layers.

    >>> import torch
    >>> network = CharLM(vocabulary_size=4, hidden_size=3)
    >>> tuple(network(torch.tensor([[0], [1]])).shape), tuple(network.carried[0].shape)
    ((2, 4), (1, 1, 3))
    """

    layout: ClassVar[str] = "streams"  # of the examples that it reads

    def __init__(
        self, vocabulary_size: int, hidden_size: int = 320, num_layers: int = 1, embedding_size: int = 0,
        dropout: float = 0.0, cell: str = "lstm", input_to: str = "first",
    ):  # fmt: skip
        super().__init__()
        self.vocabulary_size = whole("vocabulary_size", vocabulary_size, 1)
        real("dropout", dropout, at_least=0, below=1)
        one_of("input_to", input_to, INPUT_TO)
        width = whole("embedding_size", embedding_size, 0) or vocabulary_size
        self.embedding: Dense | None = None  # its columns are the characters' vectors
        if embedding_size:
            self.embedding = Dense(vocabulary_size, width, bias=False, init="xavier_uniform")
        self.place = "lstm" if (cell, input_to) == ("lstm", "first") else "recurrent"  # in a file of weights
        self.add_module(
            self.place, _layers(cell, input_to, width, hidden_size, num_layers, dropout, vocabulary_size)
        )
        self.dropout = Dropout(dropout)
        self.feeds_back = cell == JORDAN
        if not self.feeds_back:
            self.head = Dense(hidden_size, vocabulary_size, init="xavier_uniform")
        self.carried: State | None = None

    @property
    def layers(self) -> Any:
        """The recurrent layers."""
        return getattr(self, self.place)

    def forward(self, x: Tensor) -> Tensor:
        """The scores of what follows each character, (T·N, K), from the carried state on."""
        scores, state = self.scores(x, self.carried)
        self.carried = tuple(part.detach() for part in state)
        return scores.flatten(0, 1)

    def scores(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Scores (T, N, K) and the last state, of an LSTM (h, c), each (num_layers, N, hidden_size)."""
        if x.ndim != 2 or x.is_floating_point():
            raise UsageError(
                f"a character model reads whole numbers (steps, sequences); it got {x.dtype} of shape "
                f"{tuple(x.shape)}"
            )
        e = self.vectors(x)
        hidden, last = self.layers(self.dropout(e) if self.feeds_back else e, state)
        last = (last,) if isinstance(last, Tensor) else last
        return (hidden if self.feeds_back else self.head(self.dropout(hidden))), last

    def vectors(self, x: Tensor) -> Any:
        """What the cells read of each character."""
        if self.embedding is not None:
            return F.embedding(x, self.embedding.weight.t())
        return F.one_hot(x, self.vocabulary_size).to(next(self.parameters()).dtype)


def _layers(
    cell: str,
    input_to: str,
    width: int,
    hidden_size: int,
    num_layers: int,
    dropout: float,
    outputs: int,
) -> nn.Module:
    """The recurrent layers of a character model."""
    if cell == JORDAN:
        if num_layers != 1 or input_to != "first":
            raise UsageError(
                "a Jordan network is one layer, since its outputs are the scores; "
                f"num_layers is {num_layers} and input_to {input_to}"
            )
        return recurrent(cell, width, hidden_size, output_size=outputs, feedback="softmax")
    if input_to == "every":
        kind = CELLS[known("cell", cell, CELLS)]
        return InputToEveryLayer(width, hidden_size, num_layers, kind.layer, dropout, kind.arguments)
    return recurrent(cell, width, hidden_size, num_layers, dropout=dropout if num_layers != 1 else 0.0)
