"""What a network says of inputs, whichever engine it is of."""

from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.data.at_once import at_once
from gradatim.data.inputs import arguments_of
from gradatim.device import call, evaluating
from gradatim.training.batches.layout import BatchSettings


def forward(network: Any, x: np.ndarray, precision: str = "float32") -> np.ndarray:
    """The outputs of a network by hand or of a torch module for its inputs (N, …), in evaluation mode.

    A module whose forward pass does not answer, such as a machine's, has another that does: `answers`.
    `precision` is the run's: bfloat16 rounds as training did; the other two are the parameters' own.
    """
    size = at_once((x[:1].size,))
    if isinstance(network, Network):
        starts = range(0, len(x), size) or range(1)
        return np.concatenate([network.outputs(x[at : at + size]) for at in starts])
    import torch

    from gradatim.training.batches.torch_rows import place

    first, answers = next(network.parameters()), getattr(network, "answers", network)
    with evaluating(network), torch.no_grad():
        how = BatchSettings(size, 0, first.device, first.dtype, network=network)
        placed = (place(x[at : at + size], how) for at in range(0, len(x), size) or range(1))
        return torch.cat([call(answers, arguments_of(part), precision).cpu() for part in placed]).numpy()


def count_of(network: Any) -> int:
    """The number of its parameters."""
    if isinstance(network, Network):
        return network.theta.size
    return sum(p.numel() for p in network.parameters())
