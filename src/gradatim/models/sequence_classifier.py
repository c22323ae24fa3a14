"""One class for a whole sequence."""

from typing import ClassVar

from torch import Tensor, nn

from gradatim.models.sequence_encoder import SequenceEncoder
from gradatim.models.step_pooling import StepPooling
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout


class SequenceClassifier(nn.Module):
    """Bidirectional recurrent classifier of sequences (Schuster & Paliwal 1997; curriculum E4, E7, E11).

        e_t = E x_t,  x_t one-hot, or D numbers;   s = W h + b
        h = [h→_L; h←_1] (last), (1/L) Σ_t h_t (mean) or Σ_t α_t h_t (attention),  h_t = [h→_t; h←_t],
        α = softmax_t(vᵀ tanh(W_α h_t))

    Shapes: values (N, T) of numbers 0 … V−1, or (N, T, D) with `in_features` D; lengths (N,) → scores (N, K).
    `dropout` falls on e_t, between the layers and in front of W. `cell` is a name of `models.cells`.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> import torch
    >>> network = SequenceClassifier(vocabulary_size=9, num_classes=3, hidden_size=4)
    >>> network(torch.tensor([[3, 1, 4], [1, 5, 0]]), torch.tensor([3, 2])).shape
    torch.Size([2, 3])
    """

    layout: ClassVar[str] = "padded"  # of the examples that it reads

    def __init__(
        self, vocabulary_size: int | None = None, *, num_classes: int, embedding_size: int = 64,
        hidden_size: int = 64, num_layers: int = 1, cell: str = "lstm", dropout: float = 0.0,
        pooling: str = "last", in_features: int | None = None,
    ):  # fmt: skip
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.encoder = SequenceEncoder(
            vocabulary_size, embedding_size, hidden_size, num_layers, cell, dropout, in_features
        )
        self.pool = StepPooling(pooling, 2 * hidden_size, hidden_size)
        self.dropout = Dropout(dropout)
        self.head = Dense(2 * hidden_size, num_classes, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """The classes' scores."""
        hidden, real, last = self.encoder(values, lengths)
        return self.head(self.dropout(self.pool(hidden, real, last, lengths)))

    @property
    def pooling(self) -> str:
        """How the steps become one vector."""
        return self.pool.pooling
