"""Parallel tempering: chains of a Boltzmann machine at several temperatures, which change places."""

import torch
from torch import Tensor
from torch.nn.functional import linear

from gradatim.checks import UsageError, whole
from gradatim.nn.boltzmann_units import Uniform
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.nn.rbm import RBM


def check_tempering(number: int, rbm: RBM) -> int:
    """How many temperatures; UsageError for one alone, and for hidden units that are not binary."""
    if whole("tempering", number, 0) == 1:
        raise UsageError("tempering must be 0 for none, or at least 2 temperatures; persistent=true has one")
    if number and rbm.hidden_units != "bernoulli":
        raise UsageError(f"tempering is for binary hidden units; these are {rbm.hidden_units}")
    return number


def inverse_temperatures(number: int, like: Tensor) -> Tensor:
    """β evenly from 1, the machine itself, down to 0, whose units are independent, (M,)."""
    return torch.linspace(1, 0, number, dtype=like.dtype, device=like.device)


def base_of(rbm: RBM, rows: Tensor) -> Tensor:
    """What visible biases at β = 0 are made of, from data (N, visible): logits of the rates, or means.

    A rate is that of one more row, with every unit at ½.
    """
    if isinstance(rbm, GaussianRBM):
        return rows.mean(0)
    rates = (rows.double().sum(0) + 0.5) / (len(rows) + 1)
    logits = torch.logit(rates)
    if rbm.classes:
        logits[-rbm.classes :] = rates[-rbm.classes :].log()
    return logits.to(rows.dtype)


def energy(rbm: RBM, v: Tensor, h: Tensor, base: Tensor) -> Tensor:
    """What β multiplies: E(v, h) = −hᵀ W u − (b − b_0)ᵀ u − cᵀ h, (N,); u is v, or v/σ of Gaussian units."""
    u = rbm.units(v)
    return -u @ (rbm.visible_bias - base) - (h * linear(u, rbm.weight, rbm.hidden_bias)).sum(1)


def hidden_at(rbm: RBM, v: Tensor, beta: Tensor | float) -> Tensor:
    """The mean of h given v at β, (N, hidden): the input is β (c + W u)."""
    return rbm.mean_hidden(beta * linear(rbm.units(v), rbm.weight, rbm.hidden_bias))


def visible_at(rbm: RBM, h: Tensor, beta: Tensor | float, base: Tensor) -> Tensor:
    """The mean of v given h at β, (N, visible): the input is (1 − β) b_0 + β (b + Wᵀ h)."""
    return rbm.mean_visible(torch.lerp(base, linear(h, rbm.weight.t(), rbm.visible_bias), beta))


def tempered_steps(
    rbm: RBM, chains: Tensor, k: int, numbers: Uniform, base: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """K steps of parallel tempering (Desjardins et al. 2010; Cho, Raiko & Ilin 2010).

        P_β(v, h) ∝ exp(b_0ᵀ v − β E(v, h)),   v ~ P_β(v | h),   h ~ P_β(h | v),   of every chain; then
        neighbours i, j change places with probability min(1, exp((β_i − β_j)(E_i − E_j))): 0 and 1, 2 and 3,
        …, then 1 and 2, 3 and 4, …

    At β = 1 this is the machine's own distribution, whatever b_0 is. Hot chains wander freely, and what they
    find comes down to β = 1. Of Gaussian units −½ ‖u‖² stands beside b_0ᵀ u.

    Shapes: chains (M, N, H), hidden states of N sets of M chains, β falling evenly from 1 to 0; base b_0
    (V,), 0 when None → v (N, V) of the chains at β = 1, the mean of h given it, and all new hidden states.
    """
    m, n, _ = chains.shape
    base = torch.zeros_like(rbm.visible_bias) if base is None else base
    beta = inverse_temperatures(m, chains)
    of_row = beta.repeat_interleave(n)[:, None]
    h = chains.flatten(0, 1)
    for t in range(k):
        v = rbm.draw_visible(visible_at(rbm, h, of_row, base), numbers, t)
        h = rbm.draw_hidden(hidden_at(rbm, v, of_row), v, numbers, t)
        if m > 1:
            drawn = numbers(f"swap {t}", (m - 1, n))
            place = change_places(energy(rbm, v, h, base).view(m, n), beta, drawn)
            rows = (place * n + torch.arange(n, device=place.device)).flatten()
            v, h = v[rows], h[rows]
    cold = v[:n]
    return cold, rbm(cold), h.view(m, n, -1)


def acceptance(beta_i: Tensor, beta_j: Tensor, energy_i: Tensor, energy_j: Tensor) -> Tensor:
    """The probability min(1, exp((β_i − β_j)(E_i − E_j))) of changing places, which keeps P_βi P_βj.

    >>> [round(acceptance(*torch.tensor([1.0, 0.5, e, 2.0])).item(), 4) for e in (4.0, 0.0)]
    [1.0, 0.3679]
    """
    return ((beta_i - beta_j) * (energy_i - energy_j)).clamp_max(0).exp()


def change_places(energies: Tensor, beta: Tensor, drawn: Tensor) -> Tensor:
    """Which chain comes to each place, (M, N).

    Shapes: energies (M, N), beta (M,), numbers from [0, 1) for each pair of neighbours, (M − 1, N).
    """
    place = torch.arange(len(beta), device=beta.device)[:, None].expand_as(energies).clone()
    for first in range(min(2, len(beta) - 1)):
        i = torch.arange(first, len(beta) - 1, 2, device=beta.device)
        there = energies.gather(0, place)
        swap = drawn[i] < acceptance(beta[i, None], beta[i + 1, None], there[i], there[i + 1])
        upper, lower = place[i], place[i + 1]
        place[i], place[i + 1] = torch.where(swap, lower, upper), torch.where(swap, upper, lower)
    return place
