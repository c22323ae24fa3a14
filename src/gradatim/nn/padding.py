"""Padding that may differ between the two ends of an axis."""

import torch.nn.functional as F
from torch import Tensor

from gradatim.functional.borders import check_border
from gradatim.functional.windows import Window


def pad(x: Tensor, window: Window, value: float = 0.0, mode: str = "zeros") -> Tensor:
    """A batch with its window's padding around it, each window whole.

    Shapes: x (N, C, …) → (N, C, … + what is padded). Of the modes of `functional.borders`, `zeros` puts
    `value` there. Raises UsageError for pictures that have too few numbers for the mode.
    """
    if mode != "zeros":
        check_border(window, mode, x.shape[2:])
    pads = window.pads(x.shape[2:])
    if not any(map(any, pads)):
        return x
    sizes = [size for pair in reversed(pads) for size in pair]
    return F.pad(x, sizes, value=value) if mode == "zeros" else F.pad(x, sizes, mode)


def symmetric(window: Window, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The padding of each axis where both ends have the same, as torch's operators take it; otherwise None.

    What `ceil` puts behind does not count: torch's operators add it themselves.
    """
    if not isinstance(window.padding, str):
        return window.padding
    pads = window.pads(shape)
    return tuple(before for before, _ in pads) if all(a == b for a, b in pads) else None
