"""Exercises in single units and small nets of them: threshold, perceptron, ADALINE, logistic; XOR; depth."""

from typing import Any

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import multiples, one
from gradatim.explain.traces.record import Table, Trace

PATTERNS = ("00", "01", "10", "11")
CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]
BIPOLAR = [[-1, -1], [-1, 1], [1, -1], [1, 1]]
PARTED = (  # targets that a line can say
    [0, 0, 0, 1], [0, 1, 1, 1], [0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0],
    [0, 1, 0, 0],
)  # fmt: skip


def _answers(table: Table, column: str, letter: str) -> list[Asked]:
    """A column of a truth table of two inputs."""
    values: list[Any] = table.column(column)
    return [
        Asked(f"{letter}{pattern}", f"{letter}({pattern[0]}, {pattern[1]})", float(value), 0)
        for pattern, value in zip(PATTERNS, values, strict=True)
    ]


def _read(text: Any) -> list[float]:
    """The numbers of a cell such as 0.5, −1."""
    return [float(piece) for piece in str(text).replace("−", "-").split(",")]


def _threshold(rng: np.random.Generator) -> Numbers:
    return {"gate": one(rng, "and", "or", "x1-and-not-x2", "nor"), "threshold": one(rng, 0, 1, 2)}


def _net(rng: np.random.Generator) -> Numbers:
    return {"thresholds": [one(rng, 0, 1, 2), one(rng, 0, 1, 2), one(rng, 1, 2)]}


def _net_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    table = trace.table("Truth table")
    return [asked for name in ("z1", "z2", "y") for asked in _answers(table, name, name)]


def _perceptron(rng: np.random.Generator) -> Numbers:
    return {"x": CORNERS, "t": one(rng, *PARTED), "lr": one(rng, 0.5, 1)}


def _after_a_pass(trace: Trace) -> list[Asked]:
    """The weights behind the first pass over four examples."""
    table = trace.table("Every presentation")
    (w1, w2), (b,) = _read(table.column("new w")[3]), _read(table.column("new b")[3])
    return [
        Asked("w1", "w_1 after the first pass", w1, 1), Asked("w2", "w_2 after the first pass", w2, 1),
        Asked("b", "b after the first pass", b, 1),
    ]  # fmt: skip


def _perceptron_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    found = trace.table("Mistakes and their bound")
    mistakes: Any = found.column("mistakes")[0]
    passes: Any = trace.table("Every presentation").column("pass")[-1]
    return [
        *_after_a_pass(trace), Asked("mistakes", "all its mistakes", float(mistakes), 0),
        Asked("passes", "the first pass without a mistake", float(passes), 0),
    ]  # fmt: skip


def _xor_perceptron_asked(trace: Trace, numbers: Numbers) -> list[Asked]:
    right = trace.table("After every pass")
    last = numbers["epochs"]
    said = f"right answers after pass {last}"
    return [*_after_a_pass(trace), *cells(right, "right, of 4", (last,), ("right",), (said,), 0)]


def _adaline(rng: np.random.Generator) -> Numbers:
    t = [2 * value - 1 for value in one(rng, *PARTED)]
    return {"x": BIPOLAR, "t": t, "lr": one(rng, 0.1, 0.2, 0.25), "epochs": 1}


def _adaline_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    table = trace.table("The first updates")
    errors: list[Any] = table.column("ε")
    b: Any = table.column("new b")[3]
    mean: Any = trace.table("After every pass").column("mean ε²")[-1]
    best: Any = trace.table("Beside least squares").column("b")[1]
    return [
        *(Asked(f"e{n}", f"ε of example {n}", float(value)) for n, value in enumerate(errors, 1)),
        Asked("b", "b after the pass", float(b)), Asked("mean", "mean ε² after the pass", float(mean)),
        Asked("best_b", "b of least squares", float(best)),
    ]  # fmt: skip


def _logistic(rng: np.random.Generator) -> Numbers:
    x = [multiples(rng, 2, 1, 2), multiples(rng, 2, 1, 2)]
    return {
        "x": x, "y": [one(rng, 0, 1), one(rng, 0, 1)], "w": multiples(rng, 2, 0.5, 1),
        "b": one(rng, -0.5, 0.5), "lr": 0.5,
    }  # fmt: skip


def _logistic_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    parts = trace.table("Every example's part of the gradient")
    gradient: list[Any] = [parts.column(f"∂L/∂{name}")[-1] for name in ("w1", "w2", "b")]
    before: Any = trace.table("The loss L").column("before")[0]
    return [
        *cells(trace.table("Forward"), "f = σ(in)", (1, 2), ("f1", "f2"), ("f_1", "f_2")),
        Asked("L", "L", float(before)),
        *(Asked(f"d{name}", f"∂L/∂{name}", float(value))
          for name, value in zip(("w1", "w2", "b"), gradient, strict=True)),
    ]  # fmt: skip


def _neuron(rng: np.random.Generator) -> Numbers:
    return {
        "x": multiples(rng, 3, 0.5, 1), "w": multiples(rng, 3, 0.5, 2), "b": one(rng, -1, -0.5, 0.5, 1),
        "activation": one(rng, "step", "sigmoid", "tanh", "relu"),
    }  # fmt: skip


def _neuron_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    table = trace.table("The unit")
    a, y = (float(table.column(name)[0]) for name in ("a", "y"))  # type: ignore[arg-type]
    return [Asked("a", "a", a), Asked("y", "y", y)]


def _kernels(rng: np.random.Generator) -> Numbers:
    return {"degree": one(rng, 2, 3, 4), "gamma": one(rng, 0.1, 0.25, 0.5, 1), "updates": 0}


def _kernels_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    grams = {table.caption: table.rows for table in trace.tables() if table.caption.startswith("K of ")}
    _, polynomial, rbf = grams.values()
    said = {"same": (0, 0), "near": (0, 1), "far": (0, 3)}
    corners = {"same": "twice (−1, −1)", "near": "(−1, −1) and (−1, 1)", "far": "(−1, −1) and (1, 1)"}
    return [
        Asked(f"{kind}_{name}", f"k {sort} of {corners[name]}", float(rows[i][j]), decimals)  # type: ignore[arg-type]
        for kind, sort, rows, decimals in (("p", "polynomial", polynomial, 0), ("r", "Gaussian", rbf, 4))
        for name, (i, j) in said.items()
    ]


def _sawtooth(rng: np.random.Generator) -> Numbers:
    return {"k": one(rng, 2, 3, 4, 5, 6), "steps": 0}


def _sawtooth_asked(trace: Trace, numbers: Numbers) -> list[Asked]:
    k = numbers["k"]
    (table,) = (table for table in trace.tables() if table.caption.startswith("Exact networks"))
    names = [f"units_{depth}" for depth in (1, k)], [f"fewest_{depth}" for depth in (1, k)]
    said = [f"units of the exact network of depth {depth}" for depth in (1, k)]
    fewest = [f"fewest units at depth {depth}" for depth in (1, k)]
    return [
        Asked("teeth", "teeth", float(2**k), 0), *cells(table, "units", (1, k), names[0], said, 0),
        *cells(table, "fewest", (1, k), names[1], fewest, 0),
    ]  # fmt: skip


KINDS = (
    Kind("threshold",
         "This gate's unit has another threshold θ than its own, perhaps. Its inputs that a not stands "
         "before, and both of nor, are inhibitory. What does it say for (x1, x2)?",
         _threshold, lambda trace, _: _answers(trace.table("Truth table"), "y", "y")),
    Kind("xor-threshold",
         "The net z1 = x1 AND NOT x2, z2 = x2 AND NOT x1, y = z1 OR z2 has these thresholds θ of z1, z2 and "
         "y. What do its units say for (x1, x2)?",
         _net, _net_asked),
    Kind("perceptron",
         "Present the examples in this order, again and again, from w = 0 and b = 0, and learn by "
         "Rosenblatt's rule until a pass goes without a mistake.",
         _perceptron, _perceptron_asked),
    Kind("xor-perceptron",
         "Present (0, 0), (0, 1), (1, 0), (1, 1) with the targets of XOR, 0, 1, 1, 0, in this order, from "
         "w = 0 and b = 0 with η = 1, and learn by Rosenblatt's rule: w ← w + η(t − o) x, b ← b + η(t − o).",
         lambda rng: {"epochs": int(rng.integers(2, 10))}, _xor_perceptron_asked, equations=False),
    Kind("adaline", "Make one pass of the delta rule over the examples, from w = 0 and b = 0.",
         _adaline, _adaline_asked),
    Kind("logistic-unit", "Run the unit on both examples, and give the loss and its gradient.",
         _logistic, _logistic_asked, "logistic"),
    Kind("neuron", "Give the sum and the output of this unit.", _neuron, _neuron_asked),
    Kind("xor-kernels",
         "Give the polynomial kernel (xᵀz + 1)^degree and the Gaussian kernel exp(−gamma ‖x − z‖²) of these "
         "corners of XOR.",
         _kernels, _kernels_asked, unsaid=("updates",)),
    Kind("sawtooth",
         "The sawtooth f_k is the tent m, k times. How many straight pieces, its teeth, has it? How many "
         "ReLU units has the exact network of depth 1, and of depth k with two in each layer; and how many "
         "are the fewest with which an error below ½ is possible?",
         _sawtooth, _sawtooth_asked, unsaid=("steps",)),
)  # fmt: skip
