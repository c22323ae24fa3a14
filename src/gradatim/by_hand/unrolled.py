"""A recurrent network as the deep feed-forward network that it is (curriculum E19)."""

import numpy as np

from gradatim.by_hand.layers.activations import Tanh
from gradatim.by_hand.layers.dense import Dense
from gradatim.by_hand.layers.rnn import RNN

Gradients = list[dict[str, np.ndarray]]


def unroll(rnn: RNN, x: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, Gradients]:
    """The unrolled network: a layer for every step, each with an input of its own, their weights tied.

        layer t:  h_t = tanh([U, W] [h_{t−1}, x_t] + b),   t = 1 … T,   h_0 = 0

    Forward and backward run through T dense layers and know nothing of time; every layer has gradients of its
    own. As all of them hold the same [U, W] and b, the loss's derivative by these is the sum of the layers':
    what backpropagation through time gives.

    Shapes: x (T, N, D) and g = ∂L/∂h (T, N, H) → h (T, N, H) and each layer's gradients: weight (H, H + D),
    the columns of U first, and bias (H,).
    """
    H, p = rnn.hidden_size, rnn.parameters
    tied = {"weight": np.concatenate([p["weight_hh_l0"], p["weight_ih_l0"]], 1)}
    tied |= {"bias": p["bias_l0"]} if "bias_l0" in p else {}
    layers = [(Dense(H + rnn.input_size, H, "bias_l0" in p), Tanh()) for _ in x]
    h, outputs = np.zeros((x.shape[1], H), x.dtype), []
    for (dense, tanh), x_t in zip(layers, x, strict=True):
        dense.hold(tied, {name: np.empty_like(value) for name, value in tied.items()})
        h = tanh.forward(dense.forward(np.concatenate([h, x_t], 1)))
        outputs.append(h)
    back = np.zeros_like(h)
    for (dense, tanh), g_t in zip(reversed(layers), reversed(g), strict=True):
        dhx = dense.backward(tanh.backward(g_t + back))
        back = np.asarray(dhx)[:, :H]
    return np.stack(outputs), [dense.gradients for dense, _ in layers]
