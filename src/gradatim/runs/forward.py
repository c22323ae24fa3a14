"""What a network says of inputs, whichever engine it is of."""

from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.training.array_batches import at_once


def forward(network: Any, x: np.ndarray) -> np.ndarray:
    """The outputs of a network by hand or of a torch module for its inputs (N, …), in evaluation mode."""
    size = at_once(x.shape[1:])
    if isinstance(network, Network):
        starts = range(0, len(x), size) or range(1)
        return np.concatenate([network.outputs(x[at : at + size]) for at in starts])
    import torch

    first = next(network.parameters())
    was = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        with torch.no_grad():
            parts = torch.from_numpy(np.ascontiguousarray(x)).to(first.dtype).split(size)
            return torch.cat([network(part.to(first.device)).cpu() for part in parts]).numpy()
    finally:
        for module, training in was:
            module.training = training


def count_of(network: Any) -> int:
    """The number of its parameters."""
    if isinstance(network, Network):
        return network.theta.size
    return sum(p.numel() for p in network.parameters())
