"""A network given by its units, numbered through: w13 leads from unit 1 to unit 3, w03 or b3 is a bias."""

import re
from itertools import pairwise
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import TWINS
from gradatim.checks import UsageError, did_you_mean, known, real, shown, whole

Weights = dict[tuple[int, int], float | None]
BIAS = re.compile(r"b_?(\d+)")
JOINED = re.compile(r"w(\d+)[_,-](\d+)")


def network_of_units(content: dict[str, Any]) -> tuple[Network, list[list[int]]]:
    """The network of {"units": …, "activation": …, "weights": …}, and its units' numbers by layer.

    Raises UsageError for a weight that is missing, or leads where no connection is, and for an activation
    that there is not.
    """
    units = _units(content["units"])
    activations = _activations(content.get("activation", "sigmoid"), len(units) - 1)
    given = content.get("weights")
    if not isinstance(given, dict):
        raise UsageError(f'the weights are written as {{"w13": 0.5, …}}; they are {shown(given)}')
    weights = _weights(given, units)
    entries: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    for (front, row), activation in zip(pairwise(units), activations, strict=True):
        name = str(len(entries))
        biases = [weights.get((0, j)) for j in row]
        if None in biases and any(b is not None for b in biases):
            absent = next(j for j, b in zip(row, biases, strict=True) if b is None)
            raise UsageError(f"the bias of unit {absent} is null, others of its layer are not: make it 0")
        joined = [[weights[i, j] for i in front] for j in row]
        entries.append(_entry(joined, len(front), len(row), biases[0] is not None))
        values[f"{name}.weight"] = np.array([[w or 0.0 for w in line] for line in joined])
        if biases[0] is not None:
            values[f"{name}.bias"] = np.array(biases, float)
        if activation != "identity":
            entries.append({"name": activation})
    network = Network(entries, None, np.float64)
    network.load_state_dict({**network.state_dict(), **values})
    return network, units


def _entry(joined: list[list[float | None]], inputs: int, outputs: int, bias: bool) -> dict[str, Any]:
    if any(w is None for line in joined for w in line):
        mask = [[int(w is not None) for w in line] for line in joined]
        return {"name": "masked_dense", "mask": mask, "bias": bias}
    return {"name": "dense", "in_features": inputs, "out_features": outputs, "bias": bias}


def _units(given: Any) -> list[list[int]]:
    """[2, 2, 1] or [[1, 2], [3, 4], [5]] as the numbers of the units, by layer."""
    said = (
        "units are [2, 2, 1], how many each layer has, the inputs first, or their numbers; they are "
        f"{shown(given)}"
    )
    if not isinstance(given, list) or len(given) < 2:
        raise UsageError(said)
    if all(isinstance(row, list) for row in given):
        flat = [whole("a unit's number", j, 1) for row in given for j in row]
        if len(set(flat)) < len(flat) or not all(given):
            raise UsageError(said)
        return [list(row) for row in given]
    sizes = [whole("a layer's units", n, 1) for n in given]
    starts = np.cumsum([1, *sizes]).tolist()
    return [list(range(start, start + size)) for start, size in zip(starts, sizes, strict=False)]


def _activations(given: Any, layers: int) -> list[str]:
    names = given if isinstance(given, list) else [given] * layers
    if len(names) != layers:
        raise UsageError(f"there are {layers} layers behind the inputs, but {len(names)} activations")
    choices = [name for name in catalog.names("activation") if name in TWINS and name != "maxout"]
    return [known("activation", str(name), choices) for name in names]


def _weights(given: dict[str, Any], units: list[list[int]]) -> Weights:
    """Every weight by (from, to), 0 the bias; UsageError for one that is missing or leads nowhere."""
    wanted = {(i, j): None for front, row in pairwise(units) for j in row for i in (0, *front)}
    names = {_name(i, j, units): (i, j) for i, j in wanted}
    found: Weights = {}
    for name, value in given.items():
        place = _place(name, names)
        if place is None:
            raise UsageError(f"no connection is called {name}: {did_you_mean(name, names)}")
        found[place] = None if value is None else real(name, value)
    missing = [name for name, place in names.items() if place not in found]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        i, j = names[missing[0]]
        where = f"the bias of unit {j}" if not i else f"from unit {i} to unit {j}"
        raise UsageError(
            f"the weight {missing[0]}, {where}, is missing{more}: give a number, or null where there is no "
            "connection"
        )
    return found


def _place(name: str, names: dict[str, tuple[int, int]]) -> tuple[int, int] | None:
    """(from, to) of w13, w1_13, b3."""
    text = name.strip().lower()
    if text in names:
        return names[text]
    bias, joined = BIAS.fullmatch(text), JOINED.fullmatch(text)
    place = (0, int(bias[1])) if bias else (int(joined[1]), int(joined[2])) if joined else None
    return place if place in names.values() else None


def _name(i: int, j: int, units: list[list[int]]) -> str:
    last = max(max(row) for row in units)
    return f"w{i}{j}" if last <= 9 else f"w{i}_{j}"
