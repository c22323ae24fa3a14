"""Exercises in attention."""

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import multiples, one, whole_grid
from gradatim.explain.traces.record import Trace


def _attention(rng: np.random.Generator) -> Numbers:
    return {
        "h": whole_grid(rng, 3, 2, -1, 2), "s": multiples(rng, 2, 0.5, 1), "y": [1, 0],
        "score": one(rng, "dot", "additive"), "w": whole_grid(rng, 2, 2, -1, 1),
        "u": whole_grid(rng, 2, 2, -1, 1), "v": multiples(rng, 2, 1, 2), "r": whole_grid(rng, 2, 2, -1, 1),
        "e": whole_grid(rng, 2, 2, -1, 1), "c": whole_grid(rng, 2, 2, -1, 1),
        "o": whole_grid(rng, 3, 2, -1, 1), "target": one(rng, 0, 1, 2), "length": one(rng, 2, 3),
    }  # fmt: skip


def _attention_asked(trace: Trace, numbers: Numbers) -> list[Asked]:
    weights, context = trace.table("Weights: softmax of the scores"), trace.table("Context")
    state, word = trace.table("New state"), trace.table("Word")
    back = trace.table("Behind the memory")
    places = [str(t) for t in range(1, numbers["length"] + 1)]
    return [
        *cells(weights, "e_l", places, [f"e{t}" for t in places], [f"e_{t}" for t in places]),
        *cells(weights, "α_l", places, [f"alpha{t}" for t in places], [f"α_{t}" for t in places]),
        *cells(context, "c", (1, 2), ("c1", "c2"), ("c_1", "c_2")),
        *cells(state, "s′ = tanh(a)", (1, 2), ("s1", "s2"), ("s′_1", "s′_2")),
        *cells(word, "p", (numbers["target"],), ("p",), ("p of the right word",)),
        *cells(back, "∂L/∂e_l", (1, 2), ("de1", "de2"), ("∂L/∂e_1", "∂L/∂e_2")),
    ]


KINDS = (
    Kind("attention",
         "A decoder with the state s attends to a memory of three steps by the score that is named; length "
         "says how many of them are real. Give the scores, the weights, the context, the new state, the "
         "probability of the right word, and the gradients of two scores.",
         _attention, _attention_asked),
)  # fmt: skip
