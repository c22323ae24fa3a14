"""Exercises in networks of a few units."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradatim.by_hand import backpropagation as unit
from gradatim.exercises.kind import Asked, Kind, Numbers, cells, entries
from gradatim.exercises.nice_numbers import multiples, one
from gradatim.explain.traces.drawings import network_drawing
from gradatim.explain.traces.record import Trace

UNITS = [[1, 2], [3, 4], [5]]
LEAST = 0.003  # of a δ: one that four decimals show


def _or_numbers(rng: np.random.Generator) -> Numbers:
    """Weights for which something is to be learned."""
    names = ("w03", "w13", "w23", "w04", "w14", "w24", "w05", "w35", "w45")
    while True:
        weights = dict(zip(names, multiples(rng, 9, 0.5, 2), strict=True))
        x, target, lr = one(rng, [1, 0], [1, 1]), one(rng, 0, 1), one(rng, 0.1, 0.2, 0.5)
        w = {(int(name[1]), int(name[2])): value for name, value in weights.items()}
        delta = unit.deltas(w, UNITS, unit.forward(w, UNITS, x)[1], [target])
        if min(abs(delta[j]) for j in (3, 4, 5)) > LEAST:
            return {"x": x, "target": target, "lr": lr, **weights}


def _or_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    forward, backward, update = trace.table("Forward"), trace.table("Backward"), trace.table("Update")
    new = {(i, j): value for i, j, value in zip(*map(update.column, ("i", "j", "new w")), strict=True)}
    return [
        *cells(forward, "y = σ(a)", (3, 4, 5), ("y3", "y4", "y5"), ("y_3", "y_4", "y_5")),
        *cells(backward, "δ", (5, 4, 3), ("delta5", "delta4", "delta3"), ("δ_5", "δ_4", "δ_3")),
        Asked("new_w35", "new w_35", new[3, 5]),
        Asked("new_w13", "new w_13", new[1, 3]),
    ]


def _run_numbers(rng: np.random.Generator) -> Numbers:
    names = ("w13", "w23", "b3", "w14", "w24", "b4", "w35", "w45", "b5")
    weights = dict(zip(names, multiples(rng, 9, 0.1, 1), strict=True))
    return {"x": multiples(rng, 2, 0.1, 1), "y": one(rng, 0, 1), **weights}


def _run_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    forward, loss = trace.table("Forward"), trace.table("Loss, and what it sends back")
    (squared, cross), (back, back_cross) = loss.column("value"), loss.column("∂L/∂a_5")
    return [
        *cells(forward, "y", (3, 4, 5), ("y3", "y4", "y5"), ("y_3", "y_4", "ŷ = y_5")),
        Asked("squared", "½(ŷ − y)²", squared),  # type: ignore[arg-type]
        Asked("cross_entropy", "−y log ŷ − (1 − y) log(1 − ŷ)", cross),  # type: ignore[arg-type]
        Asked("d_squared", "∂L/∂a_5 of the first", back),  # type: ignore[arg-type]
        Asked("d_cross_entropy", "∂L/∂a_5 of the second", back_cross),  # type: ignore[arg-type]
    ]


def _loop_numbers(rng: np.random.Generator) -> Numbers:
    """A unit that is on and an output that is wrong: else nothing is learned."""
    while True:
        w1, w2, b1, w3, b2 = multiples(rng, 5, 0.5, 3)
        x, y = multiples(rng, 2, 1, 3), one(rng, *range(-6, 7))
        z = w1 * x[0] + w2 * x[1] + b1
        if z > 0 and w3 * z + b2 != y:
            return {"x": x, "y": y, "lr": 0.01, "w1": w1, "w2": w2, "b1": b1, "w3": w3, "b2": b2}


def _loop_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    passes, updated = trace.table("The next pass"), trace.table("Update: θ − η ∂L/∂θ")
    z, _, y_hat, loss = trace.table("Forward").rows[0]
    derivatives = ("∂L/∂ŷ", "∂L/∂w3", "∂L/∂b2", "∂L/∂w1", "∂L/∂w2", "∂L/∂b1")
    return [
        *(Asked(name, symbol, value) for name, symbol, value in  # type: ignore[arg-type]
          (("z", "z", z), ("y_hat", "ŷ", y_hat), ("L", "L", loss))),
        *cells(trace.table("Backward"), "value", derivatives, ("dy", "dw3", "db2", "dw1", "dw2", "db1"),
               derivatives),
        *cells(updated, "all updated", ("w1", "w3"), ("new_w1", "new_w3"), ("new w1", "new w3")),
        *cells(passes, "L", ("all updated",), ("new_L",), ("L of the next pass",)),
    ]  # fmt: skip


def _rule_numbers(rng: np.random.Generator) -> Numbers:
    """A unit whose slope is not 0, and an output that is wrong."""
    activation = one(rng, "relu", "sigmoid", "tanh")
    return {**{k: v for k, v in _loop_numbers(rng).items() if k != "lr"}, "activation": activation}


def _rule_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    (z, h, output, loss), backward = trace.table("Forward").rows[0], trace.table("Backward")
    delta, w1, w2 = backward.column("value")
    symbols = ("z", "h", "ŷ", "L", "δ = ∂L/∂z", "∂L/∂w1", "∂L/∂w2")
    names = ("z", "h", "output", "loss", "delta", "d_w1", "d_w2")
    values = (z, h, output, loss, delta, w1, w2)
    return [
        Asked(name, symbol, float(value))  # type: ignore[arg-type]
        for name, symbol, value in zip(names, symbols, values, strict=True)
    ]


def _layers_numbers(rng: np.random.Generator) -> Numbers:
    """Two examples of two inputs, and weights for which every gradient shows."""
    sizes = {"x": (2, 2), "W1": (2, 2), "b1": (2, 1), "W2": (1, 2), "b2": (1, 1)}
    numbers = {k: np.reshape(multiples(rng, a * b, 0.5, 2), (a, b)).tolist() for k, (a, b) in sizes.items()}
    return {**numbers, "y": [[one(rng, 0, 1), one(rng, 0, 1)]], "activation": one(rng, "sigmoid", "tanh")}


def _layers_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    names = {
        "H1": "H",
        "Ŷ": "output",
        "∂L/∂W2": "d_W2_",
        "∂L/∂b2": "d_b2_",
        "∂L/∂W1": "d_W1_",
        "∂L/∂b1": "d_b1_",
    }
    return [
        asked for caption, name in names.items() for asked in entries(trace.table(caption), name, caption)
    ]


def _drawing(weights: Mapping[tuple[int, int], Any], x: list[float]) -> str:
    return network_drawing(weights, UNITS, {1: x[0], 2: x[1]})


def _or_drawing(numbers: Numbers) -> str:
    weights = {(int(k[1]), int(k[2])): v for k, v in numbers.items() if k.startswith("w")}
    return _drawing(weights, numbers["x"])


def _run_drawing(numbers: Numbers) -> str:
    weights = {
        (int(k[1]) if len(k) > 2 else 0, int(k[-1])): v for k, v in numbers.items() if k not in ("x", "y")
    }
    return _drawing(weights, numbers["x"])


KINDS = (
    Kind("backprop-or",
         "Units 1 and 2 are inputs, 3 and 4 hidden and 5 the output; all but the inputs are sigmoids. Make "
         "one step of backpropagation: forward, backward, update. Here δ = −∂L/∂a.",
         _or_numbers, _or_asked, "backprop", drawing=_or_drawing),
    Kind("forward-run",
         "Units 1 and 2 are inputs, 3 and 4 hidden and 5 the output; all but the inputs are sigmoids. Run "
         "the network forward, and give two losses and what each sends back to a_5.",
         _run_numbers, _run_asked, "forward", drawing=_run_drawing),
    Kind("learning-loop",
         "One hidden ReLU unit and a linear output. Run forward, differentiate by the chain rule, update all "
         "five parameters by gradient descent, and run forward again.",
         _loop_numbers, _loop_asked, "loop"),
    Kind("backprop-layers",
         "A hidden layer and a linear output, two examples as the columns of X. Run the batch forward and "
         "backward in matrices; gradients are means over the batch.",
         _layers_numbers, _layers_asked, "layers"),
    Kind("chain-rule",
         "One hidden unit and a linear output. Write ∂L/∂w1 and ∂L/∂w2 as products, mark the factor that "
         "both share, and put the numbers in.",
         _rule_numbers, _rule_asked, "chain"),
)  # fmt: skip
