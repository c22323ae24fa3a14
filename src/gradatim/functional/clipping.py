"""Gradient clipping (curriculum C9), in operators that NumPy arrays and torch tensors share; in place."""

from typing import Any

Array = Any  # numpy.ndarray or torch.Tensor


def clip_norm(gradients: list[Array], limit: float) -> Array:
    """Clipping by the global norm, all gradients as one vector (Pascanu et al. 2013, algorithm 1).

        g ← g · min(1, τ/‖g‖₂)

    τ is `limit`. Returns ‖g‖₂ as it was. The norm is the root of the sum of squares; without the root, (3, 4)
    would be cut to a norm of 0.5 under τ = 2.5.

    >>> import numpy as np
    >>> g = np.array([3.0, 4.0])
    >>> clip_norm([g], 2.5), g
    (np.float64(5.0), array([1.5, 2. ]))
    """
    norm = sum((g * g).sum() for g in gradients) ** 0.5
    larger = norm + (limit - norm) * (norm < limit)  # max(norm, limit), with no branch to wait for on a GPU
    for g in gradients:
        g *= limit / larger
    return norm


def clip_value(gradients: list[Array], limit: float) -> None:
    """Clipping by value: each element between −limit and limit.

        g_i ← min(max(g_i, −limit), limit)

    >>> import numpy as np
    >>> g = np.array([3.0, -4.0, 1.0])
    >>> clip_value([g], 2.5)
    >>> g
    array([ 2.5, -2.5,  1. ])
    """
    for g in gradients:
        g[...] = g.clip(-limit, limit)
