"""What networks of padded sequences have in common: word vectors, read in both directions."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.models.cells import recurrent
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.sequence.padding import mask_of


class SequenceEncoder(nn.Module):
    """A vector for every step of padded sequences, of what stands before and behind it.

        e_t = E x_t,  x_t one-hot, or D numbers;   h_t = [h→_t; h←_t]

    Shapes: values (N, T) of numbers 0 … V−1, or (N, T, D) with `in_features` D; lengths (N,) → every h_t
    (N, T, 2H), 0 at padding, which steps are none (N, T), and the last layer's h→_L and h←_1 of each
    sequence, (N, 2H). `dropout` falls on e_t, and between the layers.

    Raises UsageError for sizes that cannot be, and for other inputs.
    """

    def __init__(
        self, vocabulary_size: int | None, embedding_size: int, hidden_size: int, num_layers: int, cell: str,
        dropout: float, in_features: int | None = None,
    ):  # fmt: skip
        super().__init__()
        if (vocabulary_size is None) == (in_features is None):
            raise UsageError("the steps are symbols or numbers: give vocabulary_size or in_features")
        self.in_features = in_features
        name, size = (
            ("vocabulary_size", vocabulary_size) if in_features is None else ("in_features", in_features)
        )
        width = whole("embedding_size", embedding_size, 1)
        self.embedding = Dense(whole(name, size, 1), width, bias=False, init="xavier_uniform")
        self.dropout = Dropout(dropout)
        between = dropout if num_layers != 1 else 0.0
        self.recurrent = recurrent(
            cell, width, hidden_size, num_layers, batch_first=True, dropout=between, bidirectional=True
        )

    def forward(self, values: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Every h_t, which steps are real, and the last h of both directions."""
        vectors = self.dropout(self._vectors(values))
        hidden, state = self.recurrent(vectors, lengths=lengths)
        last = state[0] if isinstance(state, tuple) else state  # (layers · 2, N, H)
        real = mask_of(lengths, values.shape[1], len(values), "right", values.device).t()
        return hidden, real, torch.cat([last[-2], last[-1]], 1)

    def _vectors(self, values: Tensor) -> Tensor:
        """e_t (N, T, E)."""
        got = f"it got {values.dtype} of shape {tuple(values.shape)}"
        if self.in_features is None:
            if values.ndim != 2 or values.is_floating_point():
                raise UsageError(f"the network reads whole numbers (sequences, steps); {got}")
            return F.embedding(values, self.embedding.weight.t())
        if values.ndim != 3 or values.shape[2] != self.in_features:
            raise UsageError(f"the network reads numbers (sequences, steps, {self.in_features}); {got}")
        return self.embedding(values)
