"""The matrix product of torch's that is quickest on this processor."""

import re
from functools import cache

import torch
from torch import Tensor

from gradatim.kernels.compile import processor

ZEN_5 = 26  # the family of AMD's processors whose arithmetic is 512 bits wide
SMALL = 1 << 20  # multiply-adds below which it does not matter
NARROW = 1 << 24  # multiply-adds below which conversions cost more than they bring


def product(
    a: Tensor, b: Tensor, bias: Tensor | None = None, out: Tensor | None = None,
    narrow: "RoundedMatrices | None" = None,
) -> Tensor:  # fmt: skip
    """The product a b, + bias, perhaps in `out`; outside autograd by oneDNN where that is quicker.

    With `narrow` a large one is of factors that it rounds, and its sums are rounded to the same dtype.

    Torch multiplies by MKL, which leaves AMD's 512-bit vectors unused; oneDNN, which torch's convolutions
    are computed by, uses them: 231 against 102 GFLOP/s on one thread of a Zen 5 (docs/log/nn.md).

    Shapes: a (M, K), b (K, N), bias (N,) → (M, N).

    >>> product(torch.eye(2), torch.arange(4.0).view(2, 2), torch.ones(2)).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    work = a.shape[0] * a.shape[1] * b.shape[1]
    if narrow is not None and work >= NARROW:
        found = torch.mm(narrow(a), narrow(b))
        found = found.to(a.dtype) if out is None else out.copy_(found)
        return found if bias is None else found.add_(bias)
    large = work >= SMALL and not torch.is_grad_enabled()
    plain = a.dtype == b.dtype == torch.float32 and a.device.type == "cpu"
    if large and plain and onednn_is_quicker():
        if bias is None and a.stride(0) == 1 < a.stride(1):  # it reads columns slowly: (a b)ᵀ = bᵀ aᵀ
            return torch.ops.mkldnn._linear_pointwise(b.t(), a, None, "none", [], "").t().contiguous()
        return torch.ops.mkldnn._linear_pointwise(a, b.t(), bias, "none", [], "")
    return torch.mm(a, b, out=out) if bias is None else torch.addmm(bias, a, b, out=out)


class RoundedMatrices:
    """Matrices rounded to a dtype, each once: a gradient is a factor of several products."""

    def __init__(self, dtype: torch.dtype):
        self.dtype = dtype
        self.done: dict[tuple, tuple[Tensor, Tensor]] = {}  # with the matrix, whose address stays its own

    def __call__(self, m: Tensor) -> Tensor:
        """The matrix rounded; of a transpose, the transpose of what was rounded before."""
        turned = m.stride(0) == 1 < m.stride(1)
        rows = m.t() if turned else m
        key = rows.data_ptr(), rows.shape, rows.stride()
        if key not in self.done:
            self.done[key] = rows, rows.to(self.dtype)
        rounded = self.done[key][1]
        return rounded.t() if turned else rounded


@cache
def onednn_is_quicker() -> bool:
    """Whether torch has oneDNN's product, and its BLAS works at half the processor's width.

    Zen 4 takes two turns for 512 bits, so that there MKL is the quicker one: 4.5 against 6.4 ms for
    512×3200 · 3200×256 on two threads (docs/log/nn.md).
    """
    there = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    family = re.search(r"AuthenticAMD .*cpu family\s*: (\d+).* avx512f", processor())
    return there and family is not None and int(family[1]) >= ZEN_5


@cache
def has_bfloat16(device: str) -> bool:
    """Whether a device multiplies numbers of bfloat16: a GPU, and a processor with instructions for it."""
    return device != "cpu" or re.search("[ _]bf16", processor()) is not None
