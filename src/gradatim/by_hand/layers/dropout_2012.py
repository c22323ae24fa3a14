"""Dropout as it was first published."""

import numpy as np

from gradatim.by_hand.layers.dropout import Dropout


class Dropout2012(Dropout):
    """Dropout that scales at test (Hinton et al. 2012; p is the probability of dropping).

        training: h = x ⊙ m,  m_i = 1 with probability 1 − p;   ∂L/∂x = g ⊙ m
        evaluation: h = (1 − p) x;   ∂L/∂x = (1 − p) g

    The masks are those of `Dropout`. Shapes: x (…) → (…). Raises UsageError for p outside [0, 1).
    """

    @property
    def scale(self) -> float:
        """Kept elements stay as they are."""
        return 1.0

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The input with elements dropped while training, and made smaller afterwards."""
        if training:
            return super().forward(x, training)
        self._m = self.like("m", x)
        self._m[...] = 1 - self.p
        return np.multiply(x, self._m, out=self.like("h", x))
