"""The threshold unit of McCulloch and Pitts, and nets of them (curriculum A1)."""

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple


class ThresholdUnit(NamedTuple):
    """A unit with fixed connections: the names of its inputs, and how many must be on for it to fire."""

    excitatory: tuple[str, ...]
    threshold: int
    inhibitory: tuple[str, ...] = ()


GATES = {
    "and": ThresholdUnit(("x1", "x2"), 2),
    "or": ThresholdUnit(("x1", "x2"), 1),
    "not": ThresholdUnit((), 0, ("x1",)),
    "x1-and-not-x2": ThresholdUnit(("x1",), 1, ("x2",)),
    "nor": ThresholdUnit((), 0, ("x1", "x2")),
}
XOR = {
    "z1": ThresholdUnit(("x1",), 1, ("x2",)),  # x1 AND NOT x2
    "z2": ThresholdUnit(("x2",), 1, ("x1",)),  # x2 AND NOT x1
    "y": ThresholdUnit(("z1", "z2"), 1),  # z1 OR z2
}


def fires(unit: ThresholdUnit, on: Mapping[str, int]) -> int:
    """Whether a unit fires (McCulloch & Pitts 1943): 1 or 0.

        y = 1 where no inhibitory input is 1 and Σ of the excitatory inputs ≥ θ, otherwise 0

    One inhibitory input that is on keeps the unit silent, however many excitatory ones are on.

    >>> [fires(GATES["and"], {"x1": a, "x2": b}) for a, b in ((0, 0), (0, 1), (1, 0), (1, 1))]
    [0, 0, 0, 1]
    """
    inhibited = any(on[name] for name in unit.inhibitory)
    return int(not inhibited and sum(on[name] for name in unit.excitatory) >= unit.threshold)


def run(net: Mapping[str, ThresholdUnit], inputs: Mapping[str, int]) -> dict[str, int]:
    """What every unit of a net without loops says, in the order in which they are named.

    >>> run(XOR, {"x1": 1, "x2": 0})
    {'x1': 1, 'x2': 0, 'z1': 1, 'z2': 0, 'y': 1}
    """
    on = dict(inputs)
    for name, unit in net.items():
        on[name] = fires(unit, on)
    return on


def patterns(names: tuple[str, ...]) -> list[dict[str, int]]:
    """Every pattern of inputs that are 0 or 1, the first input slowest.

    >>> patterns(("x1",))
    [{'x1': 0}, {'x1': 1}]
    """
    return [dict(zip(names, values, strict=True)) for values in product((0, 1), repeat=len(names))]
