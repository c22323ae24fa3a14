"""What a network says of inputs, whichever engine it is of."""

from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.device import call, in_order
from gradatim.training.batches.numpy_rows import at_once


def forward(network: Any, x: np.ndarray, precision: str = "float32") -> np.ndarray:
    """The outputs of a network by hand or of a torch module for its inputs (N, …), in evaluation mode.

    A module whose forward pass does not answer, such as a machine's, has another that does: `answers`.
    `precision` is the run's: bfloat16 rounds as training did; the other two are the parameters' own.
    """
    size = at_once(x.shape[1:])
    if isinstance(network, Network):
        starts = range(0, len(x), size) or range(1)
        return np.concatenate([network.outputs(x[at : at + size]) for at in starts])
    import torch

    first, answers = next(network.parameters()), getattr(network, "answers", network)
    was = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        with torch.no_grad():
            parts = torch.from_numpy(np.ascontiguousarray(x)).to(first.dtype).split(size)
            placed = (in_order(part.to(first.device), network) for part in parts)
            return torch.cat([call(answers, part, precision).cpu() for part in placed]).numpy()
    finally:
        for module, training in was:
            module.training = training


def count_of(network: Any) -> int:
    """The number of its parameters."""
    if isinstance(network, Network):
        return network.theta.size
    return sum(p.numel() for p in network.parameters())
