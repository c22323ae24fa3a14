"""One class for a whole recording."""

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn

from gradatim.models.attention_pooling import AttentionPooling
from gradatim.models.listeners import Listener
from gradatim.models.spec_augment import SpecAugment
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.sequence.padding import mask_of


class SoundClassifier(nn.Module):
    """Classifier of recordings: a listener, and attention over what it heard (after Chan et al. 2016, eq. 3).

        x̃ = SpecAugment(x);   h = Listener(x̃);   a = W Σ_t α_t h_t + b,   α = AttentionPooling(h)

    Shapes: values (N, T, M), frames of M log-mel energies; lengths (N,) → scores (N, K).
    `listener` is convolutions, flat or pyramid: see `Listener`. `dropout` falls on every convolution's output
    and in front of W; `augment` is how much recordings are changed while training.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> import torch
    >>> network = SoundClassifier(6, num_classes=3, hidden_size=4, listener="pyramid")
    >>> network(torch.zeros(2, 9, 6), torch.tensor([9, 4])).shape
    torch.Size([2, 3])
    """

    layout: ClassVar[str] = "padded"  # of the examples that it reads

    def __init__(
        self, in_features: int, *, num_classes: int, listener: str = "convolutions", hidden_size: int = 64,
        num_layers: int | None = None, cell: str = "gru", channels: Sequence[int] = (64, 64),
        dropout: float = 0.0, augment: float = 1.0,
    ):  # fmt: skip
        super().__init__()
        layers = num_layers or (1 if listener == "convolutions" else 3)
        self.augment = SpecAugment(augment)
        self.listener = Listener(listener, in_features, hidden_size, layers, cell, channels, dropout)
        self.pool = AttentionPooling(2 * hidden_size, hidden_size)
        self.dropout = Dropout(dropout)
        self.head = Dense(2 * hidden_size, num_classes, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """The classes' scores."""
        h, lengths = self.listener(*self.augment(values, lengths))
        real = mask_of(lengths, h.shape[1], len(h), "right", h.device).t()
        return self.head(self.dropout(self.pool(h, real)))
