"""Dropout as it was first published."""

from torch import Tensor

from gradatim.nn.dropout import Dropout


class Dropout2012(Dropout):
    """Dropout that scales at test (Hinton et al. 2012; p is the probability of dropping).

        training: y = x ⊙ m,  m_i = 1 with probability 1 − p      evaluation: y = (1 − p) x

    Behind a linear layer this is `dropout` with inputs smaller by 1 − p in both. The masks are the same.

    Shapes: x (…) → (…). Raises UsageError for p outside [0, 1).

    >>> import torch
    >>> layer = Dropout2012(0.5)
    >>> sorted(set(layer(torch.ones(100)).tolist())), set(layer.eval()(torch.ones(100)).tolist())
    ([0.0, 1.0], {0.5})
    """

    @property
    def scale(self) -> float:
        """Kept elements stay as they are."""
        return 1.0

    def forward(self, x: Tensor) -> Tensor:
        """The input with elements dropped while training, and made smaller afterwards."""
        return super().forward(x) if self.training else x * (1 - self.p)
