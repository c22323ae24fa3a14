"""A network cut at its weight layers, into blocks that can be taught one after the other."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.nn.conv import Conv1d, Conv2d, Conv3d
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.runs.forward import forward
from gradatim.training.batches.torch_rows import tensor_of

DENSE = (nn.Linear, Dense)
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, Conv1d, Conv2d, Conv3d)
BETWEEN = (  # which leads from one block to the next, and belongs to neither
    nn.Flatten, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d, nn.ZeroPad2d,
)  # fmt: skip
WORKS = "mlp, small_cnn, lenet5_modern and stacks of dense layers and convolutions can"


@dataclass(frozen=True)
class Block:
    """A weight layer with the normalisation, the activation and the pooling behind it; all are the network's.

    `lead` stands between the block before and this one: a flatten, a mean over pixels.
    """

    number: int  # from 1 on
    lead: nn.Sequential
    layers: nn.Sequential
    weight: Any  # the dense layer or convolution

    @property
    def is_dense(self) -> bool:
        """Whether it is a dense layer's."""
        return isinstance(self.weight, DENSE)

    @property
    def activation(self) -> str:
        """What stands behind the weights, if it is one layer: "sigmoid" or "relu"; "" for anything else."""
        behind = [_name(layer) for layer in self.layers][1:]
        return behind[0] if len(behind) == 1 and behind[0] in ("sigmoid", "relu") else ""

    @property
    def gives_shares(self) -> bool:
        """Whether its outputs are in [0, 1] whatever it reads: a sigmoid, and at most pooling behind it."""
        behind = [_name(layer) for layer in self.layers]
        if "sigmoid" not in behind:
            return False
        return all("pool" in name for name in behind[behind.index("sigmoid") + 1 :])


def blocks_of(network: nn.Module) -> tuple[list[Block], Block]:
    """The blocks of the hidden layers in their order, and that of the output.

    Raises UsageError as `cut`, and for a network without hidden layers.
    """
    found = cut(network)
    if len(found) < 2:
        raise UsageError(
            "the network has no hidden layer to pretrain; give it some, such as --hidden 500,500"
        )
    return found[:-1], found[-1]


def cut(network: nn.Module) -> list[Block]:
    """The blocks of a stack in their order; dropout is in none.

    Raises UsageError for a network that is no stack, and for one with another layer that has weights.
    """
    parts: list[tuple[list[nn.Module], list[nn.Module], Any]] = []
    lead: list[nn.Module] = []
    for layer in _in_order(network):
        weight = _weight_of(layer)
        if weight is not None:
            parts.append((lead, [layer], weight))
            lead = []
        elif isinstance(layer, Dropout | nn.modules.dropout._DropoutNd):
            continue
        elif lead or not parts or isinstance(layer, BETWEEN) or type(layer).__name__.startswith("Global"):
            lead.append(layer)
        else:
            parts[-1][1].append(layer)
    return [
        Block(k, nn.Sequential(*before), nn.Sequential(*layers), weight)
        for k, (before, layers, weight) in enumerate(parts, 1)
    ]


def _in_order(network: nn.Module) -> list[nn.Module]:
    """The layers of a stack in the order in which they are applied; UsageError for another network."""
    in_order: Any = getattr(network, "in_order", None)
    if in_order is not None:
        network = nn.Sequential(*in_order())
    if not isinstance(network, nn.Sequential):
        name = getattr(network, "description", {}).get("name") or type(network).__name__
        raise UsageError(f"{name} cannot be pretrained layer by layer: it is no stack; {WORKS}")
    found = []
    for layer in network:
        found += _in_order(layer) if isinstance(layer, nn.Sequential) else [layer]
    return found


def _weight_of(layer: nn.Module) -> Any:
    """The dense layer or convolution in a layer; None where it has no weights."""
    parts = [part for part in layer.modules() if any(p.ndim > 1 for p in part.parameters(recurse=False))]
    if not parts:
        return None
    if len(parts) > 1 or not isinstance(parts[0], (*DENSE, *CONVOLUTIONS)):
        raise UsageError(
            f"a network with the layer {_name(layer)} cannot be pretrained layer by layer; {WORKS}"
        )
    return parts[0]


def _name(layer: nn.Module) -> str:
    name = getattr(layer, "name", None)
    return name if isinstance(name, str) else type(layer).__name__.lower()


def inputs_of(block: Block, before: list[Block], x: np.ndarray, precision: str) -> np.ndarray:
    """What a block reads of examples x (N, …) behind the blocks before it, in evaluation mode."""
    parts: list[Any] = []
    for one in before:
        parts += [one.lead, one.layers]
    whole = nn.Sequential(*parts, block.lead)
    if not list(whole.parameters()):  # forward asks a network's parameters where it lives
        with torch.no_grad():
            return whole(tensor_of(x)).numpy()
    return forward(whole, x, precision)
