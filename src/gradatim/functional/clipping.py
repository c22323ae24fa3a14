"""Gradient clipping (curriculum C9), in operators that NumPy arrays and torch tensors share; in place."""

from math import isfinite
from typing import Any

from gradatim.checks import NonFiniteLoss, real
from gradatim.functional.norms import at_hand, maximum, norm

Array = Any  # numpy.ndarray or torch.Tensor

SMALLEST = 1e-30  # of a factor in four bytes


def clip_norm(gradients: list[Array], limit: float) -> Array:
    """Clipping by the global norm, all gradients as one vector (Pascanu et al. 2013, algorithm 1).

        g ← g · min(1, τ/‖g‖₂)

    τ is `limit`. Returns ‖g‖₂ as it was. The norm is the root of the sum of squares; without the root, (3, 4)
    would be cut to a norm of 0.5 under τ = 2.5.

    Raises UsageError for a limit not above 0, and NonFiniteLoss where a gradient is not finite or the norm is
    beyond its type; the gradients stay as they are then, but on a GPU, where nothing waits, they become nan.

    >>> import numpy as np
    >>> g = np.array([3.0, 4.0])
    >>> clip_norm([g], 2.5), g
    (np.float64(5.0), array([1.5, 2. ]))
    """
    limit = real("limit", limit, above=0)
    length = norm(gradients)
    if not at_hand(gradients):  # with no branch to wait for; what is added is 0, or nan
        _scale(gradients, (limit / length).clip(max=1.0) + (length - length))
    elif not isfinite(length):
        raise NonFiniteLoss(_why_not_finite(gradients, limit))
    elif length > limit:
        factor = limit / float(length)
        for part in (factor,) if factor > SMALLEST else (factor**0.5, factor**0.5):  # neither is subnormal
            _scale(gradients, part)
    return length


def _scale(gradients: list[Array], factor: Any) -> None:
    for g in gradients:
        g *= factor


def _why_not_finite(gradients: list[Array], limit: float) -> str:
    top = float(maximum([g for g in gradients if 0 not in g.shape]))
    if not isfinite(top):
        return f"the gradient is not finite, and cannot be clipped to a norm of {limit:g}"
    kind = str(gradients[0].dtype).removeprefix("torch.")
    return f"the norm of the gradient is beyond {kind}: its largest number is {top:.3g}; scale the loss down"


def clip_value(gradients: list[Array], limit: float) -> None:
    """Clipping by value: each element between −limit and limit.

        g_i ← min(max(g_i, −limit), limit)

    Raises UsageError for a limit not above 0.

    >>> import numpy as np
    >>> g = np.array([3.0, -4.0, 1.0])
    >>> clip_value([g], 2.5)
    >>> g
    array([ 2.5, -2.5,  1. ])
    """
    limit = real("limit", limit, above=0)
    for g in gradients:
        g[...] = g.clip(-limit, limit)
