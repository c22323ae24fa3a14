"""Batch normalisation and a batch of a single example, by hand."""

import numpy as np

from gradatim.by_hand.layers.batch_norm import BatchNorm
from gradatim.by_hand.network import Network


def layer_of_one_number(network: Network, x: np.ndarray) -> str:
    """The first layer that would normalise one number per channel if x alone were a batch; "" for none."""
    if not any(isinstance(layer, BatchNorm) for layer in network.layers):
        return ""
    h = np.asarray(x, network.dtype)
    for name, layer in network.named_layers:
        if isinstance(layer, BatchNorm) and h.size == h.shape[1]:
            return f"{name} ({type(layer).__name__})"
        h = layer.forward(h)
    return ""
