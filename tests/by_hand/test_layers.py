"""B1, B2, B4, B12, D1–D10: every layer by hand against central differences and against autograd, float64."""

from inspect import isclass

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.by_hand.layers.activations import Sigmoid
from gradatim.by_hand.layers.elementwise import Elementwise
from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import TWINS
from gradatim.checks import UsageError
from gradatim.models.building import build

RNG = np.random.default_rng(0)
ELEMENTWISE = [name for name, twin in TWINS.items() if isclass(twin) and issubclass(twin, Elementwise)]
MASK = [[1, 0, 1], [0, 1, 1], [0, 0, 0], [1, 1, 1]]
# One entry at least for every twin, with the shape of an example
OF_ATTENTION = ("multi_head_attention", "transformer_block")
IN_BOTH_DIRECTIONS = {"bidirectional", "step_pooling"}  # whose oracles stand in test_bidirectional.py
CASES = [
    ({"name": "dense", "in_features": 3, "out_features": 4}, (3,)),
    ({"name": "dense", "in_features": 3, "out_features": 4, "bias": False, "init": "orthogonal"}, (3,)),
    ({"name": "dense", "in_features": 3, "out_features": 2}, (4, 3)),
    ({"name": "dense", "in_features": 3, "out_features": 2}, (2, 4, 3)),
    ({"name": "masked_dense", "mask": MASK}, (3,)),
    ({"name": "masked_dense", "mask": MASK, "bias": False}, (2, 3)),
    ({"name": "embedding", "in_features": 6, "columns": [[1, 3, 3], [4, 6, 1]]}, (6,)),
    *(({"name": "mean_of_members", "in_features": 4, "mean": mean, "members": [
          {"layers": [{"name": "dense", "in_features": 4, "out_features": 3}, {"name": "tanh"},
                      {"name": "dense", "in_features": 3, "out_features": 2}]},
          {"columns": [[0, 1], [2, 4]], "layers": [{"name": "dense", "in_features": 3, "out_features": 2}]},
      ]}, (4,)) for mean in ("outputs", "softmax", "sigmoid")),
    ({"name": "multi_head_attention", "embed_dim": 4, "num_heads": 2, "causal": True}, (3, 4)),
    ({"name": "multi_head_attention", "embed_dim": 6, "num_heads": 3, "bias": False}, (2, 6)),
    *(({"name": "transformer_block", "embed_dim": 4, "num_heads": 2, "activation": g, "norm": norm,
        "causal": norm == "before"}, (3, 4)) for g in ("gelu", "relu") for norm in ("before", "after")),
    ({"name": "transformer_block", "embed_dim": 3, "feedforward": 5}, (1, 3)),
    ({"name": "lateral", "features": 4}, (4,)),
    ({"name": "lateral", "features": 4, "steps": 1, "init": "orthogonal"}, (4,)),
    ({"name": "flatten"}, (2, 3, 2)),
    ({"name": "dropout", "p": 0.4}, (3, 2)),
    ({"name": "dropout_2012", "p": 0.4}, (3, 2)),
    *(({"name": "corruption", "kind": kind, "amount": 0.4}, (3, 2))
      for kind in ("gaussian", "masking", "salt_and_pepper")),
    ({"name": "prelu"}, (3, 2)),
    ({"name": "prelu", "num_parameters": 3}, (3, 2)),
    ({"name": "prelu", "num_parameters": 3}, (3,)),
    ({"name": "maxout"}, (6,)),
    ({"name": "maxout", "pieces": 3}, (2, 6)),
    ({"name": "maxout", "pieces": 2, "dim": 1}, (6, 2, 3)),
    ({"name": "softmax"}, (5,)),
    ({"name": "softmax"}, (2, 5)),
    ({"name": "softmax", "dim": 1}, (3, 2, 2)),
    ({"name": "log_softmax"}, (5,)),
    ({"name": "log_softmax", "dim": -2}, (3, 4)),
    ({"name": "gelu", "approximate": "tanh"}, (5,)),
    ({"name": "celu", "alpha": 0.7}, (5,)),
    ({"name": "leaky_relu", "negative_slope": 0.2}, (5,)),
    ({"name": "elu", "alpha": 1.7}, (5,)),
    ({"name": "conv1d", "in_channels": 2, "out_channels": 3, "kernel_size": 3, "padding": 1}, (2, 5)),
    ({"name": "conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": [2, 3], "stride": [2, 1]},
     (2, 5, 4)),
    ({"name": "conv2d", "in_channels": 4, "out_channels": 2, "kernel_size": 2, "groups": 2, "dilation": 2,
      "padding": "same", "bias": False}, (4, 3, 4)),
    ({"name": "conv3d", "in_channels": 1, "out_channels": 2, "kernel_size": 2}, (1, 3, 2, 3)),
    *(({"name": "conv2d", "in_channels": 2, "out_channels": 2, "kernel_size": 3, "stride": 2,
        "padding": [1, 2], "padding_mode": mode}, (2, 3, 4))
      for mode in ("reflect", "replicate", "circular")),
    ({"name": "conv1d", "in_channels": 2, "out_channels": 2, "kernel_size": 4, "padding": "same",
      "padding_mode": "reflect"}, (2, 5)),
    ({"name": "true_conv1d", "in_channels": 1, "out_channels": 2, "kernel_size": 3, "padding": 2,
      "padding_mode": "circular"}, (1, 4)),
    ({"name": "conv_transpose1d", "in_channels": 2, "out_channels": 3, "kernel_size": 3, "dilation": 2,
      "output_padding": 1}, (2, 4)),
    ({"name": "conv_transpose2d", "in_channels": 4, "out_channels": 2, "kernel_size": [3, 2], "groups": 2,
      "stride": [2, 3], "padding": [1, 0], "output_padding": [1, 2]}, (4, 2, 3)),
    ({"name": "conv_transpose2d", "in_channels": 1, "out_channels": 2, "kernel_size": 2, "bias": False},
     (1, 2, 3)),
    ({"name": "conv_transpose3d", "in_channels": 1, "out_channels": 2, "kernel_size": 2, "stride": 2},
     (1, 2, 1, 2)),
    ({"name": "true_conv1d", "in_channels": 2, "out_channels": 3, "kernel_size": 3, "padding": 2}, (2, 4)),
    ({"name": "true_conv2d", "in_channels": 2, "out_channels": 2, "kernel_size": 3, "stride": 2}, (2, 5, 4)),
    ({"name": "scaled_tanh"}, (5,)),
    ({"name": "subsampling", "channels": 2}, (2, 4, 6)),
    ({"name": "table_conv", "reads": [[0, 1], [1], [0, 2]], "channels": 3, "kernel": 3}, (3, 5, 4)),
    ({"name": "rbf", "num_classes": 3, "in_features": 4}, (4,)),
    ({"name": "locally_connected1d", "in_channels": 2, "out_channels": 3, "in_size": 5, "kernel_size": 2},
     (2, 5)),
    ({"name": "locally_connected2d", "in_channels": 2, "out_channels": 2, "in_size": [4, 3],
      "kernel_size": 3, "stride": 2, "padding": 1}, (2, 4, 3)),
    *(({"name": f"adaptive_{kind}_pool{axes}d", "output_size": [2, 3, None][:axes]}, (2, 5, 4, 2)[: axes + 1])
      for kind in ("avg", "max") for axes in (1, 2, 3)),
    ({"name": "adaptive_avg_pool2d", "output_size": 4}, (2, 3, 6)),
    ({"name": "adaptive_max_pool1d", "output_size": 5}, (2, 3)),
    *(
        (
            {"name": f"{kind}_pool{axes}d", "kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
            (2, 4, 5, 3)[: axes + 1],
        )
        for kind in ("max", "avg", "sum")
        for axes in (1, 2, 3)
        if (kind, axes) != ("sum", 3)
    ),
    ({"name": "avg_pool2d", "kernel_size": 2, "padding": "same", "count_include_pad": False}, (1, 3, 5)),
    *(({"name": f"global_{kind}_pool"}, (2, 3, 2)) for kind in ("max", "avg", "sum")),
    ({"name": "batch_norm", "num_features": 3}, (3,)),
    ({"name": "batch_norm", "num_features": 3, "momentum": None, "eps": 0.1}, (3, 2, 2)),
    ({"name": "batch_norm", "num_features": 2, "affine": False}, (2, 3)),
    ({"name": "layer_norm", "normalized_shape": 4}, (4,)),
    ({"name": "layer_norm", "normalized_shape": [3, 2], "eps": 0.1}, (2, 3, 2)),
    ({"name": "layer_norm", "normalized_shape": 3, "bias": False}, (2, 3)),
    ({"name": "layer_norm", "normalized_shape": 3, "elementwise_affine": False}, (2, 3)),
    ({"name": "rms_norm", "normalized_shape": 4}, (4,)),
    ({"name": "rms_norm", "normalized_shape": [3, 2], "eps": 0.1}, (2, 3, 2)),
    ({"name": "rms_norm", "normalized_shape": 3, "elementwise_affine": False}, (2, 3)),
    ({"name": "group_norm", "num_groups": 2, "num_channels": 6}, (6,)),
    ({"name": "group_norm", "num_groups": 1, "num_channels": 4, "eps": 0.1}, (4, 2, 3)),
    ({"name": "group_norm", "num_groups": 2, "num_channels": 4, "affine": False}, (4, 2)),
    ({"name": "instance_norm", "num_features": 2}, (2, 4)),
    ({"name": "instance_norm", "num_features": 3, "affine": True, "eps": 0.1}, (3, 2, 2)),
    ({"name": "local_response_norm", "alpha": 0.3}, (6, 2)),
    ({"name": "local_response_norm", "size": 4, "alpha": 0.5, "k": 1, "divide": True}, (6, 2, 2)),
    *(({"name": name}, (5,)) for name in ELEMENTWISE),
    # over time: the axes are steps, sequences and features
    ({"name": "rnn", "input_size": 3, "hidden_size": 2}, (2, 3)),
    ({"name": "rnn", "input_size": 3, "hidden_size": 2, "bias": False, "nonlinearity": "identity"}, (1, 3)),
    ({"name": "jordan", "input_size": 2, "hidden_size": 3, "output_size": 2}, (3, 2)),
    ({"name": "jordan", "input_size": 2, "hidden_size": 3, "output_size": 1, "bias": False}, (1, 2)),
    ({"name": "lstm", "input_size": 3, "hidden_size": 2}, (2, 3)),
    ({"name": "lstm", "input_size": 2, "hidden_size": 3, "bias": False}, (1, 2)),
    ({"name": "lstm", "input_size": 2, "hidden_size": 3, "cell_clip": 0.5, "hidden_clip": 0.3}, (1, 2)),
    ({"name": "coupled_lstm", "input_size": 3, "hidden_size": 2}, (2, 3)),
    ({"name": "gru", "input_size": 3, "hidden_size": 2}, (2, 3)),
    ({"name": "gru", "input_size": 3, "hidden_size": 2, "bias": False}, (1, 3)),
    ({"name": "gru", "input_size": 3, "hidden_size": 2, "reset": "before"}, (2, 3)),
    ({"name": "gru", "input_size": 3, "hidden_size": 2, "reset": "before", "bias": False}, (1, 3)),
]  # fmt: skip
BY_HAND_ONLY = {"true_conv1d", "true_conv2d", "jordan", "scaled_tanh", "subsampling", "table_conv", "rbf"}
BY_HAND_ONLY |= IN_BOTH_DIRECTIONS
OVER_TIME = ("rnn", "jordan", "lstm", "coupled_lstm", "gru")  # their oracles stand in test_recurrent.py
BUILT = {*catalog.names("layer"), *catalog.names("activation")}
TORCH_CASES = [case for case in CASES if case[0]["name"] in BUILT - set(OVER_TIME)]


def label(case):
    return f"{case[0]['name']}-{'x'.join(map(str, case[1]))}"


def example(shape, n=4):
    """Numbers in −3 … 3, none within 0.05 of the kink at 0."""
    x = RNG.uniform(0.05, 3, (n, *shape))
    return x * RNG.choice([-1, 1], x.shape)


def prepared(entry, dtype=np.float64):
    """A network of one layer, its parameters moved off their initial values."""
    network = Network([entry], 3, dtype)
    network.theta += RNG.uniform(-0.2, 0.2, network.theta.shape)
    network.place(5, 7)
    return network


def differences(function, at, h=1e-5):
    """∂f/∂at by central differences, f a number, `at` changed in place."""
    slope = np.empty_like(at)
    for index in np.ndindex(at.shape):
        middle = at[index]
        at[index] = middle + h
        above = function()
        at[index] = middle - h
        slope[index] = (above - function()) / (2 * h)
        at[index] = middle
    return slope


def closer(function, at, h=1e-5):
    """The same without the error of h², by Richardson's extrapolation: for what curves much."""
    return (4 * differences(function, at, h) - differences(function, at, 2 * h)) / 3


def test_every_twin_has_a_case():
    assert {entry["name"] for entry, _ in CASES} | IN_BOTH_DIRECTIONS == set(TWINS)


def test_every_layer_and_activation_of_the_catalogue_has_a_twin():
    assert BUILT - set(TWINS) == {  # in torch only
        "peephole_lstm", "layer_norm_lstm", "pyramid", "input_to_every_layer", "gradient_reversal",
        "attention",  # which reads two things: by_hand.attention, tests/by_hand/test_attention.py
    }  # fmt: skip
    assert set(TWINS) - BUILT <= BY_HAND_ONLY


@pytest.mark.parametrize("case", CASES, ids=label)
def test_gradients_by_central_differences(case):
    """∂/∂x and ∂/∂θ of ⟨c, f(x; θ)⟩, to 1e-8 relative."""
    entry, shape = case
    network, x = prepared(entry), example(shape)
    c = RNG.standard_normal(network.forward(x).shape)

    def f():
        network.place(5, 7)
        return float((network.forward(x, training=True) * c).sum())

    f()
    found = network.backward(c, inputs=True)
    gradient = network.gradient.copy()
    slope = closer if entry["name"] in OF_ATTENTION else differences
    np.testing.assert_allclose(found, slope(f, x), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(gradient, slope(f, network.theta), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("case", TORCH_CASES, ids=label)
def test_values_and_gradients_are_those_of_the_torch_twin(case):
    """Autograd in float64, to 1e-12; also where numbers are large, and exactly at the kinks and in ties."""
    entry, shape = case
    network = prepared(entry)
    twin = build({"name": "stack", "layers": [entry]}, 3, torch.float64)
    twin.load_state_dict({name: torch.from_numpy(value) for name, value in network.state_dict().items()})
    large = np.concatenate([example(shape), 0 * example(shape), 50 * example(shape), 1e3 * example(shape)])
    for x in (example(shape), np.zeros((2, *shape)), large):
        theirs = torch.from_numpy(x).requires_grad_()
        for part in (network, twin[0]):
            if entry["name"].startswith(("dropout", "corruption")):
                part.place(*((5, 7) if part is network else (5, "0", 7)))
        a, expected = network.forward(x, training=True), twin(theirs)
        sums = len(shape) > 1 or entry["name"] == "batch_norm"  # of numbers that may cancel
        least = 1e-12 * float(expected.detach().abs().max()) if sums else 1e-15
        np.testing.assert_allclose(a, expected.detach().numpy(), rtol=1e-12, atol=least)
        c = RNG.standard_normal(a.shape)
        found = network.backward(c, inputs=True)
        if not expected.requires_grad:  # step
            assert not found.any()
            continue
        expected.backward(torch.from_numpy(c))
        np.testing.assert_allclose(found, theirs.grad.numpy(), rtol=1e-12, atol=1e-12)
        for name, parameter in twin.named_parameters():
            np.testing.assert_allclose(
                network.gradients[name], parameter.grad.numpy(), rtol=1e-12, atol=1e-10
            )
        for name, value in network.memory.items():
            np.testing.assert_allclose(value, twin.state_dict()[name].numpy(), rtol=1e-12, atol=1e-12)
        twin.zero_grad()


@pytest.mark.parametrize("case", CASES, ids=label)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept_and_no_number_overflows(case, dtype):
    entry, shape = case
    network = prepared(entry, dtype)
    a = network.forward(np.array([-1e4, 1e4, 0, 30]).reshape(4, *(1,) * len(shape)) + np.zeros((4, *shape)))
    assert a.dtype == network.backward(np.ones_like(a), inputs=True).dtype == network.gradient.dtype == dtype
    assert np.isfinite(a).all()
    assert np.isfinite(network.gradient).all()


@pytest.mark.parametrize("case", [c for c in CASES if c[0]["name"] not in OVER_TIME], ids=label)
def test_no_example_gives_no_output_and_no_gradient(case):
    entry, shape = case
    network = prepared(entry)
    a = network.forward(np.zeros((0, *shape)))
    assert a.shape[1:] == network.forward(np.zeros((2, *shape))).shape[1:] and len(a) == 0
    network.forward(np.zeros((0, *shape)))
    assert network.backward(a, inputs=True).shape == (0, *shape)
    assert not network.gradient.any()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_curves_are_the_value_and_the_derivative(name):
    z = np.linspace(-3.1, 3.1, 12)  # no kink is among them
    h, d = TWINS[name]().curves(z)
    np.testing.assert_allclose(h, Network([{"name": name}], dtype=np.float64).forward(z), rtol=1e-15)
    slope = [(TWINS[name]().curves(z + e)[0]) for e in (1e-5, -1e-5)]
    np.testing.assert_allclose(d, (slope[0] - slope[1]) / 2e-5, rtol=1e-8, atol=1e-9)
    assert TWINS[name]().curves([1, 2])[0].dtype == np.float64


def test_sigmoid_is_right_far_out():
    """e^z where z is far below 0, to 1e-14 relative, and 5e-309 at worst where that underflows."""
    h, d = Sigmoid().curves(np.array([-40.0, -600.0, -1e6, 1e6]))
    np.testing.assert_allclose(h[:2], np.exp([-40.0, -600.0]), rtol=1e-14)
    np.testing.assert_allclose(d[:2], h[:2], rtol=1e-14)
    assert 0 <= h[2] < 1e-300
    assert h[3] == 1


# ---- kinds of connectivity


def test_a_masked_layer_is_a_dense_layer_with_zeros():
    network, x = prepared({"name": "masked_dense", "mask": MASK}), example((3,))
    dense = Network([{"name": "dense", "in_features": 3, "out_features": 4}], dtype=np.float64)
    W, b = network.parameters["0.weight"], network.parameters["0.bias"]
    assert np.all(W[np.array(MASK) == 0] != 0)  # what does not exist is ignored, whatever was loaded
    dense.load_state_dict({"0.weight": W * np.array(MASK), "0.bias": b})
    np.testing.assert_array_equal(network.forward(x), dense.forward(x))


def test_masked_weights_start_and_stay_at_0():
    network, x = Network([{"name": "masked_dense", "mask": MASK}], 1), example((3,))
    absent = np.array(MASK) == 0
    assert not network.parameters["0.weight"][absent].any()
    network.backward(network.forward(x))
    assert not network.gradients["0.weight"][absent].any()
    assert network.gradients["0.weight"][~absent].all()


@pytest.mark.parametrize("mask", [[1, 0], [[1, 2]], [[1], [0, 1]], "10", [["a"]], None])
def test_a_mask_that_is_none_is_refused(mask):
    with pytest.raises(UsageError, match=r"^layer 0, masked_dense: mask must be rows of 0 and 1"):
        Network([{"name": "masked_dense", "mask": mask}])


def test_lateral_connections_settle_at_the_solution():
    """h = (I − V)⁻¹ x, the fixed point, after 80 steps to 1e-12, V's spectral radius being below ½."""
    network, x = Network([{"name": "lateral", "features": 4, "steps": 80}], 2, np.float64), example((4,))
    V = network.parameters["0.weight"]
    assert not np.diagonal(V).any()
    assert max(abs(np.linalg.eigvals(V))) < 0.5
    np.testing.assert_allclose(network.forward(x), np.linalg.solve(np.eye(4) - V, x.T).T, rtol=1e-12)


def test_lateral_inhibition_sharpens_an_edge():
    """Hartline & Ratliff 1958: beside an edge the bright side is brighter and the dark side darker."""
    network = Network([{"name": "lateral", "features": 10, "steps": 30}], dtype=np.float64)
    V = network.parameters["0.weight"]
    V[...] = -0.2 * (abs(np.subtract.outer(range(10), range(10))) == 1)
    h = network.forward(np.array([[1.0] * 5 + [2.0] * 5]))[0]
    assert h[4] < h[3]
    assert h[5] > h[6]


def test_lateral_gradients_are_autograd_s():
    """Of the settling written in torch, to 1e-12."""
    network, x = prepared({"name": "lateral", "features": 4, "steps": 5}), example((4,))
    V = torch.from_numpy(network.parameters["0.weight"].copy()).requires_grad_()
    theirs = torch.from_numpy(x).requires_grad_()
    off = V * (1 - torch.eye(4, dtype=V.dtype))
    h = theirs
    for _ in range(5):
        h = theirs + h @ off.T
    c = RNG.standard_normal(x.shape)
    h.backward(torch.from_numpy(c))
    np.testing.assert_allclose(network.forward(x), h.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(network.backward(c, inputs=True), theirs.grad.numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(network.gradients["0.weight"], V.grad.numpy(), rtol=1e-12, atol=1e-13)


# ---- refusals


@pytest.mark.parametrize(
    ("entry", "shape", "sentence"),
    [
        (CASES[0][0], (2, 5), "a dense layer of 3 inputs got examples of shape (5,)"),
        ({"name": "lateral", "features": 4}, (2, 3), "lateral connections of 4 units got examples of (3,)"),
        ({"name": "maxout", "dim": 1}, (2,), "maxout along axis 1 got examples of shape ()"),
        ({"name": "maxout"}, (2, 5), "maxout of 2 pieces needs features in multiples of 2; there are 5"),
        ({"name": "prelu", "num_parameters": 3}, (2, 4), "prelu of 3 slopes got examples of shape (4,)"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(entry, shape, sentence):
    with pytest.raises(UsageError) as error:
        Network([{"name": "identity"}, entry]).forward(np.zeros(shape))
    assert str(error.value) == f"layer 1: {sentence}"


@pytest.mark.parametrize("p", [1, -0.1, "a"])
def test_p_outside_0_1_is_refused(p):
    with pytest.raises(UsageError, match=r"^layer 0, dropout: p must be a number at least 0 and below 1"):
        Network([{"name": "dropout", "p": p}])
