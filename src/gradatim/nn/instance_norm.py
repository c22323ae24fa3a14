"""Instance normalisation."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import real, whole
from gradatim.functional.normalised import check_channels, check_places
from gradatim.nn.gain import gain, set_gain


class InstanceNorm(nn.Module):
    """Normalisation of each channel of each example over its places (Ulyanov, Vedaldi & Lempitsky 2016).

        μ, σ² = mean and variance (divided by m) of the m numbers of a channel of an example
        y = γ_c (x − μ)/√(σ² + ε) + β_c
        with track_running_stats:
        training:    running mean ← (1 − ρ) running mean + ρ/N Σ_n μ_n,   running variance likewise from
                     σ_n² m/(m − 1)
        evaluation:  μ, σ² = running mean and variance

    Shapes: x (N, num_features, …) → the same, for signals, pictures and clips alike; γ `weight`, β `bias`,
    running_mean, running_var (num_features,), num_batches_tracked ().

    As in torch there are a γ and a β, which start at 1 and 0, only with `affine`; without
    `track_running_stats` nothing is remembered, and training and evaluation do not differ. ρ is `momentum`.
    As torch's, the layer counts no batch. Raises UsageError for other channels, and where a channel of an
    example is a single number, unless running numbers normalise it.

    >>> import torch
    >>> InstanceNorm(1, eps=1e-12)(torch.tensor([[[1.0, 3.0]], [[8.0, 4.0]]])).tolist()
    [[[-1.0, 1.0]], [[1.0, -1.0]]]
    """

    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self, num_features: int, eps: float = 1e-5, affine: bool = False, momentum: float = 0.1,
        track_running_stats: bool = False,
    ):  # fmt: skip
        super().__init__()
        self.num_features = whole("num_features", num_features, 1)
        self.eps = real("eps", eps, above=0)
        self.momentum = real("momentum", momentum, at_least=0)
        self.track_running_stats = bool(track_running_stats)
        self.weight, self.bias = gain((self.num_features,), affine)
        size = (self.num_features,)
        for name, value in (
            ("running_mean", torch.zeros(size)), ("running_var", torch.ones(size)),
            ("num_batches_tracked", torch.zeros((), dtype=torch.int64)),
        ):  # fmt: skip
            self.register_buffer(name, value if self.track_running_stats else None)
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """γ = 1, β = 0, running mean 0, running variance 1."""
        set_gain(self)
        if self.running_mean is not None and self.running_var is not None and not self.running_mean.is_meta:
            self.running_mean.zero_()
            self.running_var.fill_(1)

    def forward(self, x: Tensor) -> Tensor:
        """The normalised numbers."""
        check_channels("instance_norm", self.num_features, x.shape, axes=3)
        of_its_own = self.training or not self.track_running_stats
        if of_its_own:
            check_places(x.shape)
        if not x.numel():
            return x.clone()
        return F.instance_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            of_its_own,
            self.momentum,
            self.eps,
        )

    def extra_repr(self) -> str:
        """What the constructor was told."""
        affine = ", affine=True" if self.weight is not None else ""
        tracked = (
            f", momentum={self.momentum:g}, track_running_stats=True" if self.track_running_stats else ""
        )
        return f"{self.num_features}, eps={self.eps:g}{affine}{tracked}"
