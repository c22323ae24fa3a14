"""E15: the gates of every cell at every step of a text, against recurrences by hand."""

import numpy as np
import pytest
import torch

from gradatim.models.cells import CELLS
from gradatim.models.gates import gate_values
from recurrence_in_numpy import K, by_a_loop, made, parameters_of, sigmoid, softmax, symbols


def gates_of(model, x):
    return {(one.layer, one.gate): one.values.numpy() for one in gate_values(model, x[:, 0])}


def test_an_lstm_s_gates_are_those_of_the_equations():
    """σ and tanh of W x_t + U h_{t−1} + b, one step after the other in NumPy, to 1e-12; both layers."""
    model, x = made("lstm", num_layers=2), symbols(12, 1)
    found, read = gates_of(model, x), np.eye(K)[x[:, 0].numpy()]
    for layer in (1, 2):
        p, h, c, outputs = parameters_of(model, layer - 1), np.zeros(4), np.zeros(4), []
        for t, x_t in enumerate(read):
            i, f, g, o = np.split(p["weight_ih"] @ x_t + p["weight_hh"] @ h + p["bias"], 4)
            i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
            c = f * c + i * g
            h = o * np.tanh(c)
            outputs.append(h)
            named = zip(("input", "forget", "candidate", "output", "cell", "hidden"),
                        (i, f, g, o, np.tanh(c), h), strict=True)  # fmt: skip
            for name, wanted in named:
                np.testing.assert_allclose(found[layer, name][t], wanted, rtol=1e-12, atol=1e-13)
        read = np.array(outputs)


@pytest.mark.parametrize("cell", ["lstm", "peephole", "coupled", "layer_norm"])
def test_the_gates_of_each_lstm_make_its_memory(cell):
    """c_t = f ⊙ c_{t−1} + i ⊙ g, of c = artanh of the cell's value; the hidden units are the network's."""
    model, x = made(cell), symbols(12, 1)
    found = gates_of(model, x)
    i, f, g = (found[1, name] for name in ("input", "forget", "candidate"))
    c = np.arctanh(found[1, "cell"])
    np.testing.assert_allclose(c[1:], f[1:] * c[:-1] + i[1:] * g[1:], rtol=1e-9, atol=1e-11)
    if cell == "coupled":
        np.testing.assert_allclose(f, 1 - i, rtol=1e-12)
    if cell != "layer_norm":
        np.testing.assert_allclose(found[1, "hidden"], found[1, "output"] * np.tanh(c), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("cell", ["gru", "gru_before"])
def test_the_gates_of_each_gru_make_its_hidden_units(cell):
    """torch's z keeps, Cho's writes."""
    found = gates_of(made(cell), symbols(12, 1))
    z, n, h = (found[1, name] for name in ("update", "candidate", "hidden"))
    kept = z if cell == "gru" else 1 - z
    np.testing.assert_allclose(h[1:], (1 - kept[1:]) * n[1:] + kept[1:] * h[:-1], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("how", [{"num_layers": 2}, {"num_layers": 2, "input_to": "every"}])
@pytest.mark.parametrize("cell", CELLS)
def test_the_last_hidden_units_give_the_network_s_scores(cell, how):
    """So what is drawn is what the network computes; of a Jordan network its outputs are the scores."""
    model, x = made(cell, **({} if cell == "jordan" else how)), symbols(12, 1)
    found = gates_of(model, x)
    if cell == "jordan":
        scores = found[1, "outputs"]
        p, before = parameters_of(model, 0), np.vstack([np.zeros(K), scores[:-1]])
        e = np.eye(K)[x[:, 0].numpy()]
        h = np.tanh(e @ p["weight_ih"].T + softmax(before) @ p["weight_yh"].T + p["bias"])
        np.testing.assert_allclose(found[1, "hidden"], h, rtol=1e-12, atol=1e-13)
    else:
        weights = model.head.weight.detach().numpy(), model.head.bias.detach().numpy()
        scores = found[2, "hidden"] @ weights[0].T + weights[1]
    wanted = by_a_loop(model, cell, x, cell != "jordan" and "input_to" in how)
    np.testing.assert_allclose(scores, wanted[:, 0], rtol=1e-12, atol=1e-13)
    assert torch.is_grad_enabled()
