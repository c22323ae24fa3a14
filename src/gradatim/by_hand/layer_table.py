"""The layers of a network by hand in the order of its forward pass (curriculum B3)."""

from math import prod
from typing import Any

import numpy as np

from gradatim.by_hand.network import Network


def by_hand_table(network: Network, input_shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """Name, layer, output shape and parameters of every layer, for an example of `input_shape`.

    >>> network = Network([{"name": "dense", "in_features": 2, "out_features": 3}, {"name": "relu"}])
    >>> [row["parameters"] for row in by_hand_table(network, (2,))]
    [9, 0]
    """
    rows = []
    h = np.zeros((1, *input_shape), network.dtype)
    for name, layer in network.named_layers:
        with np.errstate(invalid="ignore"):  # only shapes are read; a BLAS may flag what it does not use
            h = layer.forward(h)
        count = sum(prod(shape) for shape in layer.shapes.values())
        rows.append({"name": name, "layer": repr(layer), "output": list(h.shape[1:]), "parameters": count})
    return rows
