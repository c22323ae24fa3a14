"""Attention in NumPy and its gradient, for all of its scores (curriculum E12)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradatim.by_hand.layers.softmax import softmax
from gradatim.functional.attention_scores import SCORES, score_named

Arrays = dict[str, np.ndarray]


def forward(
    score: str, p: Mapping[str, np.ndarray], s: np.ndarray, h: np.ndarray, real: np.ndarray | None = None
) -> Arrays:
    """Attention of queries s to a memory h (Bahdanau, Cho & Bengio 2015; Luong, Pham & Manning 2015).

        q = A s,  k = B h         A and B are the score's parameters, or the identity
        e = vᵀ u,  u = tanh(q + k)     additive and concat;   e = qᵀ k (/√A)     dot, general, scaled_dot
        α = softmax(e) over the real steps,   c = Σ_l α_l h_l

    Shapes: s (N, T, Q), h (N, L, M), real (N, L), true where a step is no padding; returns every quantity by
    its letter: q (N, T, A), k (N, L, A), u (N, T, L, A), e and α, "alpha", (N, T, L), c (N, T, M). A memory
    without a real step has weights and contexts of 0. Raises UsageError as `nn.Attention` does.

    >>> s, h = np.array([[[1.0, 0.0]]]), np.array([[[np.log(3), 5.0], [0.0, 7.0]]])
    >>> found = forward("dot", {}, s, h)
    >>> found["alpha"].round(4).tolist(), found["c"].round(4).tolist()
    ([[[0.75, 0.25]]], [[[0.824, 5.5]]])
    """
    kind = score_named(score, s.shape[-1], h.shape[-1])
    of_query, of_memory = kind.maps(p, s.shape[-1])
    q = s if of_query is None else s @ of_query.T
    k = h if of_memory is None else h @ of_memory.T
    found = {"s": s, "h": h, "q": q, "k": k}
    if kind.tanh:
        found["u"] = np.tanh(q[:, :, None] + k[:, None])
        e = found["u"] @ p["v"][0]
    else:
        e = q @ k.swapaxes(1, 2) * _scale(score, q)
    alpha = softmax(e if real is None else np.where(real[:, None], e, np.finfo(e.dtype).min))
    if real is not None:
        alpha = np.where(real[:, None], alpha, 0)
    return found | {"e": e, "alpha": alpha, "c": alpha @ h}


def backward(score: str, p: Mapping[str, np.ndarray], found: Arrays, dc: np.ndarray) -> Arrays:
    """From ∂L/∂c to every derivative, "d" before its letter; those of the parameters by dW, dU and dv.

    ∂L/∂α_l = ∂L/∂c · h_l                                     since c = Σ_l α_l h_l
    ∂L/∂e_l = α_l (∂L/∂α_l − Σ_j α_j ∂L/∂α_j)                 softmax; 0 at padding, where α is
    ∂L/∂v = Σ ∂L/∂e u,   ∂L/∂a = ∂L/∂e v ⊙ (1 − u²)           additive, concat: a = q + k
    ∂L/∂q = Σ_l ∂L/∂a,   ∂L/∂k = Σ_t ∂L/∂a
    ∂L/∂q = Σ_l ∂L/∂e k (/√A),   ∂L/∂k = Σ_t ∂L/∂e q (/√A)    dot, general, scaled_dot
    ∂L/∂A = Σ ∂L/∂q sᵀ,   ∂L/∂B = Σ ∂L/∂k hᵀ
    ∂L/∂s = Aᵀ ∂L/∂q,   ∂L/∂h = Bᵀ ∂L/∂k + Σ_t α ∂L/∂c        h is read twice: as key and as value

    Shapes: those of what they are derivatives of.
    """
    kind, s, h, alpha = SCORES[score], found["s"], found["h"], found["alpha"]
    of_query, of_memory = kind.maps(p, s.shape[-1])
    dalpha = dc @ h.swapaxes(1, 2)
    de = alpha * (dalpha - (alpha * dalpha).sum(2, keepdims=True))
    d = {"dalpha": dalpha, "de": de}
    if kind.tanh:
        d["da"] = de[..., None] * p["v"][0] * (1 - found["u"] ** 2)
        dq, dk = d["da"].sum(2), d["da"].sum(1)
    else:
        scaled = de * _scale(score, found["q"])
        dq, dk = scaled @ found["k"], scaled.swapaxes(1, 2) @ found["q"]
    d |= {"dq": dq, "dk": dk}
    d["ds"] = dq if of_query is None else dq @ of_query
    d["dh"] = (dk if of_memory is None else dk @ of_memory) + alpha.swapaxes(1, 2) @ dc
    return d | _of_parameters(score, found, d)


def _of_parameters(score: str, found: Arrays, d: Arrays) -> Arrays:
    """The derivatives of W, U and v, those of them that the score has."""
    kind, s, h = SCORES[score], found["s"], found["h"]
    dA, dB = _outer(d["dq"], s), _outer(d["dk"], h)
    by_score: dict[str, Any] = {
        "additive": {"dW": dA, "dU": dB}, "scaled_dot": {"dW": dA, "dU": dB}, "dot": {},
        "general": {"dW": dB}, "concat": {"dW": np.concatenate([dA, dB], 1)},
    }  # fmt: skip
    dv = {"dv": np.einsum("ntl,ntla->a", d["de"], found["u"])[None]} if kind.tanh else {}
    return by_score[score] | dv


def _outer(g: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Σ g xᵀ over examples and steps."""
    return np.einsum("nta,ntb->ab", g, x)


def _scale(score: str, q: np.ndarray) -> float:
    """1/√A where the score is scaled."""
    return float(q.shape[-1]) ** -0.5 if SCORES[score].scaled else 1.0
