"""The restricted Boltzmann machine."""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, one_of, real, truth, whole
from gradatim.nn.boltzmann_units import Uniform, binary, integral_of_softplus, normal, states_of
from gradatim.random import generator

SPREAD = 0.01  # of the first weights (Hinton 2012, section 8)
HIDDEN_UNITS = ("bernoulli", "relu", "gaussian")
ENUMERATED = 20  # units at most, all of whose states are gone through


class RBM(nn.Module):
    """Restricted Boltzmann machine of binary units (Smolensky 1986; Hinton 2002; curriculum F6).

        P(v, h) = exp(hᵀ W v + bᵀ v + cᵀ h)/Z
        P(h_i = 1 | v) = σ(c_i + Σ_j W_ij v_j),   P(v_j = 1 | h) = σ(b_j + Σ_i W_ij h_i)
        F(v) = −bᵀ v − Σ_i log(1 + exp(c_i + Σ_j W_ij v_j)),   P(v) = exp(−F(v))/Z

    The last `classes` visible units are one softmax, a label in one-hot form (Larochelle & Bengio 2008):
    P(v_k = 1 | h) = exp(b_k + Σ_i W_ik h_i)/Σ over the group. Hidden units "relu" (Nair & Hinton 2010) stand
    for infinitely many copies of a binary unit with biases c − ½, c − 3/2, …: with x = c + W v they are drawn
    as max(0, x + N(0, σ(x))), their mean is log(1 + eˣ), and their part of F is the integral of that. Hidden
    units "gaussian" (Hinton & Salakhutdinov 2006) are linear, h ~ N(x, 1), with −½ h² in the exponent of P,
    and their part of F is −½ (x² + log 2π).

    Shapes: v (N, visible) of numbers in [0, 1] → the hidden units' means, for binary ones P(h = 1 | v),
    (N, hidden), by which it feeds the next layer forward. W = `weight` (hidden, visible) begins near 0, b =
    `visible_bias` and c = `hidden_bias` at 0.

    Parameters: `visible`, `hidden`, `classes` and `hidden_units`, as above. The rest is how contrastive
    divergence teaches it in a run: see `ContrastiveDivergence`.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> machine = RBM(visible=6, hidden=4)
    >>> machine(torch.zeros(2, 6)).shape, round(machine.log_partition().item(), 2)  # about (6 + 4) log 2
    (torch.Size([2, 4]), 6.93)
    """

    def __init__(
        self, visible: int, hidden: int = 128, classes: int = 0, hidden_units: str = "bernoulli", k: int = 1,
        persistent: bool = False, momentum: float = 0.5, centred: bool = False,
        sparsity_target: float | None = None, sparsity_cost: float = 0.1, tempering: int = 0,
    ):  # fmt: skip
        super().__init__()
        self.visible, self.hidden = whole("visible", visible, 1), whole("hidden", hidden, 1)
        self.classes = whole("classes", classes, 0, visible)
        self.hidden_units = one_of("hidden_units", hidden_units, HIDDEN_UNITS)
        self.teaching: dict[str, Any] = {
            "k": whole("k", k, 1), "persistent": truth("persistent", persistent),
            "centred": truth("centred", centred),
            "momentum": real("momentum", momentum, at_least=0, below=1), "sparsity_target": sparsity_target,
            "sparsity_cost": real("sparsity_cost", sparsity_cost, at_least=0),
            "tempering": whole("tempering", tempering, 0),
        }  # fmt: skip
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

    # ---- the two conditional distributions

    def units(self, v: Tensor) -> Tensor:
        """What W is multiplied with, (N, visible): v itself."""
        return v

    def mean_hidden(self, x: Tensor) -> Tensor:
        """The hidden units' mean by their input x = c + W v."""
        if self.hidden_units == "gaussian":
            return x
        return torch.sigmoid(x) if self.hidden_units == "bernoulli" else F.softplus(x)

    def mean_visible(self, a: Tensor) -> Tensor:
        """The visible units' mean by their input a = b + Wᵀ h."""
        if not self.classes:
            return torch.sigmoid(a)
        pixels, scores = a.split((self.visible - self.classes, self.classes), 1)
        return torch.cat([torch.sigmoid(pixels), torch.softmax(scores, 1)], 1)

    def forward(self, v: Tensor) -> Tensor:
        """The mean of h given v, (N, hidden); pictures are laid out as rows."""
        return self.mean_hidden(self._of_hidden(v.flatten(1) if v.ndim > 2 else v))

    def reconstruct(self, h: Tensor) -> Tensor:
        """The mean of v given h, (N, visible)."""
        return self.mean_visible(self._of_visible(h))

    def answers(self, v: Tensor) -> Tensor:
        """V again: the mean of v given the mean of h given v, (N, visible)."""
        return self.reconstruct(self(v))

    def draw_hidden(self, h: Tensor, v: Tensor, numbers: Uniform, t: int) -> Tensor:
        """A state of the hidden units, whose mean given v is h; `t` counts the steps of sampling."""
        if self.hidden_units == "bernoulli":
            return binary(h, numbers, f"hidden {t}")
        drawn = numbers(f"hidden {t}", tuple(h.shape))
        if self.hidden_units == "gaussian":
            return h + normal(drawn)
        x = self._of_hidden(v)
        return (x + torch.sigmoid(x).sqrt() * normal(drawn)).clamp_min(0)

    def draw_visible(self, p: Tensor, numbers: Uniform, t: int) -> Tensor:
        """A state of the visible units, whose mean is p."""
        v = binary(p, numbers, f"visible {t}")
        if self.classes:
            drawn = numbers(f"visible {t}", tuple(p.shape))
            of_class = p[:, -self.classes :].cumsum(1)
            k = (of_class < drawn[:, -1:]).sum(1).clamp_max(self.classes - 1)
            v[:, -self.classes :] = F.one_hot(k, self.classes).to(p.dtype)
        return v

    # ---- energies

    def free_energy(self, v: Tensor) -> Tensor:
        """F(v) = −log Σ_h exp(hᵀ W v + bᵀ v + cᵀ h), (N,)."""
        return -v @ self.visible_bias - self._log_sum_hidden(self._of_hidden(v))

    def class_probabilities(self, x: Tensor) -> Tensor:
        """P(class | the other visible units) = softmax(−F(x, class)), (N, classes)."""
        if not self.classes:
            raise UsageError("a machine without a softmax group has no classes; make it with classes=")
        labels = torch.eye(self.classes).to(x)
        pairs = [torch.cat([x, label.expand(len(x), -1)], 1) for label in labels]
        return torch.softmax(-torch.stack([self.free_energy(v) for v in pairs], 1), 1)

    def log_partition(self) -> Tensor:
        """Log Z, exactly, by every state of the smaller layer; UsageError where those are too many."""
        self.check_binary()
        by_visible = self._sums_visible()
        n = self.visible if by_visible else self.hidden
        if n > ENUMERATED:
            raise UsageError(
                f"2^{n} states are too many to go through; log Z is for at most {ENUMERATED} units, and "
                "gradatim.unsupervised.annealed_log_partition estimates it beyond"
            )
        parts = [
            torch.logsumexp(
                -self.free_energy(states)
                if by_visible
                else states @ self.hidden_bias + self.log_sum_visible(self._of_visible(states)),
                0,
            )
            for states in states_of(n, self.weight)
        ]
        return torch.logsumexp(torch.stack(parts), 0)

    def log_sum_visible(self, a: Tensor) -> Tensor:
        """Log Σ_v exp(aᵀ v), (N,): the visible layer summed out, a = b + Wᵀ h."""
        if not self.classes:
            return F.softplus(a).sum(1)
        pixels, scores = a.split((self.visible - self.classes, self.classes), 1)
        return F.softplus(pixels).sum(1) + torch.logsumexp(scores, 1)

    def check_binary(self) -> None:
        """Raise UsageError where the hidden units are not binary, whose Z is meant."""
        if self.hidden_units != "bernoulli":
            raise UsageError(f"log Z is of a machine of binary hidden units; these are {self.hidden_units}")

    def _sums_visible(self) -> bool:
        """Whether log Z goes through the states of the visible layer."""
        return not self.classes and self.visible < self.hidden

    def _log_sum_hidden(self, x: Tensor) -> Tensor:
        """The hidden units' part of −F, (N,): ∫ of their mean up to x."""
        if self.hidden_units == "bernoulli":
            return F.softplus(x).sum(1)
        if self.hidden_units == "gaussian":
            return (x.square() + math.log(2 * math.pi)).sum(1) / 2
        return integral_of_softplus(x).sum(1)

    def statistics_beside(self, v: Tensor, h: Tensor, share: Tensor) -> dict[str, Tensor]:
        """The means of ∂(−E)/∂θ, by shares (N,), of parameters beside the weights and both biases."""
        return {}

    def _of_visible(self, h: Tensor) -> Tensor:
        return F.linear(h, self.weight.t(), self.visible_bias)

    def _of_hidden(self, v: Tensor) -> Tensor:
        if v.ndim != 2 or v.shape[1] != self.visible:
            raise UsageError(f"a machine of {self.visible} visible units got rows of shape {tuple(v.shape)}")
        return F.linear(self.units(v), self.weight, self.hidden_bias)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        classes = f", classes={self.classes}" if self.classes else ""
        hidden = f", hidden_units={self.hidden_units!r}" if self.hidden_units != "bernoulli" else ""
        return f"visible={self.visible}, hidden={self.hidden}{classes}{hidden}"
