"""Padding that may differ between the two ends of an axis."""

import torch.nn.functional as F
from torch import Tensor

from gradatim.functional.windows import Window


def pad(x: Tensor, window: Window, value: float = 0.0) -> Tensor:
    """A batch with its window's padding around it, each window whole.

    Shapes: x (N, C, …) → (N, C, … + what is padded).
    """
    pads = window.pads(x.shape[2:])
    if not any(map(any, pads)):
        return x
    return F.pad(x, [size for pair in reversed(pads) for size in pair], value=value)


def symmetric(window: Window, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The padding of each axis where both ends have the same, as torch's operators take it; otherwise None.

    What `ceil` puts behind does not count: torch's operators add it themselves.
    """
    if not isinstance(window.padding, str):
        return window.padding
    pads = window.pads(shape)
    return tuple(before for before, _ in pads) if all(a == b for a, b in pads) else None
