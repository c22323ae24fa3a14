"""The sawtooth, which a deep network builds from few units and a shallow one cannot (curriculum A10)."""

from math import prod

import numpy as np

from gradatim.by_hand.network import Network


def sawtooth(x: np.ndarray, k: int) -> np.ndarray:
    """The tent m(x) = 1 − |2x − 1| applied k times (Telgarsky 2016): 2^k teeth, straight pieces up and down.

    >>> sawtooth(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), 2)
    array([0., 1., 0., 1., 0.])
    """
    for _ in range(k):
        x = 1 - np.abs(2 * x - 1)
    return x


def shares(k: int, depth: int) -> list[int]:
    """How often each hidden layer applies the tent: k in `depth` parts, as equal as can be.

    >>> shares(5, 2)
    [3, 2]
    """
    return [k // depth + (layer < k % depth) for layer in range(depth)]


def units_needed(k: int, depth: int) -> int:
    """The fewest units of any ReLU network of this depth whose error is below ½ everywhere.

        (n_1 + 1) ⋯ (n_l + 1) ≥ 2^k      a layer of n units cuts each straight piece into n + 1 at most

    The sawtooth crosses ½ once in every tooth, a straight piece at most once.

    >>> [units_needed(4, depth) for depth in (1, 2, 4)]
    [15, 6, 4]
    """
    widths = [1] * depth  # the smallest sum with this product: raise the smallest factor, one by one
    while prod(n + 1 for n in widths) < 2**k:
        widths[widths.index(min(widths))] += 1
    return sum(widths)


def constructed(k: int, depth: int) -> Network:
    """The sawtooth of 2^k teeth on [0, 1], exactly, by a ReLU network of this depth.

        f_a(x) = Σ_j c_j max(0, x − j/2^a),  j = 0 … 2^a − 1;   c_0 = 2^a,  c_j = (−1)^j 2^{a+1}
        f_k = f_{a_l} ∘ … ∘ f_{a_1},  a_1 + … + a_l = k;   2^{a_1} + … + 2^{a_l} units

    >>> network = constructed(4, 2)
    >>> x = np.linspace(0, 1, 161)
    >>> float(np.abs(network.forward(x[:, None])[:, 0] - sawtooth(x, 4)).max()) < 1e-12
    True
    """
    parts = shares(k, depth)
    network = Network(layers(1, [2**a for a in parts]), None, np.float64)
    before = np.ones(1)
    for number, a in enumerate(parts):
        j = np.arange(2**a)
        network.parameters[f"{2 * number}.weight"][...] = before
        network.parameters[f"{2 * number}.bias"][...] = -j / 2**a
        before = np.where(j == 0, 2.0**a, (-1.0) ** j * 2 ** (a + 1))
    network.parameters[f"{2 * depth}.weight"][...] = before
    return network


def layers(inputs: int, widths: list[int]) -> list[dict]:
    """The entries of a ReLU network with one linear output."""
    entries: list[dict] = []
    for width in widths:
        entries += [{"name": "dense", "in_features": inputs, "out_features": width}, {"name": "relu"}]
        inputs = width
    return [*entries, {"name": "dense", "in_features": inputs, "out_features": 1}]
