"""One vector of the steps of each sequence: the last, their mean, or an attention over them."""

from torch import Tensor, nn

from gradatim.checks import one_of
from gradatim.models.attention_pooling import AttentionPooling

POOLINGS = ("last", "mean", "attention")


class StepPooling(nn.Module):
    """What a classifier of sequences reads of an encoder's steps.

        last: [h→_L; h←_1]     mean: (1/L) Σ_t h_t     attention: Σ_t α_t h_t, see AttentionPooling

    Shapes: hidden (N, T, D), 0 at padding; real (N, T); last (N, D); lengths (N,) → (N, D).
    Raises UsageError for a pooling that there is not.
    """

    def __init__(self, pooling: str, features: int, attention_size: int):
        super().__init__()
        self.pooling = one_of("pooling", pooling, POOLINGS)
        self.attention = AttentionPooling(features, attention_size) if pooling == "attention" else None

    def forward(self, hidden: Tensor, real: Tensor, last: Tensor, lengths: Tensor) -> Tensor:
        """One vector for each sequence."""
        if self.attention is not None:
            return self.attention(hidden, real)
        return last if self.pooling == "last" else hidden.sum(1) / lengths[:, None].to(hidden.dtype)
