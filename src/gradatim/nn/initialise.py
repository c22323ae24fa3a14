"""Initial weights of a whole network, by seed and name."""

import torch
from torch import Tensor, nn

from gradatim import catalog
from gradatim.random import generator

WEIGHTED = (nn.modules.conv._ConvNd, nn.Linear)
NORMED = (nn.modules.batchnorm._BatchNorm,)


@torch.no_grad()
def draw(parameter: Tensor, init: str, seed: int, name: str) -> None:
    """Fill a parameter: drawn in NumPy float64 by (seed, name), then converted. Nothing happens on `meta`."""
    entry = catalog.find(init, "initialiser")
    if parameter.is_meta:
        return
    values = entry.load()(generator(seed, name), tuple(parameter.shape))
    parameter.copy_(torch.from_numpy(values))


def draw_inside(network: nn.Module, init: str, seed: int, prefix: str) -> None:
    """Draw torch's own layers inside a network: weights by `init`, biases 0, batch norm 1, 0 and its
    statistics anew. Layers that draw themselves are left alone.
    """
    for name, layer in network.named_modules(prefix=prefix.removesuffix(".")):
        if hasattr(layer, "draw_parameters"):
            continue
        if isinstance(layer, WEIGHTED):
            draw(layer.weight, init, seed, f"{name}.weight")
            if layer.bias is not None:
                draw(layer.bias, "zeros", seed, f"{name}.bias")
        elif isinstance(layer, NORMED):
            layer.reset_parameters()


def initialise(network: nn.Module, seed: int) -> nn.Module:
    """Draw every parameter of Gradatim's layers by (seed, its name); other layers stay as they are."""
    for name, module in network.named_modules():
        if hasattr(module, "draw_parameters"):
            module.draw_parameters(seed, f"{name}." if name else "")
    return network
