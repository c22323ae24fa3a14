"""What a parameter group holds: settings that are Python's numbers, and parameters that can be moved."""

from typing import Any

from torch import Tensor
from torch.nn.parameter import is_lazy

from gradatim.checks import UsageError, plain_number
from gradatim.optim.memory import repeats_an_element


def plain_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings with Python's numbers for all others. An lr in a tensor stays there, to be filled again.

    >>> import numpy as np
    >>> plain_settings({"lr": np.float64(0.5), "betas": (0.5, np.int64(0)), "fused": None})
    {'lr': 0.5, 'betas': (0.5, 0), 'fused': None}
    """
    plain: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, tuple | list):
            plain[name] = type(value)(plain_number(one) for one in value)
        else:
            plain[name] = value if name == "lr" and isinstance(value, Tensor) else plain_number(value)
    return plain


def check_parameters(params: list[Tensor], complex_too: bool = True) -> None:
    """Raise UsageError for the first parameter that cannot be moved."""
    for number, p in enumerate(params):
        if p.is_complex() and not complex_too:
            raise UsageError(f"parameter {number} is {p.dtype}; this optimizer moves real numbers only")
        if p.is_conj():
            raise UsageError(
                f"parameter {number} is conjugated in passing; give the optimizer its resolve_conj()"
            )
        if not is_lazy(p) and repeats_an_element(p):
            raise UsageError(
                f"parameter {number} of shape {tuple(p.shape)} holds one number in several places, which "
                "cannot move apart; give the optimizer its clone()"
            )
