"""Dropout whose mask is a function of (seed, layer, step, element)."""

import numpy as np
import torch
from torch import Tensor

from gradatim.checks import real
from gradatim.nn.placed import Placed
from gradatim.random import keep

IN_NUMPY = {torch.float32: np.float32, torch.float64: np.float64}
IN_NUMPY_UP_TO = 2**20  # elements; many threads of torch may be quicker beyond, one or two are not


class Dropout(Placed):
    """Inverted dropout (Hinton et al. 2012; p is the probability of dropping).

        training: y = x ⊙ m/(1 − p),  m_i = 1 with probability 1 − p      evaluation: y = x

    The mask is `random.keep(…)`, so a resumed run and the other engine draw the same one. `place(seed, layer,
    step)` says where it stands, which training does before each batch; from there it counts its calls, so
    that a layer used twice, or left alone, draws another mask each time.

    Shapes: x (…) → (…). Raises UsageError for p outside [0, 1).

    >>> layer = Dropout(0.5)
    >>> sorted(set(layer(torch.ones(100)).tolist())), set(layer.eval()(torch.ones(100)).tolist())
    ([0.0, 2.0], {1.0})
    """

    def __init__(self, p: float = 0.5):
        super().__init__()
        self.p = real("p", p, at_least=0, below=1)

    def forward(self, x: Tensor) -> Tensor:
        """The input with a share p of its elements dropped, while training."""
        if not self.training or self.p == 0:
            return x
        return x * self._mask(x, self.next_name())

    def _mask(self, x: Tensor, place: str) -> Tensor:
        """m/(1 − p), of the input's shape and precision; on the CPU NumPy hashes in half of torch's time."""
        elements, scale = self.elements(x), self.scale
        precision = IN_NUMPY.get(x.dtype)
        if precision is None or not x.is_cpu or x.numel() > IN_NUMPY_UP_TO or torch.compiler.is_compiling():
            kept = keep(elements, self.seed, place, self.step, self.p)
            return kept.view(x.shape).to(x.dtype) * scale
        kept = keep(elements.numpy(), self.seed, place, self.step, self.p)
        return torch.from_numpy(kept * precision(scale)).view(x.shape)

    @property
    def scale(self) -> float:
        """What a kept element is multiplied by."""
        return 1 / (1 - self.p)

    def extra_repr(self) -> str:
        """The probability of dropping."""
        return f"p={self.p}"
