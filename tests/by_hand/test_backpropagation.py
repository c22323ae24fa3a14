"""B6, B7, B16: backpropagation unit by unit, the lecture's numbers, and the layer form beside it."""

from itertools import pairwise

import numpy as np
import pytest

from gradatim.by_hand import backpropagation as unit
from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError

OR = {  # B7: w_ij, unit 0 the bias
    (0, 3): 1.0, (1, 3): 3.0, (2, 3): 4.0, (0, 4): -6.0, (1, 4): 6.0, (2, 4): 5.0, (0, 5): -3.92,
    (3, 5): 2.0, (4, 5): 4.0,
}  # fmt: skip
B16 = {
    (0, 3): 0.1, (1, 3): 0.4, (2, 3): -0.2, (0, 4): -0.1, (1, 4): -0.6, (2, 4): 0.9, (0, 5): 0.2,
    (3, 5): 0.7, (4, 5): -0.5,
}  # fmt: skip
UNITS = [[1, 2], [3, 4], [5]]
PATTERNS = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 1)]


def layer_form(w, layers):
    """The same network in the layer form, in float64."""
    entries = []
    for before, layer in pairwise(layers):
        entries.append({"name": "dense", "in_features": len(before), "out_features": len(layer)})
        entries.append({"name": "sigmoid"})
    network = Network(entries, dtype=np.float64)
    for number, (W, b) in enumerate(unit.matrices(w, layers)):
        network.parameters[f"{2 * number}.weight"][...] = W
        network.parameters[f"{2 * number}.bias"][...] = b
    return network


def gradients_by_connection(network, w, layers):
    """∂L/∂w_ij of the layer form, by the units' numbers."""
    found = {}
    for number, (before, layer) in enumerate(pairwise(layers)):
        for row, j in enumerate(layer):
            found[0, j] = network.gradients[f"{2 * number}.bias"][row]
            for column, i in enumerate(before):
                found[i, j] = network.gradients[f"{2 * number}.weight"][row, column]
    return {key: found[key] for key in w}


def step(w, x, t, lr=0.1):
    a, o = unit.forward(w, UNITS, x)
    delta = unit.deltas(w, UNITS, o, t)
    change = unit.changes(w, o, delta, lr)
    return a, o, delta, {key: w[key] + change[key] for key in w}


def test_b7_to_the_printed_digits():
    a, o, delta, new = step(OR, [1, 0], [1])
    assert [round(a[j], 3) for j in (3, 4, 5)] == [4, 0, 0.044]
    assert [round(o[j], 3) for j in (3, 4, 5)] == [0.982, 0.5, 0.511]
    assert [round(delta[j], 4) for j in (5, 4, 3)] == [0.1222, 0.1222, 0.0043]
    assert [round(new[key], 4) for key in OR] == [
        1.0004, 3.0004, 4, -5.9878, 6.0122, 5, -3.9078, 2.0120, 4.0061
    ]  # fmt: skip
    a, after = unit.forward(new, UNITS, [1, 0])
    assert [round(a[j], 4) for j in (3, 4, 5)] == [4.0009, 0.0244, 0.0956]
    assert [round(after[j], 4) for j in (3, 4, 5)] == [0.9820, 0.5061, 0.5239]
    assert [round(1 - o[5], 5), round(1 - after[5], 5)] == [0.48899, 0.47612]


def test_b7_by_the_layer_form():
    network, loss = layer_form(OR, UNITS), loss_by_name("half_squared_error")
    x, t = np.array([[1.0, 0.0]]), np.array([[1.0]])
    network.backward(loss.gradient(network.forward(x), t))
    network.theta -= 0.1 * network.gradient
    new = [*network.parameters["0.bias"], *network.parameters["0.weight"].ravel()]
    new += [*network.parameters["2.bias"], *network.parameters["2.weight"].ravel()]
    assert np.round(new, 4).tolist() == [
        1.0004, -5.9878, 3.0004, 4, 6.0122, 5, -3.9078, 2.0120, 4.0061
    ]  # fmt: skip
    assert round(1 - network.forward(x).item(), 5) == 0.47612


def test_b7_online_until_all_four_are_right():
    """The drawn network answers 01 wrongly; trained online all four are right first at epoch 12."""
    outputs = [unit.forward(OR, UNITS, x)[1][5] for x, _ in PATTERNS]
    assert np.round(outputs, 4).tolist() == [0.0796, 0.2978, 0.5110, 0.8862]
    w, network, loss = dict(OR), layer_form(OR, UNITS), loss_by_name("half_squared_error")
    for epoch in range(1, 13):
        for x, t in PATTERNS:
            w = step(w, x, [t])[3]
            network.backward(loss.gradient(network.forward([x]), np.array([[t]])))
            network.theta -= 0.1 * network.gradient
        outputs = [unit.forward(w, UNITS, x)[1][5] for x, _ in PATTERNS]
        np.testing.assert_allclose(network.forward([x for x, _ in PATTERNS])[:, 0], outputs, rtol=1e-12)
        right = all((o > 0.5) == bool(t) for o, (_, t) in zip(outputs, PATTERNS, strict=True))
        assert right == (epoch == 12)
    assert np.round(outputs, 4).tolist() == [0.1213, 0.5130, 0.7288, 0.9378]


def test_b16_by_both_forms():
    a, o = unit.forward(B16, UNITS, [0.5, 0.1])
    assert [round(a[j], 4) for j in (3, 4, 5)] == [0.28, -0.31, 0.3871]
    assert [round(o[j], 4) for j in (3, 4, 5)] == [0.5695, 0.4231, 0.5956]
    assert round(unit.loss(UNITS, o, [1]), 5) == 0.08177
    assert round(unit.deltas(B16, UNITS, o, [1], "+dL/da")[5], 5) == -0.09741

    network, x = layer_form(B16, UNITS), np.array([[0.5, 0.1]])
    output = network.forward(x)
    assert round(output.item(), 4) == 0.5956
    loss = loss_by_name("half_squared_error")
    assert round(loss.mean(output, np.array([[1.0]])), 5) == 0.08177
    network.backward(loss.gradient(output, np.array([[1.0]])))
    assert round(network.gradients["2.bias"].item(), 5) == -0.09741  # ∂L/∂a5, as ∂a5/∂b5 = 1

    scores = Network(network.entries[:-1], dtype=np.float64)  # the sigmoid is inside the loss
    scores.theta[...] = network.theta
    a5 = scores.forward(x)
    bce = loss_by_name("binary_cross_entropy")
    assert round(a5.item(), 4) == 0.3871
    assert round(bce.mean(a5, np.array([1])), 5) == 0.51820
    assert round(bce.gradient(a5, np.array([1])).item(), 5) == -0.40441


@pytest.mark.parametrize("layers", [UNITS, [[1, 2, 3], [4, 5], [6, 7, 8], [9, 10]]])
def test_the_unit_form_is_the_layer_form(layers):
    """∂L/∂w_ij = −δ_j o_i of the one is the gradient of the other, to 1e-13; both conventions agree."""
    rng = np.random.default_rng(3)
    w = {
        (i, j): float(rng.standard_normal())
        for before, layer in pairwise(layers)
        for j in layer
        for i in [0, *before]
    }
    x, t = rng.standard_normal(len(layers[0])), rng.random(len(layers[-1]))
    _, o = unit.forward(w, layers, list(x))
    network, loss = layer_form(w, layers), loss_by_name("half_squared_error")
    output = network.forward(x[None])
    np.testing.assert_allclose(output[0], [o[k] for k in layers[-1]], rtol=1e-14)
    np.testing.assert_allclose(loss.mean(output, t[None]), unit.loss(layers, o, list(t)), rtol=1e-13)
    network.backward(loss.gradient(output, t[None]))
    gradient = gradients_by_connection(network, w, layers)
    deltas = {c: unit.deltas(w, layers, o, list(t), c) for c in unit.CONVENTIONS}
    for j, delta in deltas["-dL/da"].items():
        assert delta == -deltas["+dL/da"][j]
    for convention, delta in deltas.items():
        change = unit.changes(w, o, delta, 1.0, convention)
        for key in w:
            np.testing.assert_allclose(change[key], -gradient[key], rtol=1e-12, atol=1e-15)


def test_connections_that_do_not_exist_carry_nothing():
    w = {key: value for key, value in OR.items() if key not in [(2, 3), (0, 4), (3, 5)]}
    padded = {**OR, (2, 3): 0.0, (0, 4): 0.0, (3, 5): 0.0}
    _, o = unit.forward(w, UNITS, [1, 1])
    assert o == unit.forward(padded, UNITS, [1, 1])[1]
    assert unit.deltas(w, UNITS, o, [0]) == unit.deltas(padded, UNITS, o, [0])
    assert set(unit.changes(w, o, unit.deltas(w, UNITS, o, [0]), 0.1)) == set(w)


def test_a_unit_far_out_does_not_overflow():
    assert unit.sigmoid(-1e4) == 0
    assert unit.sigmoid(1e4) == 1


def test_another_convention_is_refused():
    with pytest.raises(UsageError, match=r"^convention must be -dL/da or \+dL/da; it is 'delta'"):
        unit.deltas(OR, UNITS, {}, [1], "delta")
