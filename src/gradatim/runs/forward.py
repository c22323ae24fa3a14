"""What a network says of inputs, whichever engine it is of."""

from typing import Any

import numpy as np

from gradatim.by_hand.network import Network

AT_ONCE = 4096  # examples


def forward(network: Any, x: np.ndarray) -> np.ndarray:
    """The outputs of a network by hand or of a torch module for its inputs (N, …), in evaluation mode."""
    if isinstance(network, Network):
        starts = range(0, len(x), AT_ONCE) or range(1)
        return np.concatenate([network.forward(x[at : at + AT_ONCE]) for at in starts])
    import torch

    first = next(network.parameters())
    was = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        with torch.no_grad():
            parts = torch.from_numpy(np.ascontiguousarray(x)).to(first.dtype).split(AT_ONCE)
            return torch.cat([network(part.to(first.device)).cpu() for part in parts]).numpy()
    finally:
        for module, training in was:
            module.training = training


def count_of(network: Any) -> int:
    """The number of its parameters."""
    if isinstance(network, Network):
        return network.theta.size
    return sum(p.numel() for p in network.parameters())
