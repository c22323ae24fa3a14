"""One answer for a whole series: convolutions over time, then a recurrent layer."""

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn

from gradatim.models.jitter import Jitter
from gradatim.models.sequence_encoder import SequenceEncoder
from gradatim.models.step_pooling import StepPooling
from gradatim.models.strided_convolutions import StridedConvolutions
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout


class ConvRecurrent(nn.Module):
    """Convolutions and a recurrent layer for series, after DeepConvLSTM (Ordóñez & Roggen 2016).

        c = convolutions over time, each with a stride: StridedConvolutions
        e_t = E c_t;   h_t = [h→_t; h←_t] of a recurrent layer over e;   h = one vector of h_t: StepPooling
        a = W h + b

    Shapes: values (N, T, D) with `in_features` D; lengths (N,) → outputs (N, K), the scores of K classes or
    K numbers. `dropout` falls on every convolution's output and in front of W; `jitter` scales and shifts
    each number of a series while training, see `Jitter`.

    The paper has four convolutions without stride and a last step's LSTM in one direction; strides make the
    recurrent layer short. Raises UsageError for sizes that cannot be, and for other inputs.

    >>> import torch
    >>> network = ConvRecurrent(3, num_classes=2, channels=[4], hidden_size=5)
    >>> network(torch.zeros(2, 9, 3), torch.tensor([9, 4])).shape
    torch.Size([2, 2])
    """

    layout: ClassVar[str] = "padded"  # of the examples that it reads

    def __init__(
        self, in_features: int, *, num_classes: int, channels: Sequence[int] = (64, 64), kernel_size: int = 5,
        stride: int = 2, hidden_size: int = 64, num_layers: int = 1, cell: str = "gru", dropout: float = 0.0,
        pooling: str = "attention", jitter: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.jitter = Jitter(jitter)
        self.convolutions = StridedConvolutions(in_features, channels, kernel_size, stride, dropout)
        width = channels[-1]
        self.encoder = SequenceEncoder(None, hidden_size, hidden_size, num_layers, cell, 0.0, width)
        self.pool = StepPooling(pooling, 2 * hidden_size, hidden_size)
        self.dropout = Dropout(dropout)
        self.head = Dense(2 * hidden_size, num_classes, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """The classes' scores, or the numbers."""
        c, lengths = self.convolutions(self.jitter(values), lengths)
        hidden, real, last = self.encoder(c, lengths)
        return self.head(self.dropout(self.pool(hidden, real, last, lengths)))
