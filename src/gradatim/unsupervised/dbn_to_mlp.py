"""A deep belief network as the beginning of a multilayer perceptron."""

from typing import Any

import torch
from torch import nn

from gradatim.models.building import build
from gradatim.nn.dbn import DBN


def dbn_to_mlp(dbn: DBN, out_features: int, seed: int = 0, dropout: float = 0.0) -> nn.Module:
    """An MLP that begins as a deep belief network, to be fine-tuned (Hinton & Salakhutdinov 2006).

        h_l = σ(W_l h_{l−1} + c_l), the network's own parameters unchanged;   ŷ = W h_L + b drawn anew

    Weights of labels are left out. Its hidden layers give the bits that `dbn(x)` gives.

    Parameters: `out_features`, outputs; `seed`, of the output layer; `dropout` behind every hidden layer.

    >>> net = dbn_to_mlp(DBN(6, (5, 4)), out_features=3)
    >>> net(torch.zeros(2, 6)).shape
    torch.Size([2, 3])
    """
    entry = {
        "name": "mlp", "in_features": dbn.visible, "out_features": out_features, "hidden": list(dbn.sizes),
        "activation": "sigmoid", "dropout": dropout,
    }  # fmt: skip
    network = build(entry, seed, dbn.top.weight.dtype)
    dense: list[Any] = [layer for layer in network.modules() if hasattr(layer, "in_features")]
    with torch.no_grad():
        for layer, machine in zip(dense, [*dbn.below, dbn.top], strict=False):
            layer.weight.copy_(machine.weight[:, : layer.in_features])
            layer.bias.copy_(machine.hidden_bias)
    return network
