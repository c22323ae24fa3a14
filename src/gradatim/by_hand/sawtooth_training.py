"""A ReLU network taught the sawtooth by gradient descent, from kinks that lie all over [0, 1]."""

from typing import NamedTuple

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.by_hand.sawtooth import layers, sawtooth, shares
from gradatim.functional.updates import adam
from gradatim.random import generator

POINTS = 12  # of every tooth
LOOK = 100  # steps after which the error is measured
LR = 0.02
MULTIPLES = (1, 2, 4, 8)  # of the constructed network's widths that are tried


class Taught(NamedTuple):
    """What training reached: units, the largest error over [0, 1], the steps taken, and the network."""

    units: int
    error: float
    steps: int
    network: Network


def places(k: int) -> np.ndarray:
    """The points that are learned: the ends of every tooth and points between."""
    return np.linspace(0, 1, POINTS * 2**k + 1)


def largest_error(network: Network, k: int) -> float:
    """max_x |g(x) − f_k(x)| over points five times as dense as those that are learned."""
    x = np.linspace(0, 1, 5 * POINTS * 2**k + 1)
    return float(np.abs(network.forward(x[:, None])[:, 0] - sawtooth(x, k)).max())


def teach(k: int, depth: int, multiple: int, error: float, steps: int, seed: int) -> Taught:
    """Adam on the mean squared error, until it is nowhere further than `error` from the sawtooth."""
    widths = [multiple * 2**a for a in shares(k, depth)]
    network = Network(layers(1, widths), None, np.float64)
    _begin(network, depth, seed)
    x, m, v = places(k), np.zeros_like(network.theta), np.zeros_like(network.theta)
    y, best = sawtooth(x, k), np.inf
    for step in range(1, steps + 1):
        out = network.forward(x[:, None], training=True)[:, 0]
        network.backward((2 * (out - y) / len(x))[:, None])
        lr = LR * (1 - (step - 1) / steps)
        adam(network.theta, network.gradient, step, m, v, lr=lr, beta1=0.9, beta2=0.999, eps=1e-8)
        if step % LOOK == 0 or step == steps:
            best = largest_error(network, k)
            if best <= error:
                return Taught(sum(widths), best, step, network)
    return Taught(sum(widths), best, steps, network)


def smallest(k: int, depth: int, error: float, steps: int, seed: int) -> Taught:
    """The first multiple of the constructed widths that training fits; the last one tried where none is."""
    for multiple in MULTIPLES:
        found = teach(k, depth, multiple, error, steps, seed)
        if found.error <= error:
            return found
    return found


def _begin(network: Network, depth: int, seed: int) -> None:
    """He's normal weights behind the first layer, and kinks of the first all over [0, 1]."""
    for layer in range(depth):
        w, b = (network.parameters[f"{2 * layer}.{name}"] for name in ("weight", "bias"))
        rng = generator(seed, f"sawtooth {layer}")
        if layer == 0:
            w[...] = np.where(rng.random(w.shape) < 0.5, -4.0, 4.0)
            b[...] = -w[:, 0] * rng.random(b.shape)
        else:
            w[...] = rng.normal(0, (2 / w.shape[1]) ** 0.5, w.shape)
            b[...] = rng.normal(0, 0.5, b.shape)
    w = network.parameters[f"{2 * depth}.weight"]
    w[...] = generator(seed, "sawtooth output").normal(0, w.shape[1] ** -0.5, w.shape)
