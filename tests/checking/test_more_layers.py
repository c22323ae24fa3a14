"""Peepholes, embeddings, dropout and convolutions of clips, as students write them."""

import numpy as np
import pytest

CELL = """
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-np.clip(a, -500, 500)))

class PeepholeLSTM:
    def __init__(self, input_size, hidden_size):
        n = hidden_size
        self.W = {g: np.zeros((n, input_size)) for g in ()}
        for g in "ifgo":
            setattr(self, f"W_{g}", np.zeros((n, input_size)))
            setattr(self, f"U_{g}", np.zeros((n, n)))
            setattr(self, f"b_{g}", np.zeros(n))
        self.w_ci, self.w_cf, self.w_co = np.zeros(n), np.zeros(n), np.zeros(n)

    def forward(self, x, h, c):
        a = {g: x @ getattr(self, f"W_{g}").T + h @ getattr(self, f"U_{g}").T + getattr(self, f"b_{g}")
             for g in "ifgo"}
        i, f = sigmoid(a["i"] + self.w_ci * c), sigmoid(a["f"] + self.w_cf * c)
        new = f * c + i * np.tanh(a["g"])
        o = sigmoid(a["o"] + SEES)
        return o * np.tanh(new), new

def step(x, h, c, W, U, b, P):
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, -1)
    p_i, p_f, p_o = np.split(P, 3)
    c_new = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
    return sigmoid(o + p_o * c_new) * np.tanh(c_new), c_new

class NoPeepholes(PeepholeLSTM):
    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        del self.w_ci, self.w_cf, self.w_co
"""
TORCH = """
import torch
from torch import nn

class PeepholeLSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Linear(input_size, 4 * hidden_size)
        self.U = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.peephole = nn.Parameter(torch.zeros(3, hidden_size).flatten())

    def forward(self, x, h, c):
        i, f, g, o = (self.W(x) + self.U(h)).chunk(4, -1)
        p_i, p_f, p_o = self.peephole.chunk(3)
        c = torch.sigmoid(f + p_f * c) * c + torch.sigmoid(i + p_i * c) * torch.tanh(g)
        return torch.sigmoid(o + p_o * c) * torch.tanh(c), c

class Embedding(nn.Module):
    def __init__(self, vocab_size, dim):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(vocab_size, dim))

    def forward(self, x):
        return self.table[x]

class Conv3d(nn.Conv3d):
    pass

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= self.p) / (1 - self.p)
"""
LAYERS = """
import numpy as np

rng = np.random.default_rng(0)

class Embedding:
    def __init__(self, num_embeddings, embedding_dim):
        self.E = rng.normal(size=(num_embeddings, embedding_dim))
    def forward(self, x):
        self.x = x
        return self.E[x]
    def backward(self, g):
        self.dE = np.zeros_like(self.E)
        np.add.at(self.dE, self.x, g)

class Forgetful(Embedding):
    def backward(self, g):
        self.dE = np.zeros_like(self.E)
        self.dE[self.x] = g

class FromOne(Embedding):
    def forward(self, x):
        return super().forward(x - 1)

def lookup(x, table):
    return table[x]

class Dropout:
    def __init__(self, rate=0.5):
        self.rate, self.training = rate, True
    def forward(self, x):
        self.mask = (rng.random(x.shape) >= self.rate) / (1 - self.rate) if self.training else 1.0
        return x * self.mask
    def backward(self, g):
        return g * self.mask

def dropout(x, p, training=True):
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x

def keeps(x, keep_prob, train=True):
    return x * (rng.random(x.shape) < keep_prob) / keep_prob if train else x

def unscaled(x, p, training=True):
    return x * (rng.random(x.shape) >= p) if training else x * (1 - p)

def exchanged(x, p):
    return x * (rng.random(x.shape) < p) / p

def frozen(x, p):
    return x * (np.random.default_rng(1).random(x.shape) >= p) / (1 - p)

def always(x, p, training=True):
    return x * (rng.random(x.shape) >= p) / (1 - p)

class Another(Dropout):
    def backward(self, g):
        return g * (rng.random(g.shape) >= self.rate) / (1 - self.rate)

def half(x, p):
    return x * (rng.random(x.shape) >= p / 2) / (1 - p)

def conv3d(x, weight, bias, stride=1, padding=0):
    s, F = stride, weight.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), *[(padding, padding)] * 3))
    sizes = [(n - f) // s + 1 for n, f in zip(x.shape[2:], F)]
    out = np.zeros((len(x), len(weight), *sizes))
    for place in np.ndindex(*sizes):
        window = x[(slice(None), slice(None), *(slice(s * m, s * m + f) for m, f in zip(place, F)))]
        out[(slice(None), slice(None), *place)] = np.einsum("ncijk,ocijk->no", window, weight) + bias
    return out

def true_conv3d(x, weight, bias, stride=1, padding=0):
    return conv3d(x, weight[:, :, ::-1, ::-1, ::-1], bias, stride, padding)
"""


@pytest.mark.parametrize("name", ["PeepholeLSTM", "step"])
def test_a_peephole_lstm_is_right(checked, name):
    verdict = checked(CELL.replace("SEES", "self.w_co * new"), name, "peephole_lstm")
    assert (verdict.status, verdict.failure) == ("right", "")


@pytest.mark.parametrize(
    ("sees", "says"),
    [
        ("self.w_co * c", "your output gate sees the old memory c_{t−1}"),
        ("0", ""),
    ],
)
def test_a_peephole_that_sees_another_memory_is_named(checked, sees, says):
    verdict = checked(CELL.replace("SEES", sees), "PeepholeLSTM", "peephole_lstm")
    assert verdict.status == "differs" and verdict.comparison.difference.name == "h"
    assert says in verdict.comparison.hint


def test_an_lstm_without_peepholes_is_told_where_they_belong(checked):
    verdict = checked(CELL.replace("SEES", "0"), "NoPeepholes", "peephole_lstm")
    assert verdict.status == "failed" and "it has no peepholes of i, f and o" in verdict.failure


@pytest.mark.parametrize(
    "against",
    [
        "peephole_lstm",
        "dropout",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("embedding", "conv3d")),
    ],
)
def test_torch_modules_have_their_gradients_compared(checked, against):
    name = {"peephole_lstm": "PeepholeLSTM", "conv3d": "Conv3d"}.get(against, against.title())
    verdict = checked(TORCH, name, against, timeout=60)
    assert (verdict.status, verdict.numbers, verdict.gradients) == ("right", "torch", True), verdict.failure


@pytest.mark.parametrize(
    ("name", "against", "gradients"),
    [
        ("Embedding", "embedding", True), ("lookup", "embedding", False), ("Dropout", "dropout", True),
        ("dropout", "dropout", False), ("keeps", "dropout", False), ("conv3d", "conv3d", False),
    ],
)  # fmt: skip
def test_what_is_right_is_right(checked, name, against, gradients):
    verdict = checked(LAYERS, name, against)
    assert (verdict.status, verdict.failure, verdict.gradients) == ("right", "", gradients)


@pytest.mark.parametrize(
    ("name", "against", "number", "says"),
    [
        ("Forgetful", "embedding", "grad weight", "they are added (np.add.at)"),
        ("FromOne", "embedding", "output", "yours counts rows from 1"),
        ("unscaled", "dropout", "output", "does not divide by 1 − p"),
        ("exchanged", "dropout", "output", "the probability of keeping"),
        ("frozen", "dropout", "second mask is new", ""),
        ("always", "dropout", "evaluation", ""),
        ("Another", "dropout", "grad x", ""),
        ("half", "dropout", "share dropped", ""),
        ("true_conv3d", "conv3d", "output", "true convolution"),
    ],
)  # fmt: skip
def test_a_slip_is_named_beside_the_first_number_that_differs(checked, name, against, number, says):
    verdict = checked(LAYERS, name, against)
    assert verdict.status == "differs", verdict.failure
    assert verdict.comparison.difference.name == number and says in verdict.comparison.hint


def test_the_share_that_is_too_small_is_a_number(checked):
    difference = checked(LAYERS, "half", "dropout").comparison.difference
    assert difference.definition == 0.5 and np.isclose(difference.hers, 0.25, atol=0.05)
