"""One step of a decoder with attention in NumPy, forward and backward (curriculum E12)."""

from collections.abc import Mapping

import numpy as np

from gradatim.by_hand import attention
from gradatim.by_hand.attention import Arrays
from gradatim.by_hand.layers.softmax import softmax


def step(
    score: str, p: Mapping[str, np.ndarray], s: np.ndarray, y: np.ndarray, h: np.ndarray,
    real: np.ndarray, target: int,
) -> Arrays:  # fmt: skip
    """A word of one sentence by Bahdanau's decoder, of plain cells (Bahdanau, Cho & Bengio 2015, A.2.2).

        α, c = attention(s; h_1 … h_L)            the state before asks
        a  = R s + E y + C c,   s′ = tanh(a)      y is the vector of the word said last
        o  = O s′,   p = softmax(o),   L = −log p_target

    Shapes: s (Q,), y (D,), h (L, M), real (L,), R (Q, Q), E (Q, D), C (Q, M), O (K, Q), and the score's own
    parameters. Returns every quantity by its letter: those of `attention.forward`, for one example and one
    query, beside a, "s_", s′, o, "p" and "loss".
    """
    found = {name: value[0] for name, value in attention.forward(score, p, *_batch(s, h), real[None]).items()}
    c = found["c"][0]
    a = p["R"] @ s + p["E"] @ y + p["C"] @ c
    new = np.tanh(a)
    o = p["O"] @ new
    probabilities = softmax(o)
    loss = -np.log(probabilities[target])
    return found | {"a": a, "s_": new, "y": y, "o": o, "p": probabilities, "loss": np.asarray(loss)}


def step_back(score: str, p: Mapping[str, np.ndarray], found: Arrays, target: int) -> Arrays:
    """∂L of every quantity, "d" before its letter.

    ∂L/∂o = p − [target],   ∂L/∂s′ = Oᵀ ∂L/∂o,   ∂L/∂a = ∂L/∂s′ ⊙ (1 − s′²)
    ∂L/∂c = Cᵀ ∂L/∂a,       ∂L/∂y = Eᵀ ∂L/∂a
    ∂L/∂s = Rᵀ ∂L/∂a + what attention sends back: s is read twice
    ∂L/∂R = ∂L/∂a sᵀ,   ∂L/∂E = ∂L/∂a yᵀ,   ∂L/∂C = ∂L/∂a cᵀ,   ∂L/∂O = ∂L/∂o s′ᵀ

    The rest is `attention.backward`. "ds by score" is the share of ∂L/∂s that comes from the scores.
    """
    do = found["p"].copy()
    do[target] -= 1
    new = p["O"].T @ do
    da = new * (1 - found["s_"] ** 2)
    dc = p["C"].T @ da
    batch: Arrays = {
        str(name): found[name][None] for name in ("s", "h", "q", "k", "u", "alpha", "e") if name in found
    }
    d = attention.backward(score, p, batch, dc[None, None])
    d = {name: value if name in ("dW", "dU", "dv") else value[0] for name, value in d.items()}
    d["ds by score"] = d["ds"][0]
    s, c = found["s"][0], found["c"][0]
    return d | {
        "do": do, "ds_": new, "dstate": da, "dc": dc, "dy": p["E"].T @ da, "ds": p["R"].T @ da + d["ds"][0],
        "dR": np.outer(da, s), "dE": np.outer(da, found["y"]), "dC": np.outer(da, c),
        "dO": np.outer(do, found["s_"]),
    }  # fmt: skip


def _batch(s: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One query of one example: (1, 1, Q) and (1, L, M)."""
    return s[None, None], h[None]
