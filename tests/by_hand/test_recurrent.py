"""E1, E2, E3, E5, E6, E16: layers over time by hand, against torch, autograd and central differences."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.by_hand import lstm
from gradatim.by_hand.layers.coupled_lstm import CoupledLSTM
from gradatim.by_hand.layers.gru import gru
from gradatim.by_hand.layers.jordan import Jordan
from gradatim.by_hand.layers.lstm import LSTM
from gradatim.by_hand.layers.rnn import RNN
from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.network import Network
from gradatim.by_hand.truncated import windows
from gradatim.checks import UsageError
from gradatim.functional import updates
from gradatim.nn import coupled_lstm
from gradatim.nn import gru as gru_layer
from gradatim.nn import lstm as lstm_layer
from gradatim.nn import rnn as rnn_layer

RNG = np.random.default_rng(7)
T, N, D, H, O = 6, 3, 4, 5, 2
LAYERS = {
    "rnn": partial(RNN, D, H),
    "relu rnn": partial(RNN, D, H, nonlinearity="relu"),
    "lstm": partial(LSTM, D, H),
    "lstm clipped": partial(LSTM, D, H, cell_clip=0.4, hidden_clip=0.15),
    "coupled lstm": partial(CoupledLSTM, D, H),
    "coupled lstm clipped": partial(CoupledLSTM, D, H, cell_clip=0.4, hidden_clip=0.15),
    "gru after": partial(gru, D, H),
    "gru before": partial(gru, D, H, reset="before"),
    "jordan": partial(Jordan, D, H, O),
}
THEIRS = {
    "rnn": partial(nn.RNN, D, H),
    "relu rnn": partial(nn.RNN, D, H, nonlinearity="relu"),
    "lstm": partial(nn.LSTM, D, H),
    "gru after": partial(nn.GRU, D, H),
}


def held(layer, seed=0):
    """The layer with parameters of its own, all of them drawn, biases too."""
    rng = np.random.default_rng(seed)
    layer.hold(
        {name: rng.uniform(-0.7, 0.7, shape) for name, shape in layer.shapes.items()},
        {name: np.empty(shape) for name, shape in layer.shapes.items()},
    )
    return layer


def to_torch(parameters, module):
    """One bias a layer into torch's two: the second is 0, but for the one inside r ⊙ (…) of a GRU."""
    bias = parameters["bias_l0"]
    second = np.zeros_like(bias)
    if "bias_hn_l0" in parameters:
        second[2 * H :] = parameters["bias_hn_l0"]
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    values = (parameters["weight_ih_l0"], parameters["weight_hh_l0"], bias, second)
    module.double().load_state_dict(
        {name: torch.from_numpy(v.copy()) for name, v in zip(names, values, strict=True)}
    )
    return module


def states(layer):
    return tuple(RNG.standard_normal(shape) for shape in layer.state_shapes(N))


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("bias", [True, False])
def test_gradients_by_central_differences(name, bias):
    """By x, every parameter and the initial state, of a loss of all outputs and the last state, to 1e-8."""
    layer = held(LAYERS[name](bias=bias))
    x, first = RNG.standard_normal((T, N, D)), states(layer)
    layer.initial = first
    c, last = RNG.standard_normal(layer.forward(x).shape), states(layer)

    def loss():
        h = layer.forward(x)
        return float((h * c).sum()) + sum(
            float((s * w).sum()) for s, w in zip(layer.state, last, strict=True)
        )

    loss()
    found = {"x": layer.backward(c, last=last).copy()}
    found |= {key: value.copy() for key, value in layer.gradients.items()}
    found |= {f"initial {i}": value for i, value in enumerate(layer.initial_gradient)}
    at = {"x": x, **layer.parameters, **{f"initial {i}": value for i, value in enumerate(first)}}
    assert found.keys() == at.keys()
    for key, array in at.items():
        slope, h = np.empty_like(array), 1e-5
        for index in np.ndindex(array.shape):
            middle = array[index]
            array[index] = middle + h
            above = loss()
            array[index] = middle - h
            slope[index] = (above - loss()) / (2 * h)
            array[index] = middle
        np.testing.assert_allclose(found[key], slope, rtol=1e-8, atol=1e-9, err_msg=key)


@pytest.mark.parametrize("name", THEIRS)
@pytest.mark.parametrize("steps", [1, T])
@pytest.mark.parametrize("initial", [False, True])
def test_outputs_and_gradients_are_torch_s(name, steps, initial):
    """torch.nn's own layers in float64, to 1e-12."""
    layer = held(LAYERS[name]())
    module = to_torch(layer.parameters, THEIRS[name]())
    x, first = RNG.standard_normal((steps, N, D)), states(layer)
    layer.initial = first if initial else None
    theirs = torch.from_numpy(x).requires_grad_()
    start = [torch.from_numpy(s[None].copy()).requires_grad_() for s in first]
    given = None if not initial else tuple(start) if name == "lstm" else start[0]
    out, end = module(theirs, given)
    end = end if name == "lstm" else (end,)
    h, c, last = layer.forward(x), RNG.standard_normal((steps, N, H)), states(layer)
    np.testing.assert_allclose(h, out.detach().numpy(), rtol=1e-12, atol=1e-14)
    for ours, their in zip(layer.state, end, strict=True):
        np.testing.assert_allclose(ours, their[0].detach().numpy(), rtol=1e-12, atol=1e-14)
    dx = layer.backward(c, last=last)
    loss = (out * torch.from_numpy(c)).sum()
    (loss + sum((s[0] * torch.from_numpy(w)).sum() for s, w in zip(end, last, strict=True))).backward()
    close = partial(np.testing.assert_allclose, rtol=1e-11, atol=1e-13)
    close(dx, theirs.grad.numpy())
    for ours, their in (
        ("weight_ih_l0", "weight_ih_l0"),
        ("weight_hh_l0", "weight_hh_l0"),
        ("bias_l0", "bias_ih_l0"),
    ):
        close(layer.gradients[ours], getattr(module, their).grad.numpy())
    if name == "gru after":
        close(layer.gradients["bias_hn_l0"], module.bias_hh_l0.grad[2 * H :].numpy())
    if initial:
        for ours, their in zip(layer.initial_gradient, start, strict=True):
            close(ours, their.grad[0].numpy())


def course_gru(x, h, W, U, b):
    """E6 in torch, word by word."""
    W_r, W_z, W_h = W.chunk(3)
    U_r, U_z, U_h = U.chunk(3)
    b_r, b_z, b_h = b.chunk(3)
    out = []
    for x_t in x:
        r = torch.sigmoid(x_t @ W_r.T + h @ U_r.T + b_r)
        z = torch.sigmoid(x_t @ W_z.T + h @ U_z.T + b_z)
        candidate = torch.tanh(x_t @ W_h.T + (r * h) @ U_h.T + b_h)
        h = (1 - z) * h + z * candidate
        out.append(h)
    return torch.stack(out)


def jordan(x, y, W, U, V, b, c):
    out = []
    for x_t in x:
        y = torch.tanh(x_t @ W.T + y @ U.T + b) @ V.T + c
        out.append(y)
    return torch.stack(out)


@pytest.mark.parametrize(
    ("name", "twin", "order"),
    [
        ("gru before", course_gru, ("weight_ih_l0", "weight_hh_l0", "bias_l0")),
        ("jordan", jordan, ("weight_ih_l0", "weight_yh", "weight_hy", "bias_l0", "bias_y")),
    ],
)
def test_what_torch_lacks_is_its_equations_under_autograd(name, twin, order):
    """To 1e-12."""
    layer = held(LAYERS[name]())
    x, first = RNG.standard_normal((T, N, D)), states(layer)
    layer.initial = first
    theirs = [torch.from_numpy(v.copy()).requires_grad_() for v in (x, *first)]
    weights = [torch.from_numpy(layer.parameters[key].copy()).requires_grad_() for key in order]
    out = twin(*theirs, *weights)
    np.testing.assert_allclose(layer.forward(x), out.detach().numpy(), rtol=1e-12)
    c = RNG.standard_normal(out.shape)
    out.backward(torch.from_numpy(c))
    close = partial(np.testing.assert_allclose, rtol=1e-11, atol=1e-13)
    close(layer.backward(c), theirs[0].grad.numpy())
    close(layer.initial_gradient[0], theirs[1].grad.numpy())
    for key, weight in zip(order, weights, strict=True):
        close(layer.gradients[key], weight.grad.numpy())


def test_the_two_grus_differ_by_the_complement_of_z_and_by_the_reset():
    """With r = 1 to rounding, the course's form with its z-rows negated is torch's."""
    before, after = held(LAYERS["gru before"]()), held(LAYERS["gru after"]())
    for layer in (before, after):
        layer.parameters["bias_l0"][:H] = 100
    after.parameters["bias_hn_l0"][...] = 0
    for key, value in before.parameters.items():
        value[...] = after.parameters[key]
    x = RNG.standard_normal((T, N, D))
    assert not np.allclose(before.forward(x), after.forward(x), atol=0.01)
    for value in before.parameters.values():
        value[H : 2 * H] *= -1
    np.testing.assert_allclose(before.forward(x), after.forward(x), rtol=1e-12)
    for key in ("weight_ih_l0", "weight_hh_l0", "bias_l0"):  # and with another r they part again
        before.parameters[key][:H] = after.parameters[key][:H] = RNG.standard_normal(
            before.parameters[key][:H].shape
        )
    assert not np.allclose(before.forward(x), after.forward(x), atol=1e-3)


OURS = {
    "rnn": partial(rnn_layer.RNN, D, H),
    "relu rnn": partial(rnn_layer.RNN, D, H, nonlinearity="relu"),
    "lstm": partial(lstm_layer.LSTM, D, H),
    "lstm clipped": partial(lstm_layer.LSTM, D, H, cell_clip=0.4, hidden_clip=0.15),
    "coupled lstm": partial(coupled_lstm.CoupledLSTM, D, H),
    "coupled lstm clipped": partial(coupled_lstm.CoupledLSTM, D, H, cell_clip=0.4, hidden_clip=0.15),
    "gru after": partial(gru_layer.GRU, D, H),
    "gru before": partial(gru_layer.GRU, D, H, reset="before"),
}


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("bias", [True, False])
def test_the_torch_layers_are_twins(name, bias):
    """Names and initial values bit for bit; outputs and gradients in float64 to 1e-12."""
    layer, twin = LAYERS[name](bias=bias), OURS[name](bias=bias)
    with torch.no_grad():
        twin = twin.double()
        twin.draw_parameters(5, "0.")
    layer.hold(layer.draw(5, "0."), {key: np.empty(shape) for key, shape in layer.shapes.items()})
    theirs = dict(twin.named_parameters())
    assert theirs.keys() == layer.shapes.keys()
    for key, value in layer.parameters.items():
        assert value.tobytes() == theirs[key].detach().numpy().tobytes()
    x, c = RNG.standard_normal((T, N, D)), RNG.standard_normal((T, N, H))
    inputs = torch.from_numpy(x).requires_grad_()
    out, _ = twin(inputs)
    out.backward(torch.from_numpy(c))
    close = partial(np.testing.assert_allclose, rtol=1e-11, atol=1e-13)
    close(layer.forward(x), out.detach().numpy())
    close(layer.backward(c), inputs.grad.numpy())
    for key, value in layer.gradients.items():
        close(value, theirs[key].grad.numpy())


# ---- whole trainings

CLASSES, STEPS = 3, 60
ADAM = {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
ENTRIES = {
    "rnn": {"name": "rnn", "input_size": D, "hidden_size": H},
    "lstm": {"name": "lstm", "input_size": D, "hidden_size": H},
    "gru after": {"name": "gru", "input_size": D, "hidden_size": H},
}


def sequence_pair(name):
    """A network by hand and torch's layer with a linear one, equal in every weight."""
    network = Network(
        [ENTRIES[name], {"name": "dense", "in_features": H, "out_features": CLASSES}], 1, "float64"
    )
    layer, head = to_torch(network.layers[0].parameters, THEIRS[name]()), nn.Linear(H, CLASSES).double()
    head.load_state_dict({key: torch.from_numpy(v.copy()) for key, v in network.layers[1].parameters.items()})
    if name == "gru after":  # of torch's second bias only the part inside r ⊙ (…) is ours
        layer.bias_hh_l0.register_hook(lambda g: torch.cat([torch.zeros(2 * H, dtype=g.dtype), g[2 * H :]]))
    else:
        layer.bias_hh_l0.requires_grad_(False)
    return network, layer, head


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("k", [T, 4])
def test_two_engines_one_trajectory(name, k):
    """60 windows of truncated BPTT under Adam, beside torch.nn and torch.optim: losses to 1e-12, θ 1e-9."""
    network, layer, head = sequence_pair(name)
    learned = [p for p in (*layer.parameters(), *head.parameters()) if p.requires_grad]
    theirs = torch.optim.Adam(learned, lr=ADAM["lr"])
    steps = k * STEPS // 2
    m, v, t = np.zeros_like(network.theta), np.zeros_like(network.theta), 0
    for _ in range(2):
        x, y = RNG.standard_normal((steps, N, D)), RNG.integers(0, CLASSES, (steps, N))
        state = None
        for loss in windows(network, x, y, k):
            here = slice(t * k % steps, t * k % steps + k)
            t += 1
            updates.adam(network.theta, network.gradient, t, m, v, **ADAM)
            out, state = layer(torch.from_numpy(x[here]), state)
            state = tuple(s.detach() for s in state) if name == "lstm" else state.detach()
            twin = nn.functional.cross_entropy(head(out).flatten(0, 1), torch.from_numpy(y[here]).flatten())
            theirs.zero_grad()
            twin.backward()
            theirs.step()
            np.testing.assert_allclose(loss, twin.item(), rtol=1e-12)
    assert t == STEPS
    for ours, their in (
        ("weight_ih_l0", "weight_ih_l0"),
        ("weight_hh_l0", "weight_hh_l0"),
        ("bias_l0", "bias_ih_l0"),
    ):
        found = getattr(layer, their).detach().numpy()
        np.testing.assert_allclose(network.parameters[f"0.{ours}"], found, rtol=1e-9, atol=1e-10)


# ---- truncated backpropagation through time


def test_one_window_is_the_whole_of_bptt_and_smaller_ones_cut_it():
    """The states are carried whatever k is; the gradient of the first step dies at the cut."""
    network, layer, head = sequence_pair("lstm")
    x, y = RNG.standard_normal((T, N, D)), RNG.integers(0, CLASSES, (T, N))
    (whole,) = windows(network, x, y, T)
    scores = network.forward(x)
    value, grad = CrossEntropy().mean_and_gradient(scores.reshape(-1, CLASSES), y.reshape(-1))
    full = network.gradient.copy()
    network.backward(grad.reshape(scores.shape))
    np.testing.assert_array_equal(network.gradient, full)
    assert whole == value
    parts, sums = [], np.zeros_like(full)
    for part in windows(network, x, y, 2):
        parts.append(part)
        sums += network.gradient
    np.testing.assert_allclose(np.mean(parts), whole, rtol=1e-13)  # without an update, the same forward pass
    assert not np.allclose(sums / 3, full, rtol=1e-3)
    state, total = None, torch.zeros((), dtype=torch.float64)
    for first in range(0, T, 2):
        out, state = layer(torch.from_numpy(x[first : first + 2]), state)
        state = tuple(s.detach() for s in state)
        target = torch.from_numpy(y[first : first + 2]).flatten()
        total = total + nn.functional.cross_entropy(head(out).flatten(0, 1), target)
    total.backward()
    size = layer.weight_ih_l0.numel()
    np.testing.assert_allclose(sums[:size], layer.weight_ih_l0.grad.numpy().ravel(), rtol=1e-11, atol=1e-13)


def test_a_loop_that_is_left_leaves_no_state_behind():
    network, _, _ = sequence_pair("rnn")
    x, y = RNG.standard_normal((T, N, D)), RNG.integers(0, CLASSES, (T, N))
    before = network.forward(x)
    loop = windows(network, x, y, 2)
    next(loop), next(loop)
    loop.close()
    np.testing.assert_array_equal(network.forward(x), before)


def test_a_last_shorter_window_counts():
    network, _, _ = sequence_pair("rnn")
    x, y = RNG.standard_normal((T, N, D)), RNG.integers(0, CLASSES, (T, N))
    assert len(list(windows(network, x, y, 4))) == 2


# ---- the LSTM as fifteen lines

PARTS = ("i", "f", "C", "o")  # the layer's order


def joined(layer):
    """W [h, x] of the fifteen lines from the layer's two matrices."""
    p = layer.parameters
    both = np.concatenate([p["weight_hh_l0"], p["weight_ih_l0"]], 1)
    return dict(zip(PARTS, np.split(both, 4), strict=True)), dict(
        zip(PARTS, np.split(p["bias_l0"], 4), strict=True)
    )


def test_fifteen_lines_are_the_layer():
    """Forward, backward, initial state, last state: one sequence, to 1e-13."""
    layer = held(LSTM(D, H))
    W, b = joined(layer)
    x, c, first, last = (RNG.standard_normal(s) for s in ((T, D), (T, H), (2, H), (2, H)))
    steps = lstm.forward(x, *first, W, b)
    layer.initial = tuple(first[:, None])
    h = layer.forward(x[:, None])[:, 0]
    np.testing.assert_allclose([s["h"] for s in steps], h, rtol=1e-13)
    c[-1] += last[0]
    dW, db, back = lstm.backward(steps, c, W, dC=last[1])
    c[-1] -= last[0]
    dx = layer.backward(c[:, None], last=tuple(last[:, None]))[:, 0]
    close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-14)
    close([d["dx"] for d in back], dx)
    close(back[0]["dh0"], layer.initial_gradient[0][0])
    close(back[0]["dC0"], layer.initial_gradient[1][0])
    close(np.concatenate([dW[g] for g in PARTS])[:, :H], layer.gradients["weight_hh_l0"])
    close(np.concatenate([dW[g] for g in PARTS])[:, H:], layer.gradients["weight_ih_l0"])
    close(np.concatenate([db[g] for g in PARTS]), layer.gradients["bias_l0"])


def test_fifteen_lines_by_central_differences_and_by_autograd():
    W = {g: RNG.uniform(-0.7, 0.7, (H, H + D)) for g in lstm.GATES}
    b = {g: RNG.uniform(-0.7, 0.7, H) for g in lstm.GATES}
    x, h, C = RNG.standard_normal((T, D)), RNG.standard_normal(H), RNG.standard_normal(H)
    c = RNG.standard_normal((T, H))

    def loss():
        return sum(float(s["h"] @ w) for s, w in zip(lstm.forward(x, h, C, W, b), c, strict=True))

    dW, db, _ = lstm.backward(lstm.forward(x, h, C, W, b), c, W)
    for found, held_ in ((dW, W), (db, b)):
        for gate, array in held_.items():
            for index in list(np.ndindex(array.shape))[::4]:
                middle = array[index]
                array[index] = middle + 1e-5
                above = loss()
                array[index] = middle - 1e-5
                slope = (above - loss()) / 2e-5
                array[index] = middle
                np.testing.assert_allclose(found[gate][index], slope, rtol=1e-7, atol=1e-9)
    Wt = {g: torch.from_numpy(w.copy()).requires_grad_() for g, w in W.items()}
    ht, Ct, total = torch.from_numpy(h), torch.from_numpy(C), torch.zeros((), dtype=torch.float64)
    for x_t, w in zip(torch.from_numpy(x), torch.from_numpy(c), strict=True):
        f, i, o = (torch.sigmoid(Wt[g] @ torch.cat([ht, x_t]) + torch.from_numpy(b[g])) for g in "fio")
        Ct = f * Ct + i * torch.tanh(Wt["C"] @ torch.cat([ht, x_t]) + torch.from_numpy(b["C"]))
        ht = o * torch.tanh(Ct)
        total = total + ht @ w
    total.backward()
    for gate, w in Wt.items():
        np.testing.assert_allclose(dW[gate], w.grad.numpy(), rtol=1e-11, atol=1e-13)


def test_the_worked_example_of_e5():
    """Every weight 1, no bias, x = 1, h = C = 0; then x = 0."""
    one, none = {g: np.ones((1, 2)) for g in lstm.GATES}, {g: np.zeros(1) for g in lstm.GATES}
    first, second = lstm.forward(np.array([[1.0], [0.0]]), np.zeros(1), np.zeros(1), one, none)
    for s, gate, candidate, C, h in (
        (first, 0.7311, 0.7616, 0.5568, 0.3696),
        (second, 0.5914, 0.3536, 0.5384, 0.2908),
    ):
        found = [float(s[name][0]) for name in ("f", "i", "o", "C_", "C", "h")]
        assert [round(v, 4) for v in found] == [gate, gate, gate, candidate, C, h]
    layer = LSTM(1, 1, bias=False)
    layer.hold({name: np.ones(shape) for name, shape in layer.shapes.items()}, {})
    np.testing.assert_allclose(
        layer.forward(np.array([[[1.0]], [[0.0]]])).ravel(), [0.3696, 0.2908], atol=5e-5
    )


def test_f_keeps_i_writes_and_f_0_wipes():
    layer, x = held(LSTM(D, H)), RNG.standard_normal((T, N, D))
    layer.parameters["weight_ih_l0"][...] = layer.parameters["weight_hh_l0"][...] = 0
    C = RNG.standard_normal((N, H))
    layer.initial = (np.zeros((N, H)), C)
    layer.parameters["bias_l0"][: 2 * H] = np.repeat([-1000, 1000], H)
    layer.forward(x)
    np.testing.assert_array_equal(layer.state[1], C)
    layer.parameters["bias_l0"][H : 2 * H] = -1000
    layer.forward(x)
    assert np.abs(layer.state[1]).max() < 1e-300


def test_a_new_lstm_remembers():
    values = LSTM(D, H).draw(0, "0.")
    assert values["bias_l0"].tolist() == [0] * H + [1] * H + [0] * 2 * H
    U = values["weight_hh_l0"]
    np.testing.assert_allclose(U.T @ U, np.eye(H), atol=1e-14)
    assert (LSTM(D, H).draw(1, "0.")["weight_hh_l0"] != U).any()


# ---- refusals


@pytest.mark.parametrize(
    ("layer", "shape", "sentence"),
    [
        (
            RNN(3, 2),
            (4, 3),
            "an rnn of 3 inputs reads (steps, sequences, 3) with at least one step; it got (4, 3)",
        ),
        (
            LSTM(3, 2),
            (4, 1, 2),
            "an lstm of 3 inputs reads (steps, sequences, 3) with at least one step; it got",
        ),
        (
            gru(3, 2),
            (0, 1, 3),
            "a gru of 3 inputs reads (steps, sequences, 3) with at least one step; it got (0",
        ),
        (Jordan(3, 2, 1), (4,), "a jordan network of 3 inputs reads (steps, sequences, 3) with at least"),
    ],
)
def test_sequences_that_do_not_fit_are_refused(layer, shape, sentence):
    held(layer)
    with pytest.raises(UsageError) as error:
        layer.forward(np.zeros(shape))
    assert str(error.value).startswith(sentence)


def test_values_that_cannot_be_are_refused():
    layer = held(LSTM(3, 2))
    layer.initial = (np.zeros((1, 2)),)
    with pytest.raises(
        UsageError, match=r"^the initial state of an lstm has shapes \(\(4, 2\), \(4, 2\)\) here"
    ):
        layer.forward(np.zeros((5, 4, 3)))
    with pytest.raises(UsageError, match=r"^reset must be after or before; it is 'both'"):
        gru(2, 3, reset="both")
    with pytest.raises(UsageError, match=r"^unknown nonlinearity 'tahn': did you mean tanh"):
        RNN(2, 3, nonlinearity="tahn")
    with pytest.raises(UsageError, match=r"^hidden_size must be a whole number of at least 1; it is 0"):
        LSTM(2, 0)
    network, _, _ = sequence_pair("rnn")
    with pytest.raises(UsageError, match=r"^inputs \(2, 1\) and targets \(2,\) must have the same steps"):
        next(windows(network, np.zeros((2, 1, D)), np.zeros(2, int), 1))
