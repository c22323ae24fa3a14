"""A loss that is not finite: where a number stopped being so, in a network by hand."""

from math import isfinite

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import NonFiniteLoss


def bad_parameter(network: Network) -> str | None:
    """The first parameter that is not finite, in words."""
    if np.isfinite(network.theta).all():
        return None
    layers = dict(network.named_layers)
    for name, value in network.parameters.items():
        if not np.isfinite(value).all():
            layer = type(layers[name.rpartition(".")[0]]).__name__
            return f"{_kind(value)} in {name} of layer {layer}"
    return None


def check_loss(loss: float, network: Network, inputs: list[np.ndarray], lr: float) -> None:
    """Raise NonFiniteLoss for a loss that is not finite, saying where a number stopped being so."""
    if not isfinite(loss):
        raise NonFiniteLoss(f"the loss became {loss}: {why_not_finite(network, inputs, lr)}")


def check_gradient(network: Network, loss: float, lr: float) -> None:
    """Raise NonFiniteLoss naming the layer where the gradient of a finite loss is not finite."""
    layers = dict(network.named_layers)
    for name, value in network.gradients.items():
        if not np.isfinite(value).all():
            layer = type(layers[name.rpartition(".")[0]]).__name__
            raise NonFiniteLoss(
                f"the gradient has {_kind(value)} in {name} of layer {layer}, though the loss is {loss:.4g}; "
                f"try a learning rate below {lr:g}"
            )


def why_not_finite(network: Network, inputs: list[np.ndarray], lr: float) -> str:
    """A sentence on what was not finite first, an update, these batches or a layer, and what to do."""
    advice = f"try a learning rate below {lr:g}"
    if found := bad_parameter(network):
        return f"the update before it left {found}; {advice}"
    for x in inputs:
        if not np.isfinite(x).all():
            return f"the batch itself holds {_kind(x)}"
    for x in inputs:
        h = x
        for name, layer in network.named_layers:
            h = layer.forward(h, True)
            if not np.isfinite(h).all():
                return f"layer {name} ({type(layer).__name__}) gave {_kind(h)} first; {advice}"
    return f"every layer's output is finite; the loss of this batch is not; {advice}"


def _kind(values: np.ndarray) -> str:
    return "nan" if np.isnan(values).any() else "an infinite value"
