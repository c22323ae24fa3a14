"""Exercises in Boltzmann machines."""

from typing import Any

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import multiples, one
from gradatim.explain.traces.record import Trace


def _numbers(rng: np.random.Generator) -> Numbers:
    v = [one(rng, 0, 1) for _ in range(3)]
    v[int(rng.integers(3))] = 1
    tenths = [round(0.1 * k, 1) for k in range(1, 10)]
    return {
        "v": v, "w": [multiples(rng, 3, 0.5, 1), multiples(rng, 3, 0.5, 1)],
        "b": multiples(rng, 3, 0.5, 1, zero=True), "c": multiples(rng, 2, 0.5, 1, zero=True),
        "u": [one(rng, *tenths) for _ in range(2)], "u_v": [one(rng, *tenths) for _ in range(3)],
        "lr": one(rng, 0.1, 0.5),
    }  # fmt: skip


def _asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    hidden, again = trace.table("The hidden units, from the example"), trace.table("The hidden units again")
    visible = trace.table("The visible units, from those")
    (step,) = (table for table in trace.tables() if table.caption.startswith("The step"))
    after: list[Any] = ["W11", "b1", "c1"]
    return [
        *cells(hidden, "p = σ(in)", (1, 2), ("p1", "p2"), ("p_1", "p_2")),
        *cells(hidden, "h", (1, 2), ("h1", "h2"), ("h_1", "h_2"), 0),
        *cells(visible, "v′", (1, 2, 3), ("v1", "v2", "v3"), ("v′_1", "v′_2", "v′_3"), 0),
        *cells(again, "p′ = σ(in)", (1, 2), ("q1", "q2"), ("p′_1", "p′_2")),
        *cells(step, "after", after, [f"new_{name}" for name in after], [f"new {name}" for name in after]),
    ]


KINDS = (
    Kind("rbm",
         "Make a step of contrastive divergence, CD-1, of this machine on the example v. A hidden unit is 1 "
         "where its number of u is below its probability, a visible one where its number of u_v is.",
         _numbers, _asked),
)  # fmt: skip
