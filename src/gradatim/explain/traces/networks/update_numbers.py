"""The numbers of one weight that an optimizer's equations are filled with."""

from typing import Any, NamedTuple

import numpy as np

from gradatim.explain.traces.networks.step import Step
from gradatim.explain.traces.networks.update_text import equations_of
from gradatim.explain.traces.sums_as_text import short
from gradatim.functional.updates import newton_schulz_steps
from gradatim.optim.numpy_updates import ADAM_RATIO, METHODS

Place = tuple[str, tuple[int, ...]]  # a parameter's name, and an index


class Filled(NamedTuple):
    """Which equations, the optimizer's settings in them, and the numbers of one weight."""

    equations: str
    settings: dict[str, Any]
    numbers: dict[str, Any]


def equations_at(step: Step, place: Place) -> list[tuple[str, str]]:
    """The optimizer's equations with the numbers of the weight at a place."""
    name, index = place
    found = Filled(step.setup.optimizer, dict(step.setup.settings), _numbers(step, name, index))
    if found.equations == "muon":
        found = _of_matrix(step, found, name, index)
    if found.equations == "lbfgs":
        found = _of_search(step, found, name, index)
    settings = {key: value for key, value in found.settings.items() if key not in found.numbers}
    return equations_of(found.equations, step.t, settings, found.numbers)


def _numbers(step: Step, name: str, index: tuple[int, ...]) -> dict[str, Any]:
    """The weight, its gradient, what it becomes, and what is remembered before and behind the step."""
    setup = step.setup
    decayed = step.before[name]
    if setup.shaping.weight_decay and decayed.ndim >= 2:
        decayed = decayed * (1 - setup.lr * setup.shaping.weight_decay)
    numbers = {
        "p": float(decayed[index]),
        "g": float(step.shaped[name][index]),
        "new": float(step.after[name][index]),
    }
    for key, of in step.new_state.items():
        if "" in of:
            numbers[key] = float(of[""])
        elif name in of:
            numbers[key], numbers[f"{key}0"] = float(of[name][index]), float(step.old_state[key][name][index])
    return numbers


def _of_matrix(step: Step, found: Filled, name: str, index: tuple[int, ...]) -> Filled:
    """Muon's: the matrix on its way through Newton–Schulz, at one place; of what is no matrix AdamW's."""
    g = step.shaped[name]
    if g.ndim != 2:
        settings = {**METHODS["adamw"].settings, "lr": ADAM_RATIO * step.setup.lr}
        return Filled("muon, no matrix", settings, found.numbers)
    momentum = found.settings["momentum"]
    ahead = g + momentum * (step.new_state["momentum_buffer"][name] - g)
    way = [float(one[index]) for one in newton_schulz_steps(ahead)]
    rows, columns = g.shape
    more = {
        "ahead": float(ahead[index]), "length": float(np.linalg.norm(ahead)), "unit": way[0],
        "ortho": way[-1],
        "schulz": " → ".join(short(value) for value in way), "rows": rows, "columns": columns,
    }  # fmt: skip
    return found._replace(numbers={**found.numbers, **more})


def _of_search(step: Step, found: Filled, name: str, index: tuple[int, ...]) -> Filled:
    """L-BFGS's: the direction, and the length that the line search found; of several iterations none."""
    search = step.search
    assert search is not None
    if search["iterations"] != 1:
        return Filled("lbfgs, several", found.settings, {"iterations": search["iterations"]})
    a, slope, slope_new = search["a"], search["slope"], search["slope_new"]
    bound, flat = search["f"] + 1e-4 * a * slope, 0.9 * abs(slope)
    pairs = search["pairs"]
    more = {
        "d": float(search["d"][name][index]), "bound": bound, "flat": flat,
        "falls": "≤" if search["f_new"] <= bound else ">", "flattens": "≤" if abs(slope_new) <= flat else ">",
        **{key: search[key] for key in ("a", "slope", "slope_new", "f", "f_new", "tried")},
        "h": f"H from the last {pairs} pairs (s, y)" if pairs else "H = I, as no step was made yet",
    }  # fmt: skip
    return found._replace(numbers={**found.numbers, **more})
