"""Group normalisation."""

import torch
from torch import Tensor, nn

from gradatim.checks import real
from gradatim.functional.normalised import check_channels, check_divided
from gradatim.nn.gain import gain, set_gain


class GroupNorm(nn.Module):
    """Normalisation of each example's groups of channels over all places (Wu & He 2018, eq. 1 to 7).

        μ, σ² = mean and variance (divided by m) of the m numbers of a group
        y = γ_c (x − μ)/√(σ² + ε) + β_c

    Shapes: x (N, num_channels, …) → the same; γ `weight`, β `bias` (num_channels,).

    A group is num_channels/num_groups neighbouring channels. γ starts at 1 and β at 0; without `affine` there
    are none. Training and evaluation do not differ. Raises UsageError for groups that do not divide the
    channels, and for other channels.

    >>> import torch
    >>> GroupNorm(2, 4, eps=1e-12)(torch.tensor([[1.0, 3.0, 4.0, 0.0]])).tolist()
    [[-1.0, 1.0, 1.0, -1.0]]
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True):
        super().__init__()
        self.num_groups, self.num_channels = check_divided(num_groups, num_channels)
        self.eps = real("eps", eps, above=0)
        self.weight, self.bias = gain((self.num_channels,), affine)
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """γ = 1, β = 0."""
        set_gain(self)

    def forward(self, x: Tensor) -> Tensor:
        """The normalised numbers."""
        check_channels("group_norm", self.num_channels, x.shape)
        if not x.numel():
            return x.clone()
        return torch.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        affine = "" if self.weight is not None else ", affine=False"
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps:g}{affine}"
