"""The restricted Boltzmann machine of numbers on any scale."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.nn.boltzmann_units import Uniform, normal, spread_of
from gradatim.nn.rbm import RBM


class GaussianRBM(RBM):
    """Gaussian–Bernoulli machine with a learned variance for each input (Krizhevsky 2009; Cho et al. 2011).

        E(v, h) = ½ ‖u − b‖² − cᵀ h − hᵀ W u,   u_j = v_j/σ_j,   σ_j² = exp(z_j)
        P(h_i = 1 | v) = σ(c_i + Σ_j W_ij u_j),   v_j | h ~ N(σ_j (b_j + Σ_i W_ij h_i), σ_j²)
        F(v) = ½ ‖u − b‖² − Σ_i log(1 + exp(c_i + Σ_j W_ij u_j)),   p(v) = exp(−F(v))/Z

    W and b are measured in units of σ, so that a rate suits inputs on any scale. −F has the slope
    ½ u_j (u_j − b_j − Σ_i W_ij h_i) by z_j, whose mean under the machine's own distribution is ½.

    Shapes: v (N, visible) of any numbers → (N, hidden). `log_variance` is z, which begins at 0, or in a run
    at the data's.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> machine = GaussianRBM(visible=3, hidden=2)
    >>> machine(torch.zeros(5, 3)).shape, [name for name, _ in machine.named_parameters()][-1]
    (torch.Size([5, 2]), 'log_variance')
    """

    def __init__(
        self, visible: int, hidden: int = 128, hidden_units: str = "bernoulli", k: int = 1,
        persistent: bool = False, momentum: float = 0.5, centred: bool = True,
        sparsity_target: float | None = None, sparsity_cost: float = 0.1, tempering: int = 0,
    ):  # fmt: skip
        if hidden_units == "gaussian":
            raise UsageError(
                "Gaussian hidden units on Gaussian visible ones have no distribution: large weights make "
                "both grow without bound; take hidden_units bernoulli or relu, or inputs from 0 to 1"
            )
        how: dict[str, Any] = {"k": k, "persistent": persistent, "momentum": momentum, "centred": centred}
        super().__init__(
            visible, hidden, 0, hidden_units, sparsity_target=sparsity_target, sparsity_cost=sparsity_cost,
            tempering=tempering, **how,
        )  # fmt: skip
        self.log_variance = nn.Parameter(torch.zeros(visible))

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """W from a normal distribution of deviation 0.01, by (seed, name); b, c and z are 0."""
        super().draw_parameters(seed, prefix)
        if "log_variance" in self._parameters and not self.weight.is_meta:
            self.log_variance.zero_()

    @torch.no_grad()
    def begin_at(self, rows: Tensor) -> None:
        """The mean and the variance of data (N, visible), while both biases and z are 0; else nothing.

        An input that is nearly always the same begins at a tenth of its range, lest its few other values be
        many σ away; one that is always the same at the mean variance of the others. UsageError where all are.
        """
        varies, spread = spread_of(rows)
        if self.visible_bias.any() or self.log_variance.any():
            return
        variance = torch.maximum(rows.double().var(0, unbiased=False), spread**2)
        variance[~varies] = variance[varies].mean()
        self.log_variance.copy_(variance.log())
        self.visible_bias.copy_(rows.double().mean(0) / variance.sqrt())

    @property
    def sigma(self) -> Tensor:
        """σ, the deviation of every visible unit, (visible,)."""
        return (self.log_variance / 2).exp()

    def units(self, v: Tensor) -> Tensor:
        """U = v/σ."""
        return v / self.sigma

    def mean_visible(self, a: Tensor) -> Tensor:
        """σ a, by a = b + Wᵀ h."""
        return self.sigma * a

    def draw_visible(self, p: Tensor, numbers: Uniform, t: int) -> Tensor:
        """V ~ N(p, σ²)."""
        return p + self.sigma * normal(numbers(f"visible {t}", tuple(p.shape)))

    def free_energy(self, v: Tensor) -> Tensor:
        """F(v) = −log Σ_h exp(−E(v, h)), (N,)."""
        return ((self.units(v) - self.visible_bias) ** 2).sum(1) / 2 - self._log_sum_hidden(
            self._of_hidden(v)
        )

    def log_sum_visible(self, a: Tensor) -> Tensor:
        """Log ∫ exp(−½ ‖u − b‖² + (a − b)ᵀ u) dv, (N,)."""
        volume = (self.log_variance + math.log(2 * math.pi)).sum() / 2
        return volume + (a**2 - self.visible_bias**2).sum(1) / 2

    def statistics_beside(self, v: Tensor, h: Tensor, share: Tensor) -> dict[str, Tensor]:
        """The slope of −E by z."""
        u = self.units(v)
        return {"log_variance": share @ (u * (u - self._of_visible(h))) / 2}

    def _sums_visible(self) -> bool:
        return False
