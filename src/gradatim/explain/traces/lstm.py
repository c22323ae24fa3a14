"""One LSTM unit through time, every gate of every step, forward and backward."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand import lstm as by_hand
from gradatim.checks import real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.drawings import lstm_drawing
from gradatim.explain.traces.record import Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number, product_sum

GATES = {"f": "f", "i": "i", "C": "C̃", "o": "o"}
SOURCE = "Hochreiter & Schmidhuber, Long short-term memory (1997); Gers, Schmidhuber & Cummins (2000)"


def lstm(
    x: Sequence[float] = (1, 0), y: float = 1, h: float = 0, c: float = 0,
    wfh: float = 1, wfx: float = 1, bf: float = 0, wih: float = 1, wix: float = 1, bi: float = 0,
    wch: float = 1, wcx: float = 1, bc: float = 0, woh: float = 1, wox: float = 1, bo: float = 0,
) -> Trace:  # fmt: skip
    """One LSTM unit: each step's gates, memory and output, then backpropagation through time.

        f = σ(W_f [h, x] + b_f)      i = σ(W_i [h, x] + b_i)     C ← f C + i C̃
        C̃ = tanh(W_C [h, x] + b_C)   o = σ(W_o [h, x] + b_o)     h ← o tanh(C);   L = ½(h_T − y)²

    `x` are the inputs, one a step; `h` and `c` the state before the first. `wfh` and `wfx` are the weights of
    the gate f, for h and for x, `bf` its bias; likewise i, c (of the candidate C̃) and o.

    Raises UsageError for a number that is not finite.
    """
    given = {
        "wfh": wfh, "wfx": wfx, "bf": bf, "wih": wih, "wix": wix, "bi": bi, "wch": wch, "wcx": wcx, "bc": bc,
        "woh": woh, "wox": wox, "bo": bo, "h": h, "c": c, "y": y,
    }  # fmt: skip
    p = {name: real(name, value) for name, value in given.items()}
    xs = np.array(vector("x", x))[:, None]
    W = {gate: np.array([[p[f"w{gate.lower()}h"], p[f"w{gate.lower()}x"]]]) for gate in by_hand.GATES}
    b = {gate: np.array([p[f"b{gate.lower()}"]]) for gate in by_hand.GATES}
    steps = by_hand.forward(xs, np.array([p["h"]]), np.array([p["c"]]), W, b)
    return Trace("One LSTM unit through time", "E5 E16", SOURCE, [
        Line(f"Inputs x = ({', '.join(number(v) for v in xs[:, 0])}), target y = {number(p['y'])} for the "
             f"last output; before the first step h = {number(p['h'])}, C = {number(p['c'])}. [h, x] is h "
             "and x joined end to end: every gate has a weight for each."),
        Line("  f = σ(W_f [h, x] + b_f)       keep        i = σ(W_i [h, x] + b_i)   write"),
        Line("  C̃ = tanh(W_C [h, x] + b_C)    candidate   o = σ(W_o [h, x] + b_o)   read"),
        Line("  C ← f C + i C̃                             h ← o tanh(C)"),
        *_forward(steps, W, b),
        *_backward(steps, W, p["y"]),
        *_slips(xs, p["h"], p["c"], W, b),
    ], lstm_drawing(_last(steps[-1])))  # fmt: skip


def _last(step: by_hand.Step) -> dict[str, float]:
    """The values of the last step's cell."""
    found = {name: _number(step, name) for name in ("f", "i", "o", "C", "h")}
    return found | {"C̃": _number(step, "C_"), "C before": _number(step, "C0")}


def _number(step: by_hand.Step, name: str) -> float:
    return float(step[name][0])


def _forward(steps: list[by_hand.Step], W: by_hand.Parameters, b: by_hand.Parameters) -> list[Part]:
    sums: list[list[Cell]] = []
    for t, s in enumerate(steps, 1):
        for gate, letter in GATES.items():
            terms = [*zip(W[gate][0], s["hx"], strict=True), (float(b[gate][0]),)]
            a = float(W[gate][0] @ s["hx"] + b[gate][0])
            sums.append([t, letter, product_sum(terms), a, _number(s, "C_" if gate == "C" else gate)])
    names = ("f", "i", "C_", "o", "C0", "C", "h")
    return [
        Table("Every gate of every step", ["step", "gate", "W [h, x] + b", "a", "value"], sums),
        Table("Memory and output", ["step", "x", "f", "i", "C̃", "o", "C before", "C", "h"], [
            [t, float(s["hx"][1]), *(_number(s, name) for name in names)] for t, s in enumerate(steps, 1)
        ]),
    ]  # fmt: skip


def _backward(steps: list[by_hand.Step], W: by_hand.Parameters, y: float) -> list[Part]:
    h = _number(steps[-1], "h")
    dhs = [np.zeros(1) for _ in steps]
    dhs[-1] = np.array([h - y])
    dW, db, found = by_hand.backward(steps, dhs, W)
    names = ("dh", "dC", "o", "f", "i", "C")
    rows = [[t, *(_number(d, name) for name in names)] for t, d in enumerate(found, 1)]
    handed = [[t, _number(d, "dh0"), _number(d, "dC0")] for t, d in enumerate(found, 1)]
    return [
        Line(f"Backwards from L = ½(h_T − y)² = {number((h - y) ** 2 / 2)}. What reaches C comes through h "
             "and from the step behind; on its way along C a gradient is multiplied by f and nothing else."),
        Line("  ∂L/∂C = handed back + ∂L/∂h · o (1 − tanh²C)"),
        Line("  ∂L/∂a_o = ∂L/∂h tanh(C) o(1 − o)          ∂L/∂a_f = ∂L/∂C C_before f(1 − f)"),
        Line("  ∂L/∂a_i = ∂L/∂C C̃ i(1 − i)                ∂L/∂a_C̃ = ∂L/∂C i (1 − C̃²)"),
        Table("Backward, the last step first",
              ["step", "∂L/∂h", "∂L/∂C", "∂L/∂a_o", "∂L/∂a_f", "∂L/∂a_i", "∂L/∂a_C̃"], rows[::-1]),
        Line("  to the step before: ∂L/∂h_before = Σ_gates w_h ∂L/∂a    ∂L/∂C_before = ∂L/∂C f"),
        Table("Handed to the step before", ["step", "∂L/∂h before", "∂L/∂C before"], handed[::-1]),
        Table("Gradients: sums over the steps of ∂L/∂a · [h, x] and of ∂L/∂a", ["gate", "w_h", "w_x", "b"], [
            [letter, *map(float, dW[gate][0]), float(db[gate][0])] for gate, letter in GATES.items()
        ]),
    ]  # fmt: skip


def _slips(xs: np.ndarray, h: float, c: float, W: by_hand.Parameters, b: by_hand.Parameters) -> list[Part]:
    """What three slips of often lectured code make of the same numbers."""
    right, swapped, bare, added = ([h, c] for _ in range(4))
    rows: list[list[Cell]] = []
    for t, x in enumerate(xs, 1):
        s = _step(x, right, W, b)
        right = [_number(s, "h"), _number(s, "C")]
        s = _step(x, swapped, W, b)
        swapped = [_number(s, "C"), _number(s, "h")]  # the caller takes the first for h
        s = _step(x, bare, W, b)
        bare = [_number(s, "o") * _number(s, "C"), _number(s, "C")]
        s = _step(x + added[0], [0.0, added[1]], W, b)  # one weight, that of x, for the sum
        added = [_number(s, "h"), _number(s, "C")]
        rows.append([t, right[0], swapped[1], bare[0], added[0]])
    same = all(w[0, 0] == w[0, 1] for w in W.values())
    return [
        Line("Slips in often lectured code: it hands back (C, h) to a caller that takes (h, C); it reads out "
             "o C, not o tanh(C); it adds h + x where it must join [h, x], which leaves one weight for both"
             + (" and goes unnoticed here, because w_h and w_x are equal." if same else ".")),
        Table("h as it is, and with each slip",
              ["step", "h", "swapped results", "o C", "h + x added"], rows),
    ]  # fmt: skip


def _step(x: np.ndarray, state: list[float], W: by_hand.Parameters, b: by_hand.Parameters) -> by_hand.Step:
    return by_hand.step(x, np.array([state[0]]), np.array([state[1]]), W, b)
