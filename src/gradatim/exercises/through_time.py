"""Exercises in recurrent networks."""

from typing import Any

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import multiples, one
from gradatim.explain.traces.record import Beside, Part, Table, Trace

WORDS = ("hello", "deep", "loss", "apple")


def _rnn(rng: np.random.Generator) -> Numbers:
    whh, wxh, b = multiples(rng, 3, 0.1, 1)
    return {
        "x": multiples(rng, 2, 0.5, 1), "y": multiples(rng, 2, 0.5, 1), "h": 0, "whh": whh, "wxh": wxh,
        "b": b, "why": one(rng, 1, 2, -1),
    }  # fmt: skip


def _rnn_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    forward = trace.table("Forward")
    back = trace.table("Backward, the last step first")
    sums = trace.table("Every step's share of the gradients, and their sums")
    weights = ("w_hh", "w_xh", "b", "w_hy")
    return [
        *cells(forward, "h_t", (1, 2), ("h1", "h2"), ("h_1", "h_2")),
        *cells(forward, "ŷ_t", (1, 2), ("y1", "y2"), ("ŷ_1", "ŷ_2")),
        *cells(back, "∂L/∂a_t", (2, 1), ("da2", "da1"), ("∂L/∂a_2", "∂L/∂a_1")),
        *(Asked(f"d{name.replace('_', '')}", f"∂L/∂{name}", float(sums.column(name)[-1]))  # type: ignore[arg-type]
          for name in weights),
    ]  # fmt: skip


def _lstm(rng: np.random.Generator) -> Numbers:
    names = [f"{kind}{gate}{of}" for gate in "fico" for kind, of in (("w", "h"), ("w", "x"), ("b", ""))]
    given, x = _gates(rng, names, "wcx", "bc")
    return {"x": x, "y": one(rng, 0, 1), "h": 0, "c": 0, **given}


def _gates(rng: np.random.Generator, names: list[str], weight: str, bias: str) -> tuple[Numbers, list[Any]]:
    """Weights and two inputs with which the candidate is not 0 at the first step, nor all that follows."""
    while True:
        given = dict(zip(names, multiples(rng, len(names), 0.5, 1.5), strict=True))
        x = multiples(rng, 2, 0.5, 1)
        if all(given[weight] * x_t + given[bias] for x_t in x):
            return given, x


def _lstm_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    memory, gradients = trace.table("Memory and output"), trace.table("Backward, the last step first")
    asked = []
    for t in (1, 2):
        for column, name in (("f", "f"), ("i", "i"), ("C̃", "g"), ("o", "o"), ("C", "C"), ("h", "h")):
            asked += cells(memory, column, (t,), (f"{name}{t}",), (f"{column} of step {t}",))
    return asked + cells(gradients, "∂L/∂C", (2,), ("dC2",), ("∂L/∂C of step 2",))


def _gru(rng: np.random.Generator) -> Numbers:
    names = ["wrh", "wrx", "br", "wzh", "wzx", "bz", "whh", "whx", "bh"]
    given, x = _gates(rng, names, "whx", "bh")
    return {"x": x, "y": one(rng, 0, 1), "h": one(rng, 0, 0.5), **given}


def _gru_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    table = trace.table("Course form: forward")
    asked = []
    for t in (1, 2):
        for column, name in (("r", "r"), ("z", "z"), ("h̃", "n"), ("h", "h")):
            asked += cells(table, column, (t,), (f"{name}{t}",), (f"{column} of step {t}",))
    other = trace.table("Torch's form: forward")
    return asked + cells(other, "h", (2,), ("torch_h2",), ("h of step 2 in torch's form",))


def _hello(rng: np.random.Generator) -> Numbers:
    return {"word": one(rng, *WORDS), "hidden": 2, "lr": 0.5, "seed": int(rng.integers(100))}


def _hello_asked(trace: Trace, numbers: Numbers) -> list[Asked]:
    first = str(numbers["word"])[0]
    loss = trace.table("Loss")
    h: list[Any] = list(trace.table("h = tanh(a)").rows[0][1:])
    p: list[Any] = list(trace.table("p = softmax(s)").rows[0][1:])
    value: Any = loss.rows[0][3]
    asked = [Asked(f"h{k}", f"h_{k} after “{first}”", float(one_h)) for k, one_h in enumerate(h, 1)]
    letters = trace.table("p = softmax(s)").columns[1:]
    asked += [
        Asked(f"p_{c}", f"p({c}) after “{first}”", float(share)) for c, share in zip(letters, p, strict=True)
    ]
    return [*asked, Asked("loss", "−log p(next) of the first step", float(value))]


def _hello_shown(trace: Trace, _numbers: Numbers) -> list[Part]:
    return [
        Beside([trace.table(name) for name in ("W_xh", "W_hh", "W_hy")]),
        trace.table("Letters as numbers: x"),
    ]  # fmt: skip


def _gradients(rng: np.random.Generator) -> Numbers:
    return {
        "steps": one(rng, 5, 10, 20), "size": 4, "small": one(rng, 0.5, 0.8, 0.9), "large":
        one(rng, 1.1, 1.2), "limit": one(rng, 0.5, 1), "seed": int(rng.integers(100)),
    }  # fmt: skip


def _gradients_asked(_trace: Trace, numbers: Numbers) -> list[Asked]:
    T, small, large = numbers["steps"], numbers["small"], numbers["large"]
    grown = float(large**T)
    return [
        Asked("small", f"‖∂h_T/∂h_0‖ for s = {small}", float(small**T)),
        Asked("large", f"‖∂h_T/∂h_0‖ for s = {large}", grown),
        Asked("clipped", "the second, once clipped", min(grown, float(numbers["limit"]))),
        Asked("factor", "min(1, τ/‖g‖) of the second", min(1.0, numbers["limit"] / grown)),
    ]


def _unrolled(rng: np.random.Generator) -> Numbers:
    return {"steps": one(rng, 3, 4), "inputs": 1, "hidden": 2, "seed": int(rng.integers(100))}


SHARES = "Every layer's own gradient, their sum, and backpropagation through time"


def _unrolled_asked(trace: Trace, numbers: Numbers) -> list[Asked]:
    table = trace.table(SHARES)
    weights: list[Any] = table.column("weight")
    sums = cells(
        table, "BPTT", weights[:3], [f"d{w}" for w in weights[:3]], [f"∂L/∂{w}" for w in weights[:3]]
    )
    grows = trace.table("What grows with the sequence")
    T = 10 * numbers["steps"]
    return [
        *sums,
        *cells(grows, "weights, tied", (T,), ("tied",), (f"weights at {T} steps, tied",), 0),
        *cells(grows, "weights, were they free", (T,), ("free",), (f"weights at {T} steps, were they free",),
               0),
    ]  # fmt: skip


def _unrolled_shown(trace: Trace, numbers: Numbers) -> list[Part]:
    """The layers' own gradients of three weights, without their sums."""
    table = trace.table(SHARES)
    names = list(table.columns)[: 1 + numbers["steps"]]
    rows = [list(row)[: len(names)] for row in table.rows[:3]]
    return [Table("Every layer's own gradient", names, rows, 5)]


KINDS = (
    Kind("rnn",
         "One recurrent tanh unit with a linear output reads two numbers. Run it forward, and back through "
         "time.",
         _rnn, _rnn_asked),
    Kind("lstm", "One LSTM unit reads two numbers. Give every gate, the memory and the output of both steps.",
         _lstm, _lstm_asked),
    Kind("gru",
         "One GRU unit reads two numbers. Give every gate and the state of both steps in the course's form, "
         "and the last state in torch's.",
         _gru, _gru_asked),
    Kind("hello",
         "A recurrent network without biases reads the letters of a word, each as a one-hot x, from h = 0. "
         "Give the hidden state, the probabilities and the loss of the first letter.",
         _hello, _hello_asked, shown=_hello_shown),
    Kind("rnn-gradients",
         "In a linear recurrent network U = s·Q with Q orthogonal. Give the norm of the gradient that comes "
         "back over T = steps for both s, and what clipping at the norm τ = limit makes of the "
         "second, where ∂L/∂h_T has norm 1.",
         _gradients, _gradients_asked, "gradients"),
    Kind("rnn-unrolled",
         "A recurrent network of one input and two units, unrolled, is a network of as many dense layers as "
         "steps. The layers' own gradients of three of its weights stand below. Give the gradients that "
         "backpropagation through time finds for these three; and the number of all weights and biases at "
         "ten times as many steps.",
         _unrolled, _unrolled_asked, "unrolled", _unrolled_shown),
)  # fmt: skip
