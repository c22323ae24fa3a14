"""The estimators' networks in torch, for GPUs; imported only where torch trains."""

from typing import Any

import numpy as np
import torch
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.models.building import build, load_weights


def module(description: dict[str, Any], network: Network) -> nn.Module:
    """The torch module of a description, with the weights of its twin by hand."""
    made = build({"name": "mlp", **description}, dtype=getattr(torch, network.dtype.name))
    load_weights(made, {name: tensor(value) for name, value in network.parameters.items()}, "the weights")
    return made


def tensor(value: np.ndarray) -> torch.Tensor:
    """A tensor of its own."""
    return torch.from_numpy(np.array(value))
