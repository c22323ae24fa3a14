"""Numbers of a trace that are changed: weights, inputs by their places or names, the target, the rate."""

import re
from itertools import islice
from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean, real
from gradatim.explain.traces.networks.names import LISTED, Names
from gradatim.explain.traces.networks.step import is_sequence

ASKED = ("target", "lr")  # that stand beside the network
OPTIONS = ("input", "loss", "optimizer", "delta", "unit", "example", "split")
INPUT = re.compile(r"x\.?(\d+(?:\.\d+)*)")  # x7, x2.1, x.1.5.5


def change(
    names: Names,
    wanted: dict[str, Any],
    x: np.ndarray,
    changes: dict[str, Any],
    inputs: tuple[str, ...] = (),
) -> tuple[dict[str, Any], np.ndarray]:
    """Put changed numbers in place: w13 of the network, x2 of the input or its name, target and lr.

    Of a sequence x3.2 is number 2 of step 3, of a picture x1.4.5 a pixel of channel 1.
    Raises UsageError for a name that is not there, and for what is no number.
    """
    for name, value in changes.items():
        if name in ASKED or name.startswith("target."):
            wanted = {**wanted, name: value}
        elif name in inputs or INPUT.fullmatch(name):
            at = inputs.index(name) if name in inputs else _place(name, x, names)
            x = x.copy()
            x.flat[at] = real(name, value)
        else:
            place, index = _of_network(names, name, x, inputs)
            names.network.parameters[place][index] = real(name, value)
    return wanted, x


def _place(name: str, x: np.ndarray, names: Names) -> int:
    """The place of x7 or x2.1 among all the numbers of an input."""
    at = INPUT.fullmatch(name)
    assert at is not None
    index = tuple(int(part) - 1 for part in at[1].split("."))
    shape = (len(x), *x.shape[2:]) if is_sequence(names.network) else x.shape[1:]
    if len(index) == 1 and 0 <= index[0] < x.size:
        return index[0]
    if len(index) == len(shape) and all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        return int(np.ravel_multi_index(index, shape))
    more = f", or x{'.'.join('1' * len(shape))} … x{'.'.join(map(str, shape))}" if len(shape) > 1 else ""
    raise UsageError(f"there is no input {name}: there are x1 … x{x.size}{more}")


def _of_network(
    names: Names, name: str, x: np.ndarray, inputs: tuple[str, ...]
) -> tuple[str, tuple[int, ...]]:
    """Where a weight of this name is; UsageError that knows everything that can be changed."""
    if name in OPTIONS:
        instead = "an input is x1, x2, …" if name == "input" else f"it is an option of its own, --{name}"
        raise UsageError(f"--set changes one number, and {name} is none: {instead}")
    choices = [*ASKED, *inputs, *(f"x{i + 1}" for i in range(min(x.size, LISTED)))]
    choices += [names.weight(*one) for one in islice(names.every(), LISTED)]
    try:
        return names.place(name)
    except UsageError as error:
        if "has no number" not in str(error):
            raise
        raise UsageError(f"the network has no number {name!r}: {did_you_mean(name, choices)}") from None


def whole_target(wanted: dict[str, Any]) -> Any:
    """The target with what `target.2=…` changes of it; UsageError for a place that is not there."""
    target = wanted.get("target")
    for name, value in wanted.items():
        if name.startswith("target."):
            target = _with(target, name, value)
    return target


def _with(target: Any, name: str, value: Any) -> Any:
    place = name.removeprefix("target.")
    many = list(target) if isinstance(target, list | tuple) else [target]
    if not place.isdigit() or not 1 <= int(place) <= len(many):
        raise UsageError(f"there is no {name}: there are target.1 … target.{len(many)}")
    many[int(place) - 1] = value
    return many if isinstance(target, list | tuple) else many[0]
