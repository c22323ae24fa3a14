"""D1, D5–D10: layers that look through windows against torch, over swept shapes, in float64 to 1e-12."""

from itertools import product
from math import prod

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError

OPERATORS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d}


def network(name, **how):
    return Network([{"name": name, **how}], seed=2, dtype=np.float64)


def close(ours, theirs):
    theirs = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else theirs
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@st.composite
def convolutions(draw):
    """An entry, the shape of a batch, and a seed."""
    axes, groups = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    per_axis = {key: st.tuples(*[st.integers(low, high)] * axes) for key, low, high in
                (("kernel_size", 1, 3), ("stride", 1, 3), ("padding", 0, 2), ("dilation", 1, 2))}  # fmt: skip
    how = {key: draw(value) for key, value in per_axis.items()}
    entry = {
        "name": f"conv{axes}d", "in_channels": groups * draw(st.integers(1, 2)), "groups": groups,
        "out_channels": groups * draw(st.integers(1, 2)), "bias": draw(st.booleans()), **how,
    }  # fmt: skip
    least = [max((f - 1) * d + 1 - 2 * p, 1) for f, d, p in zip(
        how["kernel_size"], how["dilation"], how["padding"], strict=True)]  # fmt: skip
    shape = [n + draw(st.integers(0, 4)) for n in least]
    return entry, (draw(st.integers(1, 4)), entry["in_channels"], *shape), draw(st.integers(0, 2**32 - 1))


@settings(max_examples=150)
@given(convolutions())
def test_convolutions_of_every_shape(case):
    entry, shape, seed = case
    rng, one = np.random.default_rng(seed), Network([entry], seed=1, dtype=np.float64)
    x = rng.standard_normal(shape)
    state = {name: torch.from_numpy(value).requires_grad_() for name, value in one.state_dict().items()}
    theirs = torch.from_numpy(x).requires_grad_()
    y = OPERATORS[len(shape) - 2](
        theirs, state["0.weight"], state.get("0.bias"), entry["stride"], entry["padding"], entry["dilation"],
        entry["groups"],
    )  # fmt: skip
    close(one.forward(x, training=True), y)
    c = rng.standard_normal(tuple(y.shape))
    y.backward(torch.from_numpy(c))
    close(one.backward(c, inputs=True), theirs.grad)
    for name, value in state.items():
        close(one.gradients[name], value.grad)


@settings(max_examples=100)
@given(
    st.tuples(st.integers(1, 7), st.integers(1, 7)), st.integers(1, 3), st.integers(1, 4), st.integers(0, 1),
    st.booleans(), st.booleans(), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_poolings_of_every_shape(size, f, s, p, ceil, counted, seed):
    if 2 * p > f or min(size) + 2 * p < f:
        return
    rng = np.random.default_rng(seed)
    x = np.round(rng.standard_normal((3, 2, *size)), 1)  # ties occur
    how = {"kernel_size": f, "stride": s, "padding": p, "ceil_mode": ceil}
    theirs = torch.from_numpy(x).requires_grad_()
    for name, y in (
        ("max_pool2d", F.max_pool2d(theirs, f, s, p, 1, ceil)),
        ("avg_pool2d", F.avg_pool2d(theirs, f, s, p, ceil, counted)),
    ):
        one = network(name, **how, **({"count_include_pad": counted} if name == "avg_pool2d" else {}))
        close(one.forward(x, training=True), y)
        c = rng.standard_normal(tuple(y.shape))
        theirs.grad = None
        y.backward(torch.from_numpy(c))
        close(one.backward(c, inputs=True), theirs.grad)


# ---- true convolution


def test_d1_true_convolution_and_correlation_by_hand():
    x, h = np.arange(1.0, 10).reshape(1, 1, 3, 3), np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    expected = {
        "true_conv2d": [[-13, -20, -17], [-18, -24, -18], [13, 20, 17]],
        "conv2d": [[13, 20, 17], [18, 24, 18], [-13, -20, -17]],
    }
    for name, maps in expected.items():
        one = network(name, in_channels=1, out_channels=1, kernel_size=3, padding=1, bias=False)
        one.theta[...] = h.ravel()
        assert one.forward(x)[0, 0].tolist() == maps


@pytest.mark.parametrize("axes", [1, 2])
def test_true_convolution_is_numpy_s_and_the_transpose_of_correlation(axes):
    """y = x ∗ h, full; and by torch's transposed operator, which is Σ_i x[i] h[m − i] as it stands."""
    rng = np.random.default_rng(axes)
    x, h = rng.standard_normal((2, 1, *[6, 5][:axes])), rng.standard_normal((1, 1, *[3, 4][:axes]))
    pads = [f - 1 for f in h.shape[2:]]
    one = network(f"true_conv{axes}d", in_channels=1, out_channels=1, kernel_size=h.shape[2:], padding=pads,
                  bias=False)  # fmt: skip
    one.theta[...] = h.ravel()
    y = one.forward(x)
    close(y, TRANSPOSED[axes](torch.from_numpy(x), torch.from_numpy(h)))
    if axes == 1:
        close(y[1, 0], np.convolve(x[1, 0], h[0, 0]))


def test_true_convolution_commutes():
    """x ∗ h = h ∗ x, which correlation does not."""
    rng = np.random.default_rng(0)
    x, h = rng.standard_normal((4, 5)), rng.standard_normal((3, 2))

    def full(name, a, b):
        one = network(name, in_channels=1, out_channels=1, kernel_size=b.shape, bias=False,
                      padding=[n - 1 for n in b.shape])  # fmt: skip
        one.theta[...] = b.ravel()
        return one.forward(a[None, None])[0, 0]

    close(full("true_conv2d", x, h), full("true_conv2d", h, x))
    assert not np.allclose(full("conv2d", x, h), full("conv2d", h, x))


# ---- local response normalisation, local connections, batch normalisation


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 3), (2, 6, 3, 4)])
def test_local_response_normalisation_is_torch_s_with_alpha_divided(size, shape):
    rng = np.random.default_rng(size)
    x, c = 3 * rng.standard_normal(shape), rng.standard_normal(shape)
    how = {"alpha": 0.7, "beta": 0.6, "k": 1.3}
    one = network("local_response_norm", size=size, divide=True, **how)
    theirs = torch.from_numpy(x).requires_grad_()
    y = F.local_response_norm(theirs if len(shape) > 2 else theirs[..., None], size, **how)
    y = y.reshape(shape)
    close(one.forward(x, training=True), y)
    y.backward(torch.from_numpy(c))
    close(one.backward(c, inputs=True), theirs.grad)
    plain = network("local_response_norm", size=size, alpha=0.7 / size, beta=0.6, k=1.3)
    close(plain.forward(x), y)


def test_local_response_normalisation_by_the_paper_s_numbers():
    """k = 2, n = 5, α = 1e-4, β = 0.75: one channel of 100 among zeros is 100/(2 + 1)^0.75."""
    a = np.zeros((1, 7, 1))
    a[0, 3, 0] = 100
    b = network("local_response_norm").forward(a)
    assert b[0, 3, 0] == pytest.approx(100 / 3**0.75, rel=1e-14)
    torch_s = network("local_response_norm", divide=True).forward(a)
    assert torch_s[0, 3, 0] == pytest.approx(100 / 2.2**0.75, rel=1e-14)


def test_a_locally_connected_layer_is_dense_layers_side_by_side():
    one = network("locally_connected2d", in_channels=2, out_channels=3, in_size=[4, 5], kernel_size=[3, 2],
                  stride=[1, 2])  # fmt: skip
    one.theta += 0.1
    x = np.random.default_rng(0).standard_normal((3, 2, 4, 5))
    y = one.forward(x)
    W, b = one.parameters["0.weight"], one.parameters["0.bias"].reshape(3, 2, 2)
    for m, n in product(range(2), range(2)):
        seen = x[:, :, m : m + 3, 2 * n : 2 * n + 2].reshape(3, -1)
        close(y[:, :, m, n], seen @ W[m, n].reshape(3, -1).T + b[:, m, n])


def test_batch_normalisation_evaluates_with_what_it_remembers():
    """After three batches; the gradient then is γ g/√(σ² + ε), by autograd, to 1e-12."""
    from gradatim.nn.batch_norm import BatchNorm

    rng, one, theirs = np.random.default_rng(0), network("batch_norm", num_features=3), BatchNorm(3).double()
    for _ in range(3):
        x = 2 + rng.standard_normal((5, 3, 2, 2))
        close(one.forward(x, training=True), theirs(torch.from_numpy(x)))
    inputs = torch.from_numpy(x).requires_grad_()
    y, c = theirs.eval()(inputs), rng.standard_normal(x.shape)
    close(one.forward(x), y)
    y.backward(torch.from_numpy(c))
    close(one.backward(c, inputs=True), inputs.grad)
    assert one.memory["0.num_batches_tracked"] == 3
    assert one.memory["0.running_mean"] == pytest.approx(theirs.running_mean.numpy(), rel=1e-14)


def test_a_batch_is_normalised():
    x = 5 + 3 * np.random.default_rng(0).standard_normal((40, 2, 6))
    y = network("batch_norm", num_features=2, eps=1e-12).forward(x, training=True)
    np.testing.assert_allclose(y.mean((0, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var((0, 2)), 1, rtol=1e-10)


# ---- refusals


@pytest.mark.parametrize(
    ("entry", "shape", "sentence"),
    [
        ({"name": "conv2d", "in_channels": 3, "out_channels": 4, "kernel_size": 5}, (1, 3, 4, 9),
         "conv2d with a window of 5×5 needs examples of at least 5×5; these are 4×9"),
        ({"name": "conv2d", "in_channels": 3, "out_channels": 4, "kernel_size": 5}, (1, 1, 8, 8),
         "conv2d of 3 channels got examples of shape (1, 8, 8)"),
        ({"name": "conv1d", "in_channels": 3, "out_channels": 4, "kernel_size": 5}, (1, 3, 8, 8),
         "conv1d takes batches (N, channels, length); examples of shape (3, 8, 8) are not that"),
        ({"name": "conv2d", "in_channels": 3, "out_channels": 4, "kernel_size": 5, "groups": 2}, None,
         "conv2d with 2 groups needs channels in multiples of 2; there are 3 in and 4 out"),
        ({"name": "max_pool2d", "kernel_size": 3}, (1, 1, 2, 8),
         "max_pool2d with a window of 3×3 needs examples of at least 3×3; these are 2×8"),
        ({"name": "max_pool2d", "kernel_size": 3, "padding": 2}, None,
         "max_pool2d: padding must be at most half of the window (3, 3); it is (2, 2)"),
        ({"name": "batch_norm", "num_features": 3}, (2, 4),
         "batch_norm of 3 channels got examples of shape (4,)"),
        ({"name": "batch_norm", "num_features": 3}, (1, 3, 1, 1),
         "batch_norm needs more than one number per channel while training; it got one: "
         "let every batch hold two examples or more"),
        ({"name": "locally_connected1d", "in_channels": 1, "out_channels": 1, "in_size": 5, "kernel_size": 2},
         (1, 1, 6), "locally_connected1d for examples of 5 got examples of 6"),
        ({"name": "global_avg_pool"}, (2, 3),
         "pooling over all of a picture takes batches (N, channels, …); examples of shape (3,) are not that"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(entry, shape, sentence):
    with pytest.raises(UsageError) as error:
        Network([entry]).forward(np.zeros(shape), training=True)
    assert str(error.value) == f"layer 0: {sentence}"


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "conv2d", "in_channels": 2, "out_channels": 4, "kernel_size": [3, 2], "stride": 2,
         "groups": 2, "padding": "same", "bias": False},
        {"name": "conv1d", "in_channels": 2, "out_channels": 4, "kernel_size": 3, "padding": 1,
         "dilation": 2},
        {"name": "max_pool2d", "kernel_size": 3, "stride": 2, "ceil_mode": True},
        {"name": "sum_pool1d", "kernel_size": 2},
    ],
)  # fmt: skip
def test_a_layer_says_what_it_is_as_its_torch_twin_does(entry):
    from gradatim.models.building import build

    assert repr(Network([entry]).layers[0]) == repr(build({"name": "stack", "layers": [entry]})[0])


# ---- memory


CNN = [
    {"name": "conv2d", "in_channels": 1, "out_channels": 3, "kernel_size": 3, "padding": 1},
    {"name": "batch_norm", "num_features": 3}, {"name": "leaky_relu"}, {"name": "dropout", "p": 0.3},
    {"name": "max_pool2d", "kernel_size": 2}, {"name": "local_response_norm", "alpha": 0.1},
    {"name": "conv2d", "in_channels": 3, "out_channels": 4, "kernel_size": 2, "stride": 2},
    {"name": "prelu", "num_parameters": 4}, {"name": "avg_pool2d", "kernel_size": 2, "ceil_mode": True},
    {"name": "flatten"}, {"name": "dense", "in_features": 4, "out_features": 2},
]  # fmt: skip


def test_batch_sizes_and_picture_sizes_may_alternate():
    """Every pass gives what a fresh network gives: buffers hold no history."""
    rng, one = np.random.default_rng(0), Network(CNN, 1, np.float64)
    state = one.state_dict()
    for step, n in enumerate([4, 4, 2, 4, 1, 9, 4]):
        x, c = rng.standard_normal((n, 1, 8, 8)), rng.standard_normal((n, 2))
        one.forward(rng.standard_normal((30, 1, 8, 8)))
        results = []
        for each in (one, Network(CNN, 1, np.float64)):
            each.load_state_dict(state)
            each.place(0, step)
            each.forward(x, training=True)
            results.append((each.backward(c, inputs=True), each.gradient.copy()))
        for ours, theirs in zip(*results, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    conv = Network(CNN[:1], 1, np.float64)
    for size in ((8, 8), (5, 9), (8, 8)):
        x = rng.standard_normal((2, 1, *size))
        np.testing.assert_array_equal(conv.forward(x), Network(CNN[:1], 1, np.float64).forward(x))


def test_many_pictures_go_through_in_pieces():
    one = Network(CNN, 1, np.float64)
    x = np.random.default_rng(0).standard_normal((150, 1, 8, 8))
    np.testing.assert_allclose(one.outputs(x), one.forward(x), rtol=1e-12, atol=1e-14)
    assert one.outputs(x[:0]).shape == (0, 2)


def test_the_order_in_which_numbers_lie_changes_nothing():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((4, 1, 8, 8))
    for order in ((0, 1, 2, 3), (1, 2, 3, 0), (3, 2, 1, 0)):
        laid = np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
        one = Network(CNN, 1, np.float64)
        one.place(0, 0)
        y = one.forward(laid, training=True)
        one.backward(np.ones_like(y))
        results = (y.copy(), one.gradient.copy())
        if order == (0, 1, 2, 3):
            expected = results
        for ours, theirs in zip(results, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_running_numbers_are_saved_copied_and_no_part_of_theta():
    import copy

    one = Network(CNN, 1, np.float64)
    assert sum(value.size for value in one.parameters.values()) == one.theta.size
    one.forward(np.random.default_rng(0).standard_normal((4, 1, 8, 8)), training=True)
    state = one.state_dict()
    assert {name for name in state if "running" in name or "tracked" in name} == set(one.memory)
    twin = copy.deepcopy(one)
    for name, value in state.items():
        np.testing.assert_array_equal(twin.state_dict()[name], value)
    twin.memory["1.running_mean"][...] = 7
    assert not (one.memory["1.running_mean"] == 7).any()
    assert twin.layers[1].memory["running_mean"][0] == 7
    kept = Network(CNN, 1, np.float32)
    assert kept.memory["1.running_var"].dtype == np.float32
    assert kept.memory["1.num_batches_tracked"].dtype == np.int64
    assert prod(kept.memory["1.num_batches_tracked"].shape) == 1
