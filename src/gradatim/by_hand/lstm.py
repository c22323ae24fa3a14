"""The LSTM as fifteen lines of Python, and its gradient (curriculum E5, E16): one sequence, one step a turn.

Often lectured code adds h and x where they must be joined end to end, and hands back (C, h) where it takes
(h, C). Here [h, x] is a concatenation, the state is taken and returned in one order, and what is read out is
o ⊙ tanh(C), of the new C. `by_hand.layers.lstm` is the same for batches, with W split in two.
"""

from typing import Any

import numpy as np

GATES = ("f", "i", "C", "o")  # keep, write, candidate, read
Parameters = dict[str, np.ndarray]  # by gate
Step = dict[str, np.ndarray]


def sigmoid(a: np.ndarray) -> np.ndarray:
    """1/(1 + e^−a) = ½(1 + tanh ½a), which cannot overflow."""
    return (1 + np.tanh(a / 2)) / 2


def step(x: np.ndarray, h: np.ndarray, C: np.ndarray, W: Parameters, b: Parameters) -> Step:
    """One step of the LSTM (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000).

        f = σ(W_f [h, x] + b_f)    i = σ(W_i [h, x] + b_i)    C̃ = tanh(W_C [h, x] + b_C)
        C ← f ⊙ C + i ⊙ C̃          o = σ(W_o [h, x] + b_o)    h ← o ⊙ tanh(C)

    f = 1 and i = 0 keep C exactly; f = 0 wipes it. Shapes: x (D,), h and C (H,), each W (H, H + D),
    each b (H,). Returns every quantity of the step by its name; "C_" is C̃, "C0" is C before.

    >>> one = {gate: np.ones((1, 2)) for gate in GATES}
    >>> none = {gate: np.zeros(1) for gate in GATES}
    >>> found = step(np.ones(1), np.zeros(1), np.zeros(1), one, none)
    >>> [round(float(found[name][0]), 4) for name in ("f", "C_", "C", "h")]
    [0.7311, 0.7616, 0.5568, 0.3696]
    """
    hx = np.concatenate([h, x])
    f = sigmoid(W["f"] @ hx + b["f"])
    i = sigmoid(W["i"] @ hx + b["i"])
    C_ = np.tanh(W["C"] @ hx + b["C"])
    o = sigmoid(W["o"] @ hx + b["o"])
    C0, C = C, f * C + i * C_
    h = o * np.tanh(C)
    return {"hx": hx, "f": f, "i": i, "C_": C_, "o": o, "C0": C0, "C": C, "h": h}


def forward(xs: Any, h: np.ndarray, C: np.ndarray, W: Parameters, b: Parameters) -> list[Step]:
    """Every step of a sequence, from the state (h, C); the last holds the state to go on from."""
    steps = []
    for x in xs:
        steps.append(step(x, h, C, W, b))
        h, C = steps[-1]["h"], steps[-1]["C"]
    return steps


def step_back(s: Step, dh: np.ndarray, dC: np.ndarray, W: Parameters) -> Step:
    """From ∂L/∂h and ∂L/∂C behind a step to what stands in front of it; every derivative by its name.

    ∂L/∂C += ∂L/∂h ⊙ o ⊙ (1 − tanh²C)              since h = o ⊙ tanh C
    ∂L/∂a_o = ∂L/∂h ⊙ tanh C ⊙ o(1 − o)
    ∂L/∂a_f = ∂L/∂C ⊙ C_before ⊙ f(1 − f)           since C = f ⊙ C_before + i ⊙ C̃
    ∂L/∂a_i = ∂L/∂C ⊙ C̃ ⊙ i(1 − i)
    ∂L/∂a_C = ∂L/∂C ⊙ i ⊙ (1 − C̃²)
    ∂L/∂[h_before, x] = Σ_gates Wᵀ ∂L/∂a,    ∂L/∂C_before = ∂L/∂C ⊙ f
    """
    read = np.tanh(s["C"])
    dC = dC + dh * s["o"] * (1 - read**2)
    da = {
        "f": dC * s["C0"] * s["f"] * (1 - s["f"]),
        "i": dC * s["C_"] * s["i"] * (1 - s["i"]),
        "C": dC * s["i"] * (1 - s["C_"] ** 2),
        "o": dh * read * s["o"] * (1 - s["o"]),
    }
    dhx = np.sum([W[gate].T @ da[gate] for gate in GATES], axis=0)
    H = len(dh)
    return {"dh": dh, "dC": dC, **da, "dh0": dhx[:H], "dx": dhx[H:], "dC0": dC * s["f"]}


def backward(
    steps: list[Step], dhs: Any, W: Parameters, dC: np.ndarray | None = None
) -> tuple[Parameters, Parameters, list[Step]]:
    """Backpropagation through time: ∂L/∂W = Σ_t ∂L/∂a_t [h_{t−1}, x_t]ᵀ and ∂L/∂b = Σ_t ∂L/∂a_t, by gate.

    `dhs` is what the outputs say, ∂L/∂h_t without the later steps; `dC` is ∂L/∂C of the last step. Also
    returns every step's derivatives, the first step's first: its dh0 and dC0 are those of the initial state.
    """
    dh0, dC0 = np.zeros_like(steps[-1]["h"]), np.zeros_like(steps[-1]["C"]) if dC is None else dC
    dW = {gate: np.zeros_like(W[gate]) for gate in GATES}
    db = {gate: np.zeros(len(W[gate])) for gate in GATES}
    found = []
    for s, dh in zip(reversed(steps), reversed(list(dhs)), strict=True):
        d = step_back(s, dh + dh0, dC0, W)
        for gate in GATES:
            dW[gate] += np.outer(d[gate], s["hx"])
            db[gate] += d[gate]
        dh0, dC0 = d["dh0"], d["dC0"]
        found.append(d)
    return dW, db, found[::-1]
