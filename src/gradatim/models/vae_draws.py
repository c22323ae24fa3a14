"""What a variational autoencoder draws: binary inputs and codes."""

from torch import Tensor

from gradatim.nn.boltzmann_units import normal
from gradatim.nn.placed import Placed
from gradatim.nn.row_numbers import row_normal, row_uniform


class Binarise(Placed):
    """Inputs from [0, 1] as 0 and 1 (Salakhutdinov & Murray 2008).

        threshold  v = [x > ½]      sampled  v = 1 with probability x      none  v = x

    While training v is sampled anew by (seed, layer, step, element); in evaluation by the row itself, so that
    a row is always measured as the same one.
    """

    def __init__(self, how: str):
        super().__init__()
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        """The inputs, (N, D)."""
        if self.how == "none":
            return x
        if self.how == "threshold":
            return (x > 0.5).to(x.dtype)
        u = self.numbers(x) if self.training else row_uniform(x, "binarise", x.shape[1])
        return (u < x).to(x.dtype)

    def extra_repr(self) -> str:
        """How."""
        return self.how


class Reparameterise(Placed):
    """Codes from q(z | x) = N(μ, σ²), through which gradients pass (Kingma & Welling 2014).

        z = μ + σ ε,   ε ~ N(0, 1),   σ = exp(s/2)

    While training ε is a function of (seed, layer, step, element); in evaluation of the row v itself.
    """

    def forward(self, mean: Tensor, log_variance: Tensor, v: Tensor) -> Tensor:
        """A code for each example, (N, H)."""
        if self.training:
            epsilon = normal(self.numbers(mean).double()).to(mean.dtype)
        else:
            epsilon = row_normal(v, "code", mean.shape[1])
        return mean + (log_variance / 2).exp() * epsilon
