"""The norm of arrays as one vector, in operators that NumPy arrays and torch tensors share."""

from functools import reduce
from math import inf
from typing import Any

Array = Any  # numpy.ndarray or torch.Tensor

SMALLEST = 1e-15  # of a norm whose squares have lost nothing, in four bytes
TINY = {4: 1.2e-38, 8: 2.3e-308}  # by the bytes of a number: the smallest of full precision


def norm(arrays: list[Array]) -> Array:
    """The Euclidean norm of all numbers as one vector, also where their squares are beyond the type.

        ‖g‖₂ = s √Σ |g_i/s|²,   s about max |g_i| where √Σ |g_i|² is too large or small to be right, else 1

    On a device with a queue of its own s is never 1, so that nothing waits for a look at the norm. Numbers of
    two bytes are summed in four. It is not finite only where a number is not, or where it is itself beyond
    the type.

    >>> import numpy as np
    >>> f"{norm([np.full(4, 2e19, 'float32')]):.4g}, {norm([np.full(4, 2e-30, 'float32')]):.4g}"
    '4e+19, 4e-30'
    """
    from numpy import errstate

    arrays = [_wide(g) for g in arrays]
    filled = [g for g in arrays if 0 not in g.shape]
    with errstate(over="ignore", invalid="ignore"):
        root = _root(arrays)
        if not filled or (at_hand(arrays) and SMALLEST < float(root) < inf):
            return root
        s = maximum(filled)
        s = s / 4 + TINY[s.dtype.itemsize]  # its reciprocal, by which torch multiplies, has full precision
        return s * _root([g / s for g in filled])


def maximum(arrays: list[Array]) -> Array:
    """The largest |g_i| of arrays that are not empty, without a branch; not finite where a number is not."""
    return reduce(lambda a, b: a + (b - a) * (b > a), [abs(g).max() for g in arrays])


def at_hand(arrays: list[Array]) -> bool:
    """Whether a number can be looked at without waiting for a device's queue."""
    return all(getattr(g, "is_cpu", True) for g in arrays)


def _root(arrays: list[Array]) -> Array:
    return sum(_squares(g).sum() for g in arrays) ** 0.5


def _squares(g: Array) -> Array:
    """|g_i|²."""
    return g * g if not is_complex(g) else g.real * g.real + g.imag * g.imag


def is_complex(g: Array) -> bool:
    """Whether its numbers are."""
    return g.dtype.is_complex if hasattr(g.dtype, "is_complex") else g.dtype.kind == "c"


def _wide(g: Array) -> Array:
    """Numbers of two bytes in four."""
    if g.dtype.itemsize > 2:
        return g
    return g.float() if hasattr(g, "float") else g.astype("float32")
