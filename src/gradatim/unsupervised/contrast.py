"""The gradient of a Boltzmann machine's log-likelihood: what the data say less what the machine says."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gradatim.nn.boltzmann_units import Uniform
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.gibbs import gibbs_steps


@dataclass(frozen=True)
class Contrast:
    """⟨·⟩_data − ⟨·⟩_model of every parameter, that of W as pairs of factors, which are multiplied out once.

        ∇W = Σ leftᵀ right

    Shapes: left (R, H), right (R, V), R the rows of a phase; `beside` by the names of the other parameters.
    """

    factors: tuple[tuple[Tensor, Tensor], ...]
    beside: dict[str, Tensor]
    means: dict[str, tuple[Tensor, Tensor]]  # of the visible and the hidden units, in data and in model

    def gradients(self) -> dict[str, Tensor]:
        """Every parameter's, by its name."""
        return {"weight": sum_of([left.t() @ right for left, right in self.factors])} | self.beside

    def times(self, x: Tensor) -> Tensor:
        """∇W x, (H,)."""
        return sum_of([left.t() @ (right @ x) for left, right in self.factors])

    def transposed_times(self, x: Tensor) -> Tensor:
        """∇Wᵀ x, (V,)."""
        return sum_of([right.t() @ (left @ x) for left, right in self.factors])


def contrast(
    rbm: RBM, v: Tensor, h: Tensor, model_v: Tensor, model_h: Tensor, w: Tensor | None = None,
    model_w: Tensor | None = None,
) -> Contrast:  # fmt: skip
    """⟨h uᵀ⟩, ⟨u⟩ and ⟨h⟩ of data less those of the model, each a mean over rows weighted by w (N,).

    u is v, in a machine of Gaussian units v/σ; h are the hidden units' means.
    """
    share, model_share = _shares(v, w), _shares(model_v, model_w)
    u, model_u = rbm.units(v), rbm.units(model_v)
    means = {"data": (share @ u, share @ h), "model": (model_share @ model_u, model_share @ model_h)}
    (data_mean, data_h), (model_mean, model_mean_h) = means["data"], means["model"]
    beside = {"visible_bias": data_mean - model_mean, "hidden_bias": data_h - model_mean_h}
    of_model = rbm.statistics_beside(model_v, model_h, model_share)
    for name, value in rbm.statistics_beside(v, h, share).items():
        beside[name] = value - of_model[name]
    factors = (h * share[:, None], u), (model_h * -model_share[:, None], model_u)
    return Contrast(factors, beside, means)


def centre(found: Contrast) -> Contrast:
    """The enhanced gradient (Cho, Raiko & Ilin 2011; Montavon & Müller 2012), for units that are centred.

        μ = ½ ⟨u⟩_data + ½ ⟨u⟩_model,   λ = ½ ⟨h⟩_data + ½ ⟨h⟩_model
        ∇W ← ∇W − λ ∇bᵀ − ∇c μᵀ,   ∇b ← ∇b − ∇Wᵀ λ,   ∇c ← ∇c − ∇W μ

    It does not depend on which state of a unit is called 1: a machine of flipped units takes the same step.
    """
    (v, h), (model_v, model_h) = found.means["data"], found.means["model"]
    mu, lam = (v + model_v) / 2, (h + model_h) / 2
    of_b, of_c = found.beside["visible_bias"], found.beside["hidden_bias"]
    moved = replace(found, factors=(*found.factors, (torch.stack([-lam, -of_c]), torch.stack([of_b, mu]))))
    biases = {
        "visible_bias": of_b - moved.transposed_times(lam), "hidden_bias": of_c - moved.times(mu),
    }  # fmt: skip
    return replace(moved, beside=found.beside | biases)


def sparsen(found: Contrast, activity: Tensor, target: float, cost: float) -> Contrast:
    """Pull each hidden unit's mean activity to a target (Lee et al. 2008; Hinton 2012, section 11).

        ∇c ← ∇c + κ (ρ − q),   ∇W ← ∇W + κ (ρ − q) ⟨u⟩_dataᵀ

    q is `activity` (H,), ρ the target, κ the cost.
    """
    pull = cost * (target - activity)
    beside = found.beside | {"hidden_bias": found.beside["hidden_bias"] + pull}
    factors = (*found.factors, (pull[None], found.means["data"][0][None]))
    return replace(found, factors=factors, beside=beside)


def cd_contrast(
    rbm: RBM, v: Tensor, w: Tensor | None, k: int, numbers: Uniform
) -> tuple[Contrast, Tensor]:  # fmt: skip
    """⟨·⟩_data − ⟨·⟩_k of CD-k, and the first reconstruction: the mean of v given h ~ P(h | v)."""
    h = rbm(v)
    visited = list(gibbs_steps(rbm, v, h, k, numbers))
    last = visited[-1][0]
    return contrast(rbm, v, h, last, rbm(last), w, w), visited[0][1]


def cd_gradient(
    rbm: RBM, v: Tensor, w: Tensor | None, k: int, numbers: Uniform
) -> tuple[dict[str, Tensor], Tensor]:
    """∇ of every parameter by CD-k, uphill in log P(v), and the first reconstruction P(v | h), h ~ P(h | v).

    `numbers` gives those from [0, 1) that a unit's probability must exceed for it to be 1.
    """
    found, first = cd_contrast(rbm, v, w, k, numbers)
    return found.gradients(), first


def sum_of(parts: list[Tensor]) -> Tensor:
    """Their sum."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _shares(v: Tensor, w: Tensor | None) -> Tensor:
    """Each row's share of the mean, (N,)."""
    if w is None:
        return v.new_full((len(v),), 1 / len(v))
    return w / w.sum().clamp_min(torch.finfo(w.dtype).tiny)
