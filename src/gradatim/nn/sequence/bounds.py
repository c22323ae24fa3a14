"""Bounds on the state of a cell."""

from torch import Tensor

from gradatim.checks import real


def clip(x: Tensor, bound: float | None) -> Tensor:
    """Numbers between −bound and bound; as they are without a bound."""
    return x if bound is None else x.clamp(-bound, bound)


def limit(name: str, bound: float | None) -> float | None:
    """A bound above 0, or none."""
    return None if bound is None else real(name, bound, above=0)
