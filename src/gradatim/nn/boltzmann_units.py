"""What the units of a Boltzmann machine are drawn with, gone through and summed by."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from gradatim.checks import UsageError

BLOCK = 2**12  # states at once
RANGE = 10.0  # deviations that an input reaches over at most when learning begins
Uniform = Callable[[str, tuple[int, ...]], Tensor]  # numbers from [0, 1) by name and shape


def states_of(n: int, like: Tensor) -> Iterator[Tensor]:
    """Every state of n binary units, (2ⁿ, n), a block after the other."""
    for first in range(0, 2**n, BLOCK):
        numbers = torch.arange(first, min(first + BLOCK, 2**n), device=like.device)
        yield ((numbers[:, None] >> torch.arange(n, device=like.device)) & 1).to(like)


def binary(p: Tensor, numbers: Uniform, name: str) -> Tensor:
    """1 with probability p, else 0, by the numbers of a name, which may know a quicker way."""
    below = getattr(numbers, "below", None)
    return below(name, p) if below is not None else (numbers(name, tuple(p.shape)) < p).to(p.dtype)


def normal(uniform: Tensor) -> Tensor:
    """Standard normal numbers from numbers of [0, 1), multiples of 2⁻²⁴: Φ⁻¹(u + 2⁻²⁵)."""
    return torch.special.ndtri(uniform.double() + 2.0**-25).to(uniform.dtype)


def integral_of_softplus(x: Tensor) -> Tensor:
    """∫ log(1 + eᵗ) dt up to x, which is −Li₂(−eˣ); without a gradient.

    >>> round(integral_of_softplus(torch.zeros(1)).item() * 12 / math.pi**2, 6)
    1.0
    """
    from scipy.special import spence

    magnitude = x.detach().abs().double().cpu()
    small = torch.from_numpy(-spence(1 + (-magnitude).exp().numpy())).to(x.device)  # −Li₂(−e^−|x|)
    large = math.pi**2 / 6 + magnitude.to(x.device) ** 2 / 2 - small
    return torch.where(x > 0, large, small).to(x.dtype)


def spread_of(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Which columns vary, and a tenth of the range of each; UsageError where none does."""
    spread = (rows.amax(0) - rows.amin(0)).double() / RANGE
    varies = spread > 1e-7 * rows.abs().amax(0)
    if not varies.any():
        raise UsageError("no column varies from row to row, so that there is nothing to learn")
    return varies, spread
