"""The restricted Boltzmann machine."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.random import generator

SPREAD = 0.01  # of the first weights (Hinton 2012, section 8)
ENUMERATED = 20  # units at most, all of whose states are gone through


class RBM(nn.Module):
    """Restricted Boltzmann machine of binary units (Smolensky 1986; Hinton 2002; curriculum F6).

        P(v, h) = exp(hᵀ W v + bᵀ v + cᵀ h)/Z
        P(h_i = 1 | v) = σ(c_i + Σ_j W_ij v_j),   P(v_j = 1 | h) = σ(b_j + Σ_i W_ij h_i)
        F(v) = −bᵀ v − Σ_i log(1 + exp(c_i + Σ_j W_ij v_j)),   P(v) = exp(−F(v))/Z

    Shapes: v (N, visible) of numbers in [0, 1] → P(h = 1 | v) (N, hidden), by which it feeds the next layer
    forward. W = `weight` (hidden, visible) begins near 0, b = `visible_bias` and c = `hidden_bias` at 0.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> machine = RBM(visible=6, hidden=4)
    >>> machine(torch.zeros(2, 6)).shape, round(machine.log_partition().item(), 2)  # about (6 + 4) log 2
    (torch.Size([2, 4]), 6.93)
    """

    def __init__(self, visible: int, hidden: int = 128):
        super().__init__()
        self.visible, self.hidden = whole("visible", visible, 1), whole("hidden", hidden, 1)
        self.weight = nn.Parameter(torch.empty(hidden, visible))
        self.visible_bias = nn.Parameter(torch.empty(visible))
        self.hidden_bias = nn.Parameter(torch.empty(hidden))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """W from a normal distribution of deviation 0.01, by (seed, name); b and c are 0."""
        if self.weight.is_meta:
            return
        drawn = generator(seed, f"{prefix}weight").normal(0, SPREAD, tuple(self.weight.shape))
        self.weight.copy_(torch.from_numpy(drawn))
        self.visible_bias.zero_()
        self.hidden_bias.zero_()

    def forward(self, v: Tensor) -> Tensor:
        """P(h = 1 | v), (N, hidden); pictures are laid out as rows."""
        return torch.sigmoid(self._of_hidden(v.flatten(1) if v.ndim > 2 else v))

    def reconstruct(self, h: Tensor) -> Tensor:
        """P(v = 1 | h), (N, visible)."""
        return torch.sigmoid(F.linear(h, self.weight.t(), self.visible_bias))

    def answers(self, v: Tensor) -> Tensor:
        """V again, P(v = 1 | P(h = 1 | v)), (N, visible)."""
        return self.reconstruct(self(v))

    def free_energy(self, v: Tensor) -> Tensor:
        """F(v) = −log Σ_h exp(hᵀ W v + bᵀ v + cᵀ h), (N,)."""
        return -v @ self.visible_bias - F.softplus(self._of_hidden(v)).sum(1)

    def log_partition(self) -> Tensor:
        """Log Z, exactly, by every state of the smaller layer; UsageError where those are too many."""
        n = min(self.visible, self.hidden)
        if n > ENUMERATED:
            raise UsageError(
                f"2^{n} states are too many to go through; log Z is for at most {ENUMERATED} units"
            )
        states = ((torch.arange(2**n)[:, None] >> torch.arange(n)) & 1).to(self.weight)
        if n == self.visible:
            return torch.logsumexp(-self.free_energy(states), 0)
        of_visible = F.linear(states, self.weight.t(), self.visible_bias)
        return torch.logsumexp(states @ self.hidden_bias + F.softplus(of_visible).sum(1), 0)

    def _of_hidden(self, v: Tensor) -> Tensor:
        if v.ndim != 2 or v.shape[1] != self.visible:
            raise UsageError(f"a machine of {self.visible} visible units got rows of shape {tuple(v.shape)}")
        return F.linear(v, self.weight, self.hidden_bias)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"visible={self.visible}, hidden={self.hidden}"
