"""The character-level language model."""

from typing import Any, ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, real, whole
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.lstm import LSTM

State = tuple[Tensor, ...]


class CharLM(nn.Module):
    """Character-level language model (Sutskever, Martens & Hinton 2011; curriculum E9), with an LSTM.

        e_t = E x_t,  x_t one-hot;   h_t = LSTM(e_t, h_{t−1});   s_t = W h_t + b;   p(x_{t+1}) = softmax(s_t)

    Shapes: x (T, N) of character numbers 0 … K−1 → scores (T·N, K), step by step; `embedding_size` 0 gives
    the LSTM the one-hot vectors themselves. `dropout` falls between the LSTM's layers and behind the last.

    `scores(x, state)` is a function of its arguments. Calling the network starts from `carried` and leaves
    the last state there, detached, so that the next window goes on where this one ended (truncated BPTT, E3);
    `carried = None` starts anew, from zeros.

    Raises UsageError for sizes that cannot be.

    >>> import torch
    >>> network = CharLM(vocabulary_size=4, hidden_size=3)
    >>> tuple(network(torch.tensor([[0], [1]])).shape), tuple(network.carried[0].shape)
    ((2, 4), (1, 1, 3))
    """

    layout: ClassVar[str] = "streams"  # of the examples that it reads

    def __init__(
        self, vocabulary_size: int, hidden_size: int = 320, num_layers: int = 1, embedding_size: int = 0,
        dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.vocabulary_size = whole("vocabulary_size", vocabulary_size, 1)
        real("dropout", dropout, at_least=0, below=1)
        width = whole("embedding_size", embedding_size, 0) or vocabulary_size
        self.embedding: Dense | None = None  # its columns are the characters' vectors
        if embedding_size:
            self.embedding = Dense(vocabulary_size, width, bias=False, init="xavier_uniform")
        self.lstm = LSTM(width, hidden_size, num_layers, dropout=dropout if num_layers != 1 else 0.0)
        self.dropout = Dropout(dropout)
        self.head = Dense(hidden_size, vocabulary_size, init="xavier_uniform")
        self.carried: State | None = None

    def forward(self, x: Tensor) -> Tensor:
        """The scores of what follows each character, (T·N, K), from the carried state on."""
        scores, state = self.scores(x, self.carried)
        self.carried = tuple(part.detach() for part in state)
        return scores.flatten(0, 1)

    def scores(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Scores (T, N, K) and the last state (h, c), each (num_layers, N, hidden_size)."""
        if x.ndim != 2 or x.is_floating_point():
            raise UsageError(
                f"a character model reads whole numbers (steps, sequences); it got {x.dtype} of shape "
                f"{tuple(x.shape)}"
            )
        hidden, state = self.lstm(self._vectors(x), state)
        return self.head(self.dropout(hidden)), state

    def _vectors(self, x: Tensor) -> Any:
        """What the LSTM reads of each character."""
        if self.embedding is not None:
            return F.embedding(x, self.embedding.weight.t())
        return F.one_hot(x, self.vocabulary_size).to(self.head.weight.dtype)
