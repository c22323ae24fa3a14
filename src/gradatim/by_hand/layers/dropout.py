"""Dropout whose mask is a function of (seed, layer, step, element)."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import real
from gradatim.random import keep, mix


class Dropout(Layer):
    """Inverted dropout (Hinton et al. 2012; p is the probability of dropping).

        training: h = x ⊙ m/(1 − p),  m_i = 1 with probability 1 − p;   ∂L/∂x = g ⊙ m/(1 − p)
        evaluation: h = x

    The mask is `random.keep(…)`, the one that the torch layer draws at the same place. `place(seed, layer,
    step)` says where it stands; from there it counts its calls.

    Shapes: x (…) → (…). Raises UsageError for p outside [0, 1).
    """

    def __init__(self, p: float = 0.5):
        super().__init__()
        self.p = real("p", p, at_least=0, below=1)
        self.place(0, "", 0)
        self._scrambled = np.empty(0, np.int32)  # mix(0, 1, 2, …), as many as the largest input so far
        self._m: np.ndarray | None = None  # m/(1 − p); None where nothing is dropped

    def place(self, seed: int, layer: str, step: int) -> None:
        """Set what the next mask is a function of."""
        self.seed, self.layer, self.step, self.calls = seed, layer, step, 0

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The input with a share p of its elements dropped, while training."""
        self._m = None
        if not training or self.p == 0:
            return x
        if len(self._scrambled) < x.size:
            self._scrambled = mix(np.arange(x.size, dtype=np.int32))
        place = f"{self.layer} call {self.calls}" if self.calls else self.layer
        kept = keep(self._scrambled[: x.size], self.seed, place, self.step, self.p).reshape(x.shape)
        self.calls += 1
        self._m = self.like("m", x)
        np.multiply(kept, 1 / (1 - self.p), out=self._m, dtype=x.dtype)
        return np.multiply(x, self._m, out=self.like("h", x))

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradient through the same mask."""
        if self._m is None:
            return g
        return np.multiply(g, self._m, out=self.like("dx", self._m))
