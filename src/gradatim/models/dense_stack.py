"""Dense layers one on the other, as autoencoders have them on both sides of the code."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from gradatim import catalog
from gradatim.checks import UsageError, known, plain_numbers, whole
from gradatim.nn.activation import Activation
from gradatim.nn.dense import Dense

NONE = "none"  # no activation, no noise
NOT_ELEMENTWISE = ("softmax", "log_softmax", "maxout")


def usual_units(in_features: int) -> list[int]:
    """The encoder's units where none are asked for: the code an eighth of the input, 2 to 32 units, behind
    a layer of eight times as many.

    >>> usual_units(8), usual_units(64), usual_units(784)
    ([16, 2], [64, 8], [256, 32])
    """
    code = min(max(in_features // 8, 2), 32)
    return [8 * code, code]


def sizes_of(name: str, units: Any, at_least: int = 1) -> list[int]:
    """The units of layers; UsageError for what are none."""
    units = plain_numbers(units)
    units = [units] if isinstance(units, int) else units
    if not isinstance(units, Sequence) or isinstance(units, str) or len(units) < at_least:
        raise UsageError(f"{name} must be a list of whole numbers; it is {units!r}")
    return [whole(name, n, 1) for n in units]


def elementwise(what: str, name: str) -> str:
    """An activation of single numbers; UsageError for another."""
    return known(what, name, [one for one in catalog.names("activation") if one not in NOT_ELEMENTWISE])


def dense_stack(widths: list[int], activations: list[str], inits: list[str]) -> nn.Sequential:
    """Dense layers, each with its activation; the last is drawn by the second initialiser."""
    layers: list[nn.Module] = []
    for number, name in enumerate(activations):
        init = inits[-1] if number == len(activations) - 1 else inits[0]
        layers.append(Dense(widths[number], widths[number + 1], init=init))
        layers += [] if name == NONE else [Activation(name)]
    return nn.Sequential(*layers)
