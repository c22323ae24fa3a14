"""Initial weights of a whole network, by seed and name."""

import torch
from torch import Tensor, nn

from gradatim import catalog
from gradatim.random import generator


@torch.no_grad()
def draw(parameter: Tensor, init: str, seed: int, name: str) -> None:
    """Fill a parameter: drawn in NumPy float64 by (seed, name), then converted. Nothing happens on `meta`."""
    entry = catalog.find(init, "initialiser")
    if parameter.is_meta:
        return
    values = entry.load()(generator(seed, name), tuple(parameter.shape))
    parameter.copy_(torch.from_numpy(values))


def initialise(network: nn.Module, seed: int) -> nn.Module:
    """Draw every parameter of Gradatim's layers by (seed, its name); other layers stay as they are."""
    for name, module in network.named_modules():
        if hasattr(module, "draw_parameters"):
            module.draw_parameters(seed, f"{name}." if name else "")
    return network
