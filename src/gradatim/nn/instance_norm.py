"""Instance normalisation."""

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import real, whole
from gradatim.functional.normalised import check_channels, check_places
from gradatim.nn.gain import gain, set_gain


class InstanceNorm(nn.Module):
    """Normalisation of each channel of each example over its places (Ulyanov, Vedaldi & Lempitsky 2016).

        μ, σ² = mean and variance (divided by m) of the m numbers of a channel of an example
        y = γ_c (x − μ)/√(σ² + ε) + β_c

    Shapes: x (N, num_features, …) → the same, for signals, pictures and clips alike; γ `weight`, β `bias`
    (num_features,).

    As in torch there are a γ and a β, which start at 1 and 0, only with `affine`. Nothing is remembered:
    training and evaluation do not differ. Raises UsageError for other channels, and where a channel of an
    example is a single number.

    >>> import torch
    >>> InstanceNorm(1, eps=1e-12)(torch.tensor([[[1.0, 3.0]], [[8.0, 4.0]]])).tolist()
    [[[-1.0, 1.0]], [[1.0, -1.0]]]
    """

    def __init__(self, num_features: int, eps: float = 1e-5, affine: bool = False):
        super().__init__()
        self.num_features = whole("num_features", num_features, 1)
        self.eps = real("eps", eps, above=0)
        self.weight, self.bias = gain((self.num_features,), affine)
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """γ = 1, β = 0."""
        set_gain(self)

    def forward(self, x: Tensor) -> Tensor:
        """The normalised numbers."""
        check_channels("instance_norm", self.num_features, x.shape, axes=3)
        check_places(x.shape)
        if not x.numel():
            return x.clone()
        return F.instance_norm(x, weight=self.weight, bias=self.bias, eps=self.eps)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        affine = ", affine=True" if self.weight is not None else ""
        return f"{self.num_features}, eps={self.eps:g}{affine}"
