"""Cells with a slip on purpose, to tell a student which one hers looks like; never used as the definition."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradatim.checking.case import Arrays


def sigmoid(a: np.ndarray) -> np.ndarray:
    """σ(a)."""
    found: np.ndarray = 1 / (1 + np.exp(-a))
    return found


def run_lstm(arrays: Arrays, slip: str = "") -> Arrays:
    """Every h and c of an LSTM, with peepholes P where there are some, with this slip."""
    gate = np.tanh if slip == "tanh gates" else sigmoid
    candidate: Callable[..., Any] = sigmoid if slip == "sigmoid g" else np.tanh
    H = arrays["U"].shape[1]
    P = arrays.get("P", np.zeros(3 * H)) * (slip != "no peepholes")
    p_i, p_f, p_o = P[:H], P[H : 2 * H], P[2 * H :]
    h, c, hs, cs = arrays["h0"], arrays["c0"], [], []
    for x in arrays["x"]:
        if slip == "forgets":
            h, c = 0 * h, 0 * c
        pre = x @ arrays["W"].T + h @ arrays["U"].T + arrays["b"]
        i, f, g, o = (pre[:, k * H : (k + 1) * H] for k in range(4))
        old = c
        i, f = i + p_i * c, f + p_f * c
        new = candidate(g) if slip == "no i" else gate(i) * candidate(g)
        c = gate(f + (slip == "forget 1")) * c + new
        read = c if slip == "no tanh" else np.tanh(old if slip == "old c" else c)
        h = gate(o + p_o * (old if slip == "old peephole" else c)) * read
        if slip == "swapped":
            h, c = c, h
        hs.append(h)
        cs.append(c)
    return {"h": np.stack(hs), "c": np.stack(cs), "last h": hs[-1]}


def run_gru(arrays: Arrays, reset: str = "after", slip: str = "") -> Arrays:
    """Every h of a GRU in a form, with this slip."""
    H = arrays["U"].shape[1]
    h, hs = arrays["h0"], []
    for x in arrays["x"]:
        h = 0 * h if slip == "forgets" else h
        wx, uh = x @ arrays["W"].T + arrays["b"], h @ arrays["U"].T
        r, z = sigmoid(wx[:, :H] + uh[:, :H]), sigmoid(wx[:, H : 2 * H] + uh[:, H : 2 * H])
        inner = r * uh[:, 2 * H :] if reset == "after" else (r * h) @ arrays["U"][2 * H :].T
        n = np.tanh(wx[:, 2 * H :] + inner)
        keep = z if reset == "after" else 1 - z
        keep = 1 - keep if slip == "z" else keep
        h = keep * h + (1 - keep) * n
        hs.append(h)
    return {"h": np.stack(hs), "last h": hs[-1]}


def run_rnn(arrays: Arrays, slip: str = "") -> Arrays:
    """Every h of an RNN with this slip."""
    g: Callable[..., Any] = {
        "linear": lambda a: a,
        "relu": lambda a: np.maximum(a, 0),
        "sigmoid": sigmoid,
    }.get(slip, np.tanh)
    h, hs = arrays["h0"], []
    for x in arrays["x"]:
        h = g(x @ arrays["W"].T + h @ arrays["U"].T + arrays["b"])
        hs.append(h)
    return {"h": np.stack(hs), "last h": hs[-1]}
