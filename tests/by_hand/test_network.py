"""B5, B12: whole networks by hand against the torch module of the same description."""

import copy
import json
import pickle
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError, UsageError
from gradatim.data.digits import digits
from gradatim.functional import updates
from gradatim.models.building import build
from gradatim.models.mlp import mlp
from gradatim.nn.dropout import Dropout
from gradatim.random import permutation
from gradatim.training.training import Training

RNG = np.random.default_rng(2)
ACTIVATIONS = [*catalog.names("activation"), "prelu"]
CLASSES = 3


def pair(seed=4, dtype="float64", **how):
    how = {"in_features": 6, "out_features": CLASSES, "hidden": [5, 4], **how}
    module = build({"name": "mlp", **how}, seed, getattr(torch, dtype))
    return Network(mlp(**how), seed, dtype), module


def data(n=8, shape=(2, 3)):
    return RNG.standard_normal((n, *shape)), RNG.integers(0, CLASSES, n)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("init", [None, *catalog.names("initialiser")])
def test_names_shapes_and_initial_values_are_the_torch_module_s_bit_for_bit(init, dtype):
    for activation in ("relu", "tanh", "prelu", "maxout", "selu"):
        network, module = pair(dtype=dtype, activation=activation, init=init, dropout=0.1)
        theirs = {name: value.numpy() for name, value in module.state_dict().items()}
        ours = network.state_dict()
        assert list(ours) == list(theirs)
        for name, value in theirs.items():
            assert ours[name].dtype == value.dtype == dtype
            assert ours[name].tobytes() == value.tobytes()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("weighted", [False, True])
def test_loss_and_gradient_are_the_torch_module_s_with_dropout_on(activation, weighted):
    """The same masks, in float64, to 1e-12."""
    network, module = pair(activation=activation, dropout=0.3)
    loss, twin = loss_by_name("cross_entropy"), catalog.find("cross_entropy", "loss").load()()
    for step in range(3):
        x, y = data()
        w = RNG.uniform(0, 2, len(y)) if weighted else None
        network.place(9, step)
        for name, layer in module.named_modules():
            if isinstance(layer, Dropout):
                layer.place(9, name, step)
        a = network.forward(x, training=True)
        mean, grad = loss.mean_and_gradient(a, y, w)
        assert network.backward(grad) is None
        theirs = twin.mean(
            module(torch.from_numpy(x)), torch.from_numpy(y), None if w is None else torch.from_numpy(w)
        )
        module.zero_grad()
        theirs.backward()
        np.testing.assert_allclose(mean, theirs.item(), rtol=1e-12)
        for name, parameter in module.named_parameters():
            expected = np.zeros(parameter.shape) if parameter.grad is None else parameter.grad.numpy()
            np.testing.assert_allclose(network.gradients[name], expected, rtol=1e-12, atol=1e-14)


UPDATES = {
    "sgd": (partial(updates.sgd, lr=0.1), 0, 0.1),
    "momentum": (partial(updates.momentum, lr=0.05, momentum=0.9), 1, 0.05),
    "adam": (partial(updates.adam, lr=0.003, beta1=0.9, beta2=0.999, eps=1e-8), 2, 0.003),
}


@pytest.mark.parametrize("name", UPDATES)
def test_two_engines_one_trajectory(name):
    """200 steps on digits with dropout and shuffling: each epoch's mean loss to 1e-10, and θ at the end.

    By hand: one call of the update's text on θ. Beside it `Training` on the torch module.
    """
    update, states, lr = UPDATES[name]
    held = digits()
    x, y = held.x[:320].astype(np.float64) / 16, held.y[:320].astype(np.int64)
    how = {"in_features": 64, "out_features": 10, "hidden": [24], "dropout": 0.25}
    network, loss = Network(mlp(**how), 1, np.float64), loss_by_name("cross_entropy")
    module = build({"name": "mlp", **how}, 1, torch.float64)
    training = Training(
        module, (x, y), optimizer=name, lr=lr, epochs=20, batch_size=33, seed=6, precision="float64"
    )
    state = [np.zeros_like(network.theta) for _ in range(states)]
    t = 0
    for epoch, record in enumerate(training):
        order = permutation(6, epoch, len(x))
        total = 0.0
        for rows in np.split(order, range(33, len(order), 33)):  # the last batch is smaller
            network.place(6, t)
            value, grad = loss.mean_and_gradient(network.forward(x[rows], training=True), y[rows])
            network.backward(grad)
            t += 1
            update(network.theta, network.gradient, t, *state)
            total += value * len(rows)
        np.testing.assert_allclose(total / len(x), record.train_loss, rtol=1e-10)
    assert t == training.step == 200
    assert record.train_loss < 1.2
    for key, value in module.state_dict().items():
        np.testing.assert_allclose(network.parameters[key], value.numpy(), rtol=1e-8, atol=1e-10)


def test_theta_is_one_vector_and_everything_a_view_of_it():
    network, _ = pair(activation="prelu")
    assert network.theta.size == network.gradient.size == sum(p.size for p in network.parameters.values())
    for views, vector in ((network.parameters, network.theta), (network.gradients, network.gradient)):
        assert all(np.shares_memory(view, vector) for view in views.values())
    network.theta[...] = np.arange(network.theta.size)
    flat = np.concatenate([value.ravel() for value in network.parameters.values()])
    np.testing.assert_array_equal(flat, network.theta)
    network.layers[1].parameters["bias"][0] = -1
    assert (network.theta == -1).sum() == 1


@pytest.mark.parametrize("activation", ["relu", "maxout", "prelu", "softmax"])
def test_batch_sizes_may_alternate(activation):
    """Every pass gives what a fresh network gives, whatever was passed before: buffers hold no history."""
    how = {"activation": activation, "dropout": 0.3}
    network, _ = pair(**how)
    loss = loss_by_name("cross_entropy")
    for step, n in enumerate([8, 8, 3, 8, 1, 20, 8]):
        x, y = data(n)
        fresh, _ = pair(**how)
        grads = []
        for one in (network, fresh):
            one.place(0, step)
            if one is network:
                one.forward(data(50)[0])  # an evaluation in between
            grad = loss.gradient(one.forward(x, training=True), y)
            grads.append((one.backward(grad, inputs=True), one.gradient.copy()))
        for ours, theirs in zip(*grads, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_batches_of_one_size_reuse_their_memory():
    network, _ = pair()
    first = network.forward(data()[0], training=True)
    assert np.shares_memory(network.forward(data()[0], training=True), first)


def test_what_evaluation_returns_is_the_caller_s():
    network, _ = pair()
    (one, _), (two, _) = data(), data()
    a = network.forward(one)
    kept = a.copy()
    network.forward(two)
    np.testing.assert_array_equal(a, kept)
    x = one.copy()
    nothing = Network([], dtype=np.float64)
    nothing.forward(x)[...] = 0
    np.testing.assert_array_equal(x, one)


def test_the_input_s_gradient_is_made_only_when_asked():
    network, module = pair(activation="tanh")
    x, _ = data()
    theirs = torch.from_numpy(x).requires_grad_()
    c = RNG.standard_normal((8, CLASSES))
    module(theirs).backward(torch.from_numpy(c))
    network.forward(x)
    found = network.backward(c, inputs=True)
    assert found.shape == x.shape
    np.testing.assert_allclose(found, theirs.grad.numpy(), rtol=1e-12, atol=1e-15)
    with_inputs = network.gradient.copy()
    network.forward(x)
    assert network.backward(c) is None
    np.testing.assert_array_equal(network.gradient, with_inputs)


def test_evaluation_drops_nothing():
    network, module = pair(dropout=0.5)
    x, _ = data()
    with torch.no_grad():
        expected = module.eval()(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(network.forward(x), expected, rtol=1e-12)
    assert not np.allclose(network.forward(x, training=True), expected)


def test_dropout_counts_its_calls_as_torch_s_does():
    network, module = Network([{"name": "dropout"}], dtype="float64"), Dropout()
    x, _ = data()
    for _ in range(3):
        ours, theirs = network.forward(x, training=True), module(torch.from_numpy(x)).numpy()
        np.testing.assert_array_equal(ours, theirs)


def test_networks_within_networks_have_torch_s_names():
    inner = {"name": "mlp", "in_features": 4, "out_features": 3, "hidden": [5], "dropout": 0.5}
    entries = [{"name": "dense", "in_features": 2, "out_features": 4}, {"name": "tanh"}, inner]
    network, module = Network(entries, 3, "float64"), build({"name": "stack", "layers": entries}, 3)
    assert list(network.parameters) == list(module.state_dict())
    assert [name for name, _ in network.dropouts] == [
        name for name, layer in module.named_modules() if isinstance(layer, Dropout)
    ]


def test_states_go_to_torch_and_back():
    network, module = pair(seed=1)
    _, other = pair(seed=2)
    network.load_state_dict({name: value.numpy() for name, value in other.state_dict().items()})
    module.load_state_dict({name: torch.from_numpy(value) for name, value in network.state_dict().items()})
    x, _ = data()
    np.testing.assert_allclose(network.forward(x), other(torch.from_numpy(x)).detach().numpy(), rtol=1e-12)
    assert not np.shares_memory(network.state_dict()["1.weight"], network.theta)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda state: state.pop("1.bias"), "missing 1.bias"),
        (lambda state: state.update(extra=0), "unknown extra"),
        (lambda state: state.update({"1.bias": np.zeros(4)}), "1.bias has shape (4,), expected (5,)"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change, sentence):
    network, _ = pair()
    state = {name: value + 1 for name, value in network.state_dict().items()}
    before = network.theta.copy()
    change(state)
    with pytest.raises(GradatimError) as error:
        network.load_state_dict(state)
    assert str(error.value) == f"the parameters do not fit this network: {sentence}"
    np.testing.assert_array_equal(network.theta, before)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_has_a_theta_of_its_own(copied):
    network, _ = pair()
    network.theta += 1
    twin = copied(network)
    np.testing.assert_array_equal(twin.theta, network.theta)
    assert np.shares_memory(twin.parameters["1.weight"], twin.theta)
    twin.theta[...] = 0
    assert network.theta.any()
    assert not twin.forward(data()[0]).any()


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([{"name": "dens"}], "unknown layer 'dens': did you mean dense?"),
        (
            [{"name": "dense", "in_features": 2}],
            "layer 0: dense cannot be made with {'in_features': 2}: missing",
        ),
        ([{"name": "relu", "slope": 1}], "layer 0: relu cannot be made with {'slope': 1}: got an unexpected"),
        (["relu"], "a layer is described as {\"name\": NAME, …}; layer 0 is 'relu'"),
        (
            [{"name": "dense", "in_features": 2, "out_features": 0}],
            "layer 0, dense: out_features must be a",
        ),
        (
            [{"name": "maxout", "pieces": 0}],
            "layer 0, maxout: pieces must be a whole number of at least 1",
        ),
    ],
)
def test_entries_that_cannot_be_are_refused(entries, sentence):
    with pytest.raises(UsageError) as error:
        Network(entries)
    assert str(error.value).startswith(sentence)


def test_a_layer_without_a_twin_is_named(monkeypatch):
    row = catalog.Entry("conv4d", "layer", "gradatim.nn.conv:Conv4d", "", 0, "D1", "A convolution.")
    rows = [*catalog.entries(), row]
    monkeypatch.setattr(catalog, "entries", lambda kind=None: rows)
    with pytest.raises(UsageError) as error:
        Network([{"name": "flatten"}, {"name": "conv4d"}])
    assert str(error.value) == "conv4d (layer 1) has no twin by hand; the torch engine runs it"


def test_misuse_is_refused():
    with pytest.raises(UsageError, match=r"^dtype must be float32 or float64; it is float16"):
        Network([], dtype="float16")
    network, _ = pair()
    with pytest.raises(GradatimError, match=r"^backward follows a forward pass"):
        network.backward(np.zeros((8, CLASSES)))
    network.forward(data()[0])
    with pytest.raises(UsageError, match=r"^the outputs have shape \(8, 3\), but their gradient \(8, 1\)"):
        network.backward(np.zeros((8, 1)))


# ---- imports


def test_the_room_imports_no_torch():
    code = (
        "import json, sys, numpy as np\n"
        "from gradatim.by_hand.network import Network\n"
        "from gradatim.by_hand import backpropagation\n"
        "from gradatim.by_hand.losses.by_name import loss_by_name\n"
        "from gradatim.models.mlp import mlp\n"
        "network = Network(mlp(4, 3, dropout=0.5))\n"
        "a = network.forward(np.ones((2, 4)), training=True)\n"
        "network.backward(loss_by_name('cross_entropy').gradient(a, np.array([0, 1])))\n"
        "print(json.dumps([name for name in ('torch', 'scipy', 'sklearn') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
