"""Noise on the inputs, as a function of (seed, layer, step, element)."""

import torch
from torch import Tensor

from gradatim.checks import UsageError, one_of, real
from gradatim.nn.boltzmann_units import normal
from gradatim.nn.placed import Placed

KINDS = ("gaussian", "masking", "salt_and_pepper")


class Corruption(Placed):
    """Corruption of the inputs of a denoising autoencoder (Vincent et al. 2008, 2010; curriculum F3).

        gaussian         x̃ = x + s n,  n ~ N(0, 1)
        masking          x̃_i = 0 with probability s, else x_i
        salt_and_pepper  x̃_i = low or high, each with probability s/2, else x_i
        evaluation       x̃ = x

    s is `amount`, drawn for every element by the numbers of `gradatim.random`; see `Placed`.

    Shapes: x (…) → (…). Raises UsageError for another kind, an s that cannot be, and low above high.

    >>> layer = Corruption("masking", 0.5)
    >>> round(layer(torch.ones(10000)).mean().item(), 1), layer.eval()(torch.ones(2)).tolist()
    (0.5, [1.0, 1.0])
    """

    def __init__(self, kind: str = "masking", amount: float = 0.3, low: float = 0.0, high: float = 1.0):
        super().__init__()
        self.kind, self.amount = one_of("kind", kind, KINDS), real("amount", amount, at_least=0)
        if kind != "gaussian" and self.amount > 1:
            raise UsageError(
                f"amount is the share of the elements that {kind} replaces, at most 1; it is {self.amount:g}"
            )
        self.low, self.high = real("low", low), real("high", high)
        if self.low > self.high:
            raise UsageError(f"low must be at most high; they are {self.low:g} and {self.high:g}")

    def forward(self, x: Tensor) -> Tensor:
        """The input with noise on it, while training."""
        if not self.training or self.amount == 0:
            return x
        u = self.numbers(x)
        if self.kind == "gaussian":
            return x + (self.amount * normal(u.double())).to(x.dtype)
        if self.kind == "masking":
            return x * (u >= self.amount)
        x = torch.where(u < self.amount, self.high, x)
        return torch.where(u < self.amount / 2, self.low, x)

    def extra_repr(self) -> str:
        """The kind and s."""
        ends = f", low={self.low:g}, high={self.high:g}" if self.kind == "salt_and_pepper" else ""
        return f"{self.kind}, amount={self.amount:g}{ends}"
