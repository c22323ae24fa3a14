"""Random numbers that are a function of the row they are drawn for."""

import torch
from torch import Tensor

from gradatim.nn.boltzmann_units import normal
from gradatim.random import mix, uniform


def row_keys(x: Tensor) -> Tensor:
    """A 32-bit hash of every row, (N,) int32, of its numbers in single precision.

        k_n = mix(Σ_i mix(bits(x_ni) ⊕ mix(i)) mod 2³²)

    So a row draws the same numbers whatever stands beside it, and equal rows draw equal ones.

    >>> keys = row_keys(torch.tensor([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]]))
    >>> (keys[0] == keys[2]).item(), (keys[0] == keys[1]).item()
    (True, False)
    """
    bits = (x.flatten(1).float() + 0.0).contiguous().view(torch.int32)  # −0 is 0
    places = mix(torch.arange(bits.shape[1], dtype=torch.int32, device=x.device))
    total = mix(bits ^ places).sum(1, dtype=torch.int64)
    return mix(((total + 2**31) % 2**32 - 2**31).to(torch.int32))


def row_uniform(x: Tensor, name: str, count: int) -> Tensor:
    """Numbers of [0, 1), (N, count), a function of (name, row, number)."""
    elements = torch.arange(count, dtype=torch.int32, device=x.device)
    return uniform(mix(mix(elements) ^ row_keys(x)[:, None]), 0, name, 0)


def row_normal(x: Tensor, name: str, count: int) -> Tensor:
    """Standard normal numbers (N, count), likewise."""
    return normal(row_uniform(x, name, count).double()).to(x.dtype)
