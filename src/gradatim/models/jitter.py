"""Noise on whole series: each of their numbers scaled and shifted, as another person's would be."""

from torch import Tensor

from gradatim.checks import real
from gradatim.nn.boltzmann_units import normal
from gradatim.nn.placed import Placed


class Jitter(Placed):
    """Each number of a series scaled and shifted by noise while training (after Um et al. 2017, scaling).

        x̃_td = (1 + s a_d) x_td + s b_d,   a_d, b_d ~ N(0, 1), drawn once a series      evaluation: x̃ = x

    s is `amount`, in units of the inputs, which have deviation 1 where they are standardised; a and b are
    functions of (seed, layer, step, element), see `Placed`. Padding may be shifted, too: mask it behind.

    Shapes: x (N, T, D) → (N, T, D).

    >>> import torch
    >>> layer = Jitter(0.1)
    >>> x = layer(torch.ones(1, 3, 2))
    >>> bool((x == x[:, :1]).all()), layer.eval()(torch.ones(1, 1, 1)).tolist()
    (True, [[[1.0]]])
    """

    def __init__(self, amount: float = 0.1):
        super().__init__()
        self.amount = real("amount", amount, at_least=0)

    def forward(self, x: Tensor) -> Tensor:
        """The series, scaled and shifted."""
        if not self.training or self.amount == 0:
            return x
        of_series = x[:, :1]
        a, b = (self.amount * normal(self.numbers(of_series).double()) for _ in range(2))
        return (1 + a).to(x.dtype) * x + b.to(x.dtype)

    def extra_repr(self) -> str:
        """The amount s."""
        return f"amount={self.amount:g}"
