"""The gain γ and the shift β behind a normalisation."""

import torch
from torch import Tensor, nn


def gain(
    shape: tuple[int, ...], affine: bool = True, bias: bool = True
) -> tuple[nn.Parameter | None, nn.Parameter | None]:
    """γ and β of this shape, not yet drawn; None for what there is not."""
    weight = nn.Parameter(torch.empty(shape)) if affine else None
    return weight, nn.Parameter(torch.empty(shape)) if affine and bias else None


@torch.no_grad()
def set_gain(module: nn.Module) -> None:
    """Set a module's γ, its `weight`, to 1 and its β, its `bias`, to 0."""
    for name, start in (("weight", 1), ("bias", 0)):
        value: Tensor | None = getattr(module, name, None)
        if value is not None and not value.is_meta:
            value.fill_(start)
