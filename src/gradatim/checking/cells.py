"""Recurrent cells: an LSTM, a GRU in both of its forms, an RNN; every state of every step, and gradients."""

import re
from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import source_of
from gradatim.checking.case import Arrays, Case, Definition, Slip
from gradatim.checking.cell_slips import run_gru, run_lstm, run_rnn
from gradatim.random import generator

GATES = {"lstm": "ifgo", "peephole_lstm": "ifgo", "gru": "rzn", "rnn": "h"}
SIZES = ((1, 2, 3, 2), (4, 2, 3, 2), (3, 1, 2, 4), (5, 3, 4, 3))  # steps, sequences, inputs, units
RESETS = ("after", "before")
PEEPHOLES = ("peephole_lstm",)  # whose gates see the memory through P (3H,), of i, f and o


def cell(name: str, reset: str = "after") -> Definition:
    """A recurrent cell of the catalogue; a GRU with its reset after or before the product."""
    row = catalog.find(name, "layer")
    cases = [_case(name, reset, sizes, seed) for seed, sizes in enumerate(SIZES)]
    cases.append(_case(name, reset, SIZES[1], 9, 40.0))
    equations = parts_of(source_of(row.home).doc).equation
    if name == "gru":
        equations = "\n".join(_column(line, RESETS.index(reset)) for line in equations.splitlines())
    return Definition(name, "cell", cases, equations, lambda: _slips(name, reset, cases))


def _column(line: str, form: int) -> str:
    """A line of equations that stand in two columns, one a form of the cell: the one asked for."""
    columns = re.split(r"\s{12,}", line.strip())
    return columns[min(form, len(columns) - 1)]


def _case(name: str, reset: str, sizes: tuple[int, int, int, int], seed: int, scale: float = 1.0) -> Case:
    T, N, D, H = sizes
    rng = generator(seed, f"check {name}")
    rows = len(GATES[name]) * H
    arrays = {
        "x": scale * rng.standard_normal((T, N, D)), "W": rng.standard_normal((rows, D)),
        "U": rng.standard_normal((rows, H)), "b": rng.standard_normal(rows), "h0": np.zeros((N, H)),
        "c0": np.zeros((N, H)), "g": rng.standard_normal((T, N, H)),
    }  # fmt: skip
    if name in PEEPHOLES:
        arrays["P"] = rng.standard_normal(3 * H)
    label = f"{T} step{'s' * (T > 1)}, {N} sequence{'s' * (N > 1)}, {D} inputs, {H} units, seed {seed}"
    label += "; inputs of about 40" if scale > 1 else ""
    settings = {"cell": name, "input_size": D, "hidden_size": H}
    return Case(label, arrays, _expected(name, reset, arrays), settings)


def _expected(name: str, reset: str, arrays: Arrays) -> Arrays:
    """By the layer of `nn`, step by step, and by autograd."""
    import torch

    T, _, D = arrays["x"].shape
    more = {"reset": reset} if name == "gru" else {}
    layer = catalog.find(name, "layer").load()(D, arrays["U"].shape[1], **more).double()
    held = {"weight_ih_l0": "W", "weight_hh_l0": "U", "bias_l0": "b"}
    held |= {"peep_l0": "P"} if name in PEEPHOLES else {}
    with torch.no_grad():
        for key, value in layer.named_parameters():
            value.copy_(torch.tensor(arrays[held[key]]) if key in held else torch.zeros_like(value))
    x = torch.tensor(arrays["x"], requires_grad=True)
    h, _ = layer(x)
    named = dict(layer.named_parameters())
    wanted = [x, *(named[key] for key in held)]
    grads = torch.autograd.grad(h, wanted, torch.tensor(arrays["g"]))
    found = {}
    if name.endswith("lstm"):
        states = [layer(x[: t + 1])[1][1] for t in range(T)]
        found["c"] = torch.cat(states).detach().numpy()
    found |= {"h": h.detach().numpy(), "last h": h[-1].detach().numpy()}
    return found | {
        f"grad {key}": value.numpy() for key, value in zip(("x", *held.values()), grads, strict=True)
    }


def _slips(name: str, reset: str, cases: list[Case]) -> Iterable[Slip]:
    def again(run: Any, **slip: Any) -> list[Arrays]:
        with np.errstate(all="ignore"):
            return [run(case.arrays, **slip) for case in cases]

    if name.endswith("lstm"):
        for slip, said in (PEEPHOLE_SLIPS | LSTM_SLIPS if name in PEEPHOLES else LSTM_SLIPS).items():
            yield said, again(run_lstm, slip=slip)
    elif name == "gru":
        other = "before" if reset == "after" else "after"
        form = {"after": "torch's (the reset after the product, z keeps the old state)",
                "before": "the course's (the reset before the product, z lets the candidate in)"}  # fmt: skip
        yield (
            f"yours is the other form of the GRU, {form[other]}; the definition asked for is {form[reset]}: "
            f"--against gru:reset={other} checks yours",
            again(run_gru, reset=other),
        )
        yield "your z and 1 − z are exchanged", again(run_gru, reset=reset, slip="z")
    else:
        for slip, said in RNN_SLIPS.items():
            yield said, again(run_rnn, slip=slip)
    run = RUNS[name]
    more = {"reset": reset} if name == "gru" else {}
    for said, change in EVERY.items():
        with np.errstate(all="ignore"):
            yield said, [run(change(case.arrays), **more) for case in cases]
    yield (
        "a sequence is handed in as (T, N, D), time first; yours reads it as (N, T, D)",
        [_batch_first(run, case.arrays, more) for case in cases],
    )
    if name != "rnn":  # without U an RNN does just that
        yield FORGETS, again(run, slip="forgets", **more)
    yield from _orders(name, run, cases, more)


def _batch_first(run: Any, arrays: Arrays, more: dict[str, Any]) -> Arrays:
    """Every h of a cell that takes the first axis for the sequences."""
    x = arrays["x"].swapaxes(0, 1)
    start = np.zeros((x.shape[1], arrays["U"].shape[1]))
    with np.errstate(all="ignore"):
        found = run(arrays | {"x": x, "h0": start, "c0": start}, **more)
    return {"h": found["h"].swapaxes(0, 1)}


def _orders(name: str, run: Any, cases: list[Case], more: dict[str, Any]) -> Iterable[Slip]:
    """The gates in another order of the stacked rows."""
    gates = GATES[name]
    for order in list(permutations(range(len(gates))))[1:]:
        found = []
        for case in cases:
            H = case.settings["hidden_size"]
            rows = np.concatenate([np.arange(H) + H * order.index(k) for k in range(len(gates))])
            moved = case.arrays | {key: case.arrays[key][rows] for key in ("W", "U", "b")}
            with np.errstate(all="ignore"):
                found.append(run(moved, **more))
        hers = ", ".join(gates[k] for k in order)
        yield f"your gates stand in the order {hers}; the definition's is {', '.join(gates)}", found


RUNS: dict[str, Callable[..., Arrays]] = {
    "lstm": run_lstm,
    "peephole_lstm": run_lstm,
    "gru": run_gru,
    "rnn": run_rnn,
}
Change = Callable[[Arrays], Arrays]
FORGETS = "yours does not carry the state on: every step begins with 0"
EVERY: dict[str, Change] = {
    "yours leaves the biases out": lambda a: a | {"b": 0 * a["b"]},
    "yours adds the biases twice": lambda a: a | {"b": 2 * a["b"]},
    "yours leaves h_{t−1} out: U is not used, or every step begins with h = 0": lambda a: (
        a | {"U": 0 * a["U"]}
    ),
}
PEEPHOLE_SLIPS = {
    "no peepholes": "yours is an LSTM without peepholes: i, f see p ⊙ c_{t−1}, o sees p ⊙ c_t",
    "old peephole": "your output gate sees the old memory c_{t−1}; it must see the new one, c_t",
}
LSTM_SLIPS = {
    "no tanh": "yours reads out o ⊙ c; the definition o ⊙ tanh(c)",
    "swapped": "yours hands back (c, h); a step gives (h, c)",
    "old c": "yours reads out the old memory, o ⊙ tanh(c_{t−1}); it must be the new one",
    "sigmoid g": "your candidate g is a sigmoid; it must be tanh",
    "tanh gates": "your gates are tanh; they must be sigmoids",
    "forget 1": "your forget gate adds 1 to its bias: that is how it begins, not how it calculates",
    "no i": "yours adds g without its input gate: c_t = f ⊙ c_{t−1} + i ⊙ g",
}
RNN_SLIPS = {"linear": "yours leaves tanh out", "relu": "yours is ReLU where the definition is tanh",
             "sigmoid": "yours is a sigmoid where the definition is tanh"}  # fmt: skip
