"""Batch normalisation."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, real, whole


class BatchNorm(nn.Module):
    """Batch normalisation of each channel over the batch and all places (Ioffe & Szegedy 2015, Alg. 1 and 2).

        training:    μ, σ² = mean and variance (divided by m) of the batch's m numbers;  m > 1
                     running mean ← (1 − ρ) running mean + ρ μ,   running variance likewise from σ² m/(m − 1)
        evaluation:  μ, σ² = running mean and variance
        y = γ (x − μ)/√(σ² + ε) + β

    Shapes: x (N, num_features, …) → the same, for rows, signals, pictures and clips alike; γ `weight`,
    β `bias`, running_mean, running_var (num_features,), num_batches_tracked ().

    ρ is `momentum`; None makes the running numbers the plain means over all batches. γ starts at 1, β at 0.
    A batch without numbers leaves them, and is not counted. Raises UsageError for other channels, and for a
    single number per channel while training.

    >>> BatchNorm(1, eps=1e-12)(torch.tensor([[1.0], [3.0]])).tolist()
    [[-1.0], [1.0]]
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True
    ):
        super().__init__()
        self.num_features = whole("num_features", num_features, 1)
        self.eps = real("eps", eps, above=0)
        self.momentum = None if momentum is None else real("momentum", momentum, at_least=0)
        self.weight = nn.Parameter(torch.empty(self.num_features)) if affine else None
        self.bias = nn.Parameter(torch.empty(self.num_features)) if affine else None
        self.register_buffer("running_mean", torch.empty(self.num_features))
        self.register_buffer("running_var", torch.empty(self.num_features))
        self.register_buffer("num_batches_tracked", torch.empty((), dtype=torch.int64))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """γ = 1, β = 0, running mean 0, running variance 1, no batch counted."""
        if self.running_mean.is_meta:
            return
        for value, start in (
            (self.weight, 1), (self.bias, 0), (self.running_mean, 0), (self.running_var, 1),
            (self.num_batches_tracked, 0),
        ):  # fmt: skip
            if value is not None:
                value.fill_(start)

    def forward(self, x: Tensor) -> Tensor:
        """The normalised numbers."""
        if x.ndim < 2 or x.shape[1] != self.num_features:
            shape = tuple(x.shape[1:])
            raise UsageError(f"batch_norm of {self.num_features} channels got examples of shape {shape}")
        rho, training = self.momentum, self.training and x.numel() > 0
        if training:
            if x.numel() == x.shape[1]:
                raise UsageError(
                    "batch_norm needs more than one number per channel while training; it got one: "
                    "let every batch hold two examples or more"
                )
            self.num_batches_tracked += 1
            rho = 1 / float(self.num_batches_tracked) if rho is None else rho
        return F.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training,
            rho or 0.0,
            self.eps,
        )

    def extra_repr(self) -> str:
        """What the constructor was told."""
        affine = "" if self.weight is not None else ", affine=False"
        return f"{self.num_features}, eps={self.eps:g}, momentum={self.momentum}{affine}"


BATCH_NORMS = (BatchNorm, nn.modules.batchnorm._BatchNorm)  # this one, and torch's for each number of axes
