"""Backpropagation unit by unit, as a lecture writes it (curriculum B6, B7).

Units have numbers; `layers` lists them from the inputs to the outputs, [[1, 2], [3, 4], [5]]. A weight
w[i, j] leads from unit i to unit j, and unit 0 is the bias, always 1. Every unit behind the inputs is a
sigmoid, and the loss is L = ½ Σ_k (t_k − o_k)². A connection that is not in `w` does not exist.
"""

from itertools import pairwise
from math import exp

import numpy as np

from gradatim.checks import one_of

Weights = dict[tuple[int, int], float]
Units = list[list[int]]
Values = dict[int, float]

# What δ_j stands for, and the sign it has relative to −∂L/∂a_j
CONVENTIONS = {"-dL/da": 1, "+dL/da": -1}


def sigmoid(a: float) -> float:
    """1/(1 + e^−a), without overflow."""
    return 1 / (1 + exp(-a)) if a >= 0 else exp(a) / (1 + exp(a))


def forward(w: Weights, layers: Units, x: list[float]) -> tuple[Values, Values]:
    """a_j = Σ_i w_ij o_i and o_j = σ(a_j), unit by unit; returns every a and every o, the bias's too.

    >>> a, o = forward({(0, 2): -1.0, (1, 2): 2.0}, [[1], [2]], [0.5])
    >>> a[2], o[2]
    (0.0, 0.5)
    """
    a: Values = {}
    o: Values = {0: 1.0, **dict(zip(layers[0], map(float, x), strict=True))}
    for before, layer in pairwise(layers):
        for j in layer:
            a[j] = sum(w[i, j] * o[i] for i in [0, *before] if (i, j) in w)
            o[j] = sigmoid(a[j])
    return a, o


def loss(layers: Units, o: Values, t: list[float]) -> float:
    """L = ½ Σ_k (t_k − o_k)²."""
    return sum((t_k - o[k]) ** 2 for k, t_k in zip(layers[-1], t, strict=True)) / 2


def deltas(w: Weights, layers: Units, o: Values, t: list[float], convention: str = "-dL/da") -> Values:
    """δ_j of every unit behind the inputs, from the outputs to the front.

        δ = −∂L/∂a:  output δ_k = o_k(1 − o_k)(t_k − o_k)
        δ = +∂L/∂a:  output δ_k = o_k(1 − o_k)(o_k − t_k)
        both:        hidden δ_j = o_j(1 − o_j) Σ_l w_jl δ_l

    Raises UsageError for another convention.
    """
    sign = CONVENTIONS[one_of("convention", convention, CONVENTIONS)]
    delta: Values = {}
    for k, t_k in zip(layers[-1], t, strict=True):
        delta[k] = sign * o[k] * (1 - o[k]) * (t_k - o[k])
    for layer, behind in zip(layers[-2:0:-1], layers[:1:-1], strict=True):
        for j in layer:
            delta[j] = o[j] * (1 - o[j]) * sum(w[j, l] * delta[l] for l in behind if (j, l) in w)
    return delta


def changes(w: Weights, o: Values, delta: Values, lr: float, convention: str = "-dL/da") -> Weights:
    """Δw_ij = η δ_j o_i where δ = −∂L/∂a, and −η δ_j o_i where δ = +∂L/∂a."""
    sign = CONVENTIONS[one_of("convention", convention, CONVENTIONS)]
    return {(i, j): sign * lr * delta[j] * o[i] for i, j in w}


def matrices(w: Weights, layers: Units) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of every layer: the layer form's parameters, W_ji = w[i, j] and b_j = w[0, j]."""
    return [
        (
            np.array([[w.get((i, j), 0.0) for i in before] for j in layer]),
            np.array([w.get((0, j), 0.0) for j in layer]),
        )
        for before, layer in pairwise(layers)
    ]
