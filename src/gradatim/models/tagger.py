"""A tag for every step of a sequence."""

from typing import ClassVar

from torch import Tensor, nn

from gradatim.models.sequence_encoder import SequenceEncoder
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout


class Tagger(nn.Module):
    """Bidirectional recurrent tagger (Graves & Schmidhuber 2005; curriculum E7, E11), with any cells.

        e_t = E x_t,  x_t one-hot, or D numbers;   s_t = W [h→_t; h←_t] + b;   p(tag t) = softmax(s_t)

    Shapes: values (N, T) of numbers 0 … V−1, or (N, T, D) with `in_features` D; lengths (N,) → scores
    (Σ L_i, K), one row for each step that is not padding, in the order of the sequences. `dropout` falls on
    e_t, between the layers and behind the last. `cell` is a name of `models.cells`.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> import torch
    >>> network = Tagger(vocabulary_size=9, num_classes=3, hidden_size=4)
    >>> network(torch.tensor([[3, 1, 4], [1, 5, 0]]), torch.tensor([3, 2])).shape
    torch.Size([5, 3])
    """

    layout: ClassVar[str] = "padded"  # of the examples that it reads

    def __init__(
        self, vocabulary_size: int | None = None, *, num_classes: int, embedding_size: int = 64,
        hidden_size: int = 64, num_layers: int = 1, cell: str = "lstm", dropout: float = 0.0,
        in_features: int | None = None,
    ):  # fmt: skip
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.encoder = SequenceEncoder(
            vocabulary_size, embedding_size, hidden_size, num_layers, cell, dropout, in_features
        )
        self.dropout = Dropout(dropout)
        self.head = Dense(2 * hidden_size, num_classes, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """The tags' scores at every real step."""
        hidden, real, _ = self.encoder(values, lengths)
        return self.head(self.dropout(hidden[real]))
