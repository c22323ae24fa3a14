"""The matrix product of our own, product.h: where it is the quicker one, and matrices as it reads them."""

import torch
from torch import Tensor

from gradatim.kernels.compile import processor

STRIP = 16  # columns that lie side by side: one vector


def own_is_quicker(narrow: bool) -> bool:
    """Whether it beats torch's BLAS in a step: with 512-bit vectors that BLAS leaves unused, AMD's.

    `narrow`: with factors in bfloat16, where the processor adds up pairs of their products in float.
    """
    if narrow:
        return "avx512_bf16" in processor()
    return "AuthenticAMD" in processor() and "avx512f" in processor()


def headers(narrow: bool) -> tuple[str, ...]:
    """The C it consists of."""
    return "vector.h", "pairs.h" if narrow else "floats.h", "product.h"


def in_strips(m: Tensor, narrow: bool) -> Tensor:
    """A matrix as it reads one: 16 columns after another; of bfloat16, two rows beside each other.

    Shapes: (in, columns) → (columns/16, in, 16), or (columns/16, ⌈in/2⌉, 32); columns a multiple of 16.

    >>> in_strips(torch.arange(96).view(3, 32), narrow=False)[1, :, 0].tolist()
    [16, 48, 80]
    >>> in_strips(torch.arange(96.0).view(3, 32), narrow=True)[1, :, :2].tolist()
    [[16.0, 48.0], [80.0, 0.0]]
    """
    if not narrow:
        return m.unflatten(1, (-1, STRIP)).transpose(0, 1).contiguous()
    even = torch.nn.functional.pad(m, (0, 0, 0, len(m) % 2)).bfloat16()
    return even.unflatten(0, (-1, 2)).unflatten(2, (-1, STRIP)).permute(2, 0, 3, 1).flatten(2).contiguous()
