"""One GRU unit through time in the course's form and in torch's, every gate of every step."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.layers.gru import gru as layer_of
from gradatim.by_hand.layers.recurrent import Recurrent
from gradatim.checks import real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.record import Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number

SOURCE = (
    "Cho et al., Learning phrase representations using RNN encoder–decoder (2014); Chung et al., Empirical "
    "evaluation of gated recurrent neural networks (2014)"
)
EQUATIONS = {
    "before": ("  r = σ(w_r [h, x] + b_r)    h̃ = tanh(w_h [r h, x] + b_h)",
               "  z = σ(w_z [h, x] + b_z)    h ← (1 − z) h + z h̃"),
    "after": ("  r = σ(w_r [h, x] + b_r)    h̃ = tanh(w_hx x + b_h + r w_hh h)",
              "  z = σ(w_z [h, x] + b_z)    h ← (1 − z) h̃ + z h"),
}  # fmt: skip


def gru(
    x: Sequence[float] = (1, 0), y: float = 1, h: float = 0,
    wrh: float = 1, wrx: float = 1, br: float = 0, wzh: float = 1, wzx: float = 1, bz: float = 0,
    whh: float = 1, whx: float = 1, bh: float = 0,
) -> Trace:  # fmt: skip
    """One GRU unit in both of its forms: each step's gates and state, then backpropagation through time.

        both:                              r = σ(w_r [h, x] + b_r),   z = σ(w_z [h, x] + b_z)
        course, reset before the product:  h̃ = tanh(w_h [r h, x] + b_h),        h ← (1 − z) h + z h̃
        torch, reset after the product:    h̃ = tanh(w_hx x + b_h + r w_hh h),   h ← (1 − z) h̃ + z h
        loss of the last output:           L = ½(h_T − y)²

    `x` are the inputs, one a step, and `h` the state before the first. `wrh` and `wrx` are the two weights of
    the gate r, for h and for x, `br` its bias; likewise z, and h for the candidate h̃.

    Raises UsageError for a number that is not finite.
    """
    given = {
        "wrh": wrh, "wrx": wrx, "br": br, "wzh": wzh, "wzx": wzx, "bz": bz, "whh": whh, "whx": whx, "bh": bh,
        "h": h, "y": y,
    }  # fmt: skip
    p = {name: real(name, value) for name, value in given.items()}
    xs = np.array(vector("x", x))
    parts: list[Part] = [
        Line(f"Inputs x = ({', '.join(map(number, xs))}), target y = {number(p['y'])} for the last output; "
             f"before the first step h = {number(p['h'])}.")
    ]  # fmt: skip
    for reset, name in (("before", "Course form"), ("after", "Torch's form")):
        parts += _form(reset, name, p, xs)
    parts.append(
        Line("In the course's form z lets the candidate in; in torch's it keeps the old state: the one z is "
             "the complement of the other, and weights of one form are not weights of the other.")
    )  # fmt: skip
    return Trace("One GRU unit through time", "E6", SOURCE, parts)


def _form(reset: str, name: str, p: dict[str, float], xs: np.ndarray) -> list[Part]:
    unit = _unit(reset, p)
    h = unit.forward(xs[:, None, None]).ravel()
    g = np.zeros((len(xs), 1, 1))
    g[-1] = h[-1] - p["y"]
    dx = unit.backward(g).ravel()
    gates, dgates, dh = unit.a[:, 0].tolist(), unit.da[:, 0].tolist(), unit.dh.ravel().tolist()
    before = unit.h[:-1].ravel().tolist()
    steps = range(len(xs))
    forward: list[list[Cell]] = [[t + 1, xs[t].item(), before[t], *gates[t], h[t].item()] for t in steps]
    backward: list[list[Cell]] = [
        [t + 1, dh[t], *dgates[t], (dh[t - 1] if t else unit.initial_gradient[0].item()), dx[t].item()]
        for t in reversed(steps)
    ]
    d = unit.gradients
    return [
        Line(f"{name}: the reset gate acts {reset} the product."),
        *map(Line, EQUATIONS[reset]),
        Table(f"{name}: forward", ["step", "x", "h before", "r", "z", "h̃", "h"], forward),
        Table(f"{name}: backward from L = ½(h_T − y)² = {(h[-1] - p['y']) ** 2 / 2:.4f}",
              ["step", "∂L/∂h", "∂L/∂a_r", "∂L/∂a_z", "∂L/∂a_h", "∂L/∂h before", "∂L/∂x"], backward),
        Table(f"{name}: gradients, sums over the steps", ["gate", "w_h", "w_x", "b"], [
            [gate, d["weight_hh_l0"][k, 0].item(), d["weight_ih_l0"][k, 0].item(), d["bias_l0"][k].item()]
            for k, gate in enumerate(("r", "z", "h̃"))
        ]),
    ]  # fmt: skip


def _unit(reset: str, p: dict[str, float]) -> Recurrent:
    unit = layer_of(1, 1, reset=reset)
    values = {
        "weight_hh_l0": [p["wrh"], p["wzh"], p["whh"]], "weight_ih_l0": [p["wrx"], p["wzx"], p["whx"]],
        "bias_l0": [p["br"], p["bz"], p["bh"]], "bias_hn_l0": [0.0],
    }  # fmt: skip
    unit.hold(
        {name: np.array(values[name]).reshape(shape) for name, shape in unit.shapes.items()},
        {name: np.zeros(shape) for name, shape in unit.shapes.items()},
    )
    unit.initial = (np.full((1, 1), p["h"]),)
    return unit
