"""Layers one after the other."""

from typing import Any


def stack(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The plainest network: its layers, each an entry {"name": …, arguments}, applied in order.

        y = f_L(… f_2(f_1(x)))

    >>> stack([{"name": "dense", "in_features": 2, "out_features": 1}, {"name": "sigmoid"}])[1]
    {'name': 'sigmoid'}
    """
    return layers
