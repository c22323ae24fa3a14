"""Every cell of a character model as a plain loop in NumPy: what the layers are compared with."""

import numpy as np
import torch

from gradatim.models.building import build
from gradatim.nn.input_to_every_layer import InputToEveryLayer

K, H = 5, 4


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def softmax(a):
    e = np.exp(a - a.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def norm(a, gain, shift=0.0):
    return gain * (a - a.mean(-1, keepdims=True)) / np.sqrt(a.var(-1, keepdims=True) + 1e-5) + shift


def rnn(g):
    def step(p, x, h):
        return (g(x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"]),)

    return step


def jordan(p, x, y):
    h = np.tanh(x @ p["weight_ih"].T + softmax(y) @ p["weight_yh"].T + p["bias"])
    return (h @ p["weight_hy"].T + p["bias_y"],)


def lstm(p, x, h, c):
    i, f, g, o = np.split(x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"], 4, -1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def peephole(p, x, h, c):
    i, f, g, o = np.split(x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"], 4, -1)
    pi, pf, po = np.split(p["peep"], 3)
    c = sigmoid(f + pf * c) * c + sigmoid(i + pi * c) * np.tanh(g)
    return sigmoid(o + po * c) * np.tanh(c), c


def coupled(p, x, h, c):
    i, g, o = np.split(x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"], 3, -1)
    c = (1 - sigmoid(i)) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def layer_norm(p, x, h, c):
    wx, uh = norm(x @ p["weight_ih"].T, p["gain_ih"], p["bias"]), norm(h @ p["weight_hh"].T, p["gain_hh"])
    i, f, g, o = np.split(wx + uh, 4, -1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(norm(c, p["gain_c"], p["bias_c"])), c


def gru(p, x, h):
    xr, xz, xn = np.split(x @ p["weight_ih"].T + p["bias"], 3, -1)
    hr, hz, hn = np.split(h @ p["weight_hh"].T, 3, -1)
    n = np.tanh(xn + sigmoid(xr + hr) * (hn + p["bias_hn"]))
    z = sigmoid(xz + hz)
    return ((1 - z) * n + z * h,)


def gru_before(p, x, h):
    xr, xz, xn = np.split(x @ p["weight_ih"].T + p["bias"], 3, -1)
    ur, uz, un = np.split(p["weight_hh"], 3)
    r, z = sigmoid(xr + h @ ur.T), sigmoid(xz + h @ uz.T)
    return ((1 - z) * h + z * np.tanh(xn + (r * h) @ un.T),)


STEPS = {
    "rnn": rnn(np.tanh), "rnn_sigmoid": rnn(sigmoid), "rnn_relu": rnn(lambda a: np.maximum(a, 0)),
    "jordan": jordan, "lstm": lstm, "peephole": peephole, "coupled": coupled, "layer_norm": layer_norm,
    "gru": gru, "gru_before": gru_before,
}  # fmt: skip


def made(cell, seed=3, **how):
    """A character model in float64, all of whose numbers are drawn, biases and peepholes too."""
    model = build(
        {"name": "char_lm", "vocabulary_size": K, "hidden_size": H, "cell": cell, **how}, seed, torch.float64
    )
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.empty_like(p).uniform_(-0.7, 0.7, generator=generator))
    return model.eval()


def symbols(steps=9, rows=2):
    return torch.randint(0, K, (steps, rows), generator=torch.Generator().manual_seed(1))


def parameters_of(model, k):
    """The parameters of layer k by the names of their equations."""
    layers = model.layers
    held, at = (layers.layers[k], 0) if isinstance(layers, InputToEveryLayer) else (layers, k)
    end = f"_l{at}"
    return {
        name.removesuffix(end): p.detach().numpy()
        for name, p in held.named_parameters()
        if name.endswith(end)
    }


def by_a_loop(model, cell, x, every=False):
    """The scores (T, N, K) by one step after the other, layer on layer."""
    e = np.eye(K)[x.numpy()]
    if model.embedding is not None:
        e = e @ model.embedding.weight.detach().numpy().T
    read = e
    for k in range(model.layers.num_layers):
        p = parameters_of(model, k)
        width = K if cell == "jordan" else H
        state = tuple(np.zeros((x.shape[1], width)) for _ in range(STEPS[cell].__code__.co_argcount - 2))
        outputs = []
        for x_t in np.concatenate([read, e], -1) if every and k else read:
            state = STEPS[cell](p, x_t, *state)
            outputs.append(state[0])
        read = np.array(outputs)
    if cell == "jordan":
        return read
    return read @ model.head.weight.detach().numpy().T + model.head.bias.detach().numpy()
