"""Binary states drawn by the numbers of `gradatim.random`, in one pass over their probabilities."""

from functools import cache
from typing import Any

import torch
from torch import Tensor

from gradatim.kernels.compile import NoCompiler, compile_library
from gradatim.random import key, mix, mix_int, uniform

SOURCE = """
#include <stdint.h>
static inline uint32_t mix(uint32_t h) {
    h ^= h >> 16; h *= 0x7FEB352Du; h ^= h >> 15; h *= 0x846CA68Bu; return h ^ (h >> 16);
}
#define STATES(NAME, REAL) \\
void NAME(long n, uint32_t at, const REAL *restrict p, REAL *restrict state) { \\
    for (int32_t i = 0; i < (int32_t)n; i++) { \\
        int32_t u = (int32_t)(mix(mix((uint32_t)i) ^ at) >> 8); \\
        state[i] = (REAL)u * (REAL)0x1p-24 < p[i] ? (REAL)1 : (REAL)0; \\
    } \\
}
STATES(float32, float)
STATES(float64, double)
"""
NAMES = {torch.float32: "float32", torch.float64: "float64"}


def hashed_states(p: Tensor, seed: int, name: str, step: int) -> Tensor:
    """1 where uniform(seed, name, step, element) < p, else 0, in the shape of p.

    On the CPU it is one compiled loop, elsewhere and without a compiler a dozen of torch's operations; both
    give the same states.

    >>> hashed_states(torch.tensor([0.0, 1.0]), 0, "h", 3)
    tensor([0., 1.])
    """
    if p.device.type == "cpu" and p.dtype in NAMES and p.numel() < 2**31:
        kernel = _kernel()
        if kernel is not None:
            p = p.contiguous()
            state = torch.empty_like(p)
            at = mix_int(mix_int(key(seed, name)) ^ mix_int(step + 0x9E3779B9)) & 0xFFFFFFFF
            getattr(kernel, NAMES[p.dtype])(p.numel(), at, p.data_ptr(), state.data_ptr())
            return state
    elements = mix(torch.arange(p.numel(), dtype=torch.int32, device=p.device))
    return (uniform(elements, seed, name, step).view(p.shape).to(p.dtype) < p).to(p.dtype)


@cache
def _kernel() -> Any:
    """The compiled loops; None without a compiler."""
    import ctypes

    try:
        library = compile_library(SOURCE)
        for name in NAMES.values():
            function = getattr(library, name)
            function.argtypes = [ctypes.c_long, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p]
            function.restype = None
    except NoCompiler:
        return None
    return library
