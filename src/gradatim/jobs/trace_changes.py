"""What a run's example becomes when its symbols or its target are changed."""

import re
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean, real, shown
from gradatim.explain.traces.networks.changes import whole_target
from gradatim.explain.traces.networks.targets import read_target
from gradatim.jobs.trace_example import BLANK, Example, target_in_words
from gradatim.runs.trained import Trained

STEP = re.compile(r"x\.?(\d+)")


def change_symbols(example: Example, changes: dict[str, Any]) -> tuple[Example, dict[str, Any]]:
    """The example with the symbols of x2=… in place, one-hot; and the changes that are left."""
    if not example.symbols:
        return example, changes
    x, steps, left = example.twin.x.copy(), list(example.steps), {}
    for name, value in changes.items():
        at = STEP.fullmatch(name)
        if at is None:
            left[name] = value
            continue
        t = int(at[1]) - 1
        if not 0 <= t < len(x):
            raise UsageError(f"there is no step {name}: there are x1 … x{len(x)}, a symbol each")
        number = number_of(name, value, example.symbols)
        x[t, 0] = np.eye(x.shape[-1])[number]
        steps[t] = str(value)
    return replace(example, twin=example.twin._replace(x=x), steps=tuple(steps)), left


def number_of(name: str, value: Any, known: dict[str, int]) -> int:
    """The number of a class, a word or a character; UsageError for one that training did not know."""
    if str(value) not in known:
        raise UsageError(
            f"{name} cannot be {value!r}, which the network does not know: {did_you_mean(str(value), known)}"
        )
    return known[str(value)]


def change_target(example: Example, trained: Trained, wanted: dict[str, Any], loss: str) -> Example:
    """The example with another target: a class by its name, a number in the unit of the data.

    `target` is the whole of it, `target.2` one step's, or one of several numbers.
    Raises UsageError for a target that the loss cannot have.
    """
    if not any(name.startswith("target") for name in wanted):
        return example
    if trained.problem.truth(None, example.twin.x) is not None:
        raise UsageError("the target of this run is its input: change that, x1, x2, …")
    y = np.asarray(example.y)
    of_classes = y.dtype.kind in "iu"
    known = _classes(example, trained) if of_classes else {}
    old = (
        [_name(known, int(n)) for n in y.ravel()]
        if of_classes
        else np.ravel(y if example.raw is None else example.raw).tolist()
    )
    target = whole_target({"target": old, **wanted})
    many = list(target) if isinstance(target, list | tuple) else [target]
    if len(many) != y.size:
        raise UsageError(f"target must be {y.size} value{'s' * (y.size > 1)}; it is {shown(target)}")
    if of_classes:
        found = np.array([number_of("target", one, known) for one in many], y.dtype).reshape(y.shape)
        return _with_target(example, trained, found, None, [str(one) for one in many])
    raw = np.array([real("target", one) for one in many]).reshape(y.shape)
    found = np.asarray(trained.problem.targets(raw), float)
    read_target(loss, found, (len(found), found[0].size))
    return _with_target(example, trained, found, raw, [f"{v:.4g}" for v in raw.ravel()])


def _classes(example: Example, trained: Trained) -> dict[str, int]:
    """The number of every class by its name; blank characters by what they are called, too."""
    names = trained.problem.names or range(example.twin.network.forward(example.twin.x).shape[-1])
    known = {str(one): number for number, one in enumerate(names)}
    return known | {BLANK[one]: number for one, number in known.items() if one in BLANK}


def _name(known: dict[str, int], number: int) -> str:
    return next(name for name, one in known.items() if one == number)


def _with_target(example: Example, trained: Trained, y: np.ndarray, raw: Any, said: list[str]) -> Example:
    """The example with a target that is said anew: in its sentence, or beside every step."""
    if example.answers:
        answers = tuple(said) if len(said) == len(example.answers) else example.answers
        return replace(example, y=y, answers=answers)
    return replace(example, y=y, target=target_in_words(trained, raw, y))
