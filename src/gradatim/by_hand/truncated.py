"""Truncated backpropagation through time (curriculum E3)."""

from collections.abc import Iterator

import numpy as np

from gradatim.by_hand.layers.recurrent import Recurrent, State
from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError, whole


def windows(network: Network, x: np.ndarray, y: np.ndarray, k: int) -> Iterator[float]:
    """Truncated BPTT (Williams & Peng 1990): the state is carried on, the gradient is cut every k steps.

        window w: steps kw+1 … kw+k from the state that window w−1 ended in, taken as a constant;
                  L_w = mean of −log p(y_t) over its steps and sequences;   ∂L_w/∂θ by BPTT inside it

    Yields L_w with ∂L_w/∂θ in `network.gradient`, so that the caller's loop updates θ between two windows.
    With k = T it is full BPTT; with k = 1 no gradient passes from step to step. The last window may be
    shorter. The state starts at zeros, and the network's layers start anew when all is done.

    Shapes: x (T, N, features), y (T, N) class numbers; the network's outputs are (T, N, K) scores.

    >>> from gradatim.functional.updates import sgd
    >>> rnn = {"name": "rnn", "input_size": 1, "hidden_size": 4}
    >>> network = Network([rnn, {"name": "dense", "in_features": 4, "out_features": 2}])
    >>> x, y = np.array([0, 1, 1, 0, 1]).reshape(5, 1, 1), np.array([[0], [0], [1], [1], [0]])
    >>> for _ in range(1000):
    ...     losses = []
    ...     for loss in windows(network, x, y, k=2):
    ...         sgd(network.theta, network.gradient, 1, lr=0.5)
    ...         losses.append(loss)
    >>> len(losses), max(losses) < 0.01
    (3, True)
    """
    if x.shape[:2] != np.shape(y):
        raise UsageError(
            f"inputs {x.shape[:2]} and targets {np.shape(y)} must have the same steps and sequences"
        )
    k = whole("k", k, 1)
    recurrent = [layer for layer in network.layers if isinstance(layer, Recurrent)]
    loss = CrossEntropy()
    state: list[State | None] = [None] * len(recurrent)
    try:
        for first in range(0, len(x), k):
            for layer, carried in zip(recurrent, state, strict=True):
                layer.initial = carried
            scores = network.forward(x[first : first + k], training=True)
            flat = scores.reshape(-1, scores.shape[-1])
            value, grad = loss.mean_and_gradient(flat, np.reshape(y[first : first + k], -1))
            network.backward(grad.reshape(scores.shape))
            state = [layer.state for layer in recurrent]
            yield value
    finally:
        for layer in recurrent:
            layer.initial = None
