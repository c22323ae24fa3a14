"""Exercises in the steps of optimizers."""

from itertools import takewhile

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import multiples, one
from gradatim.explain.traces.record import Line, Part, Table, Trace

OWN = {  # optimizers, and numbers of theirs that a hand calculates with
    "sgd": {}, "momentum": {"momentum": 0.9}, "nesterov_torch": {"momentum": 0.9}, "adagrad": {},
    "rmsprop": {"alpha": 0.9}, "adam": {"beta1": 0.9, "beta2": 0.99},
}  # fmt: skip


def _numbers(rng: np.random.Generator) -> Numbers:
    name = one(rng, *OWN)
    return {
        "optimizer": name, "w": one(rng, *multiples(rng, 3, 0.5, 2)), "gradients": multiples(rng, 3, 0.25, 1),
        "lr": one(rng, 0.1, 0.5), **OWN[name],
    }  # fmt: skip


def _asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    table = trace.table("Steps")
    state = [name for name in table.columns[3:-1]]
    asked = []
    for t in (1, 2, 3):
        for name in state:
            asked += cells(table, name, (t,), (f"{name}{t}",), (f"{name} after step {t}",))
        asked += cells(table, "new θ", (t,), (f"w{t}",), (f"θ after step {t}",))
    return asked


def _shown(trace: Trace, _numbers: Numbers) -> list[Part]:
    """The optimizer's equations, which stand in front of its steps; behind them they are filled in."""
    ahead = takewhile(lambda part: not isinstance(part, Table), trace.parts)
    return [part for part in ahead if isinstance(part, Line) and part.text.startswith("  ")]


KINDS = (
    Kind("optimizer-step",
         "Make three steps of this optimizer with one parameter, which is w before the first; gradients "
         "are its gradients, one a step. Everything that is remembered begins with 0.",
         _numbers, _asked, "optimizer", _shown, equations=False),
)  # fmt: skip
