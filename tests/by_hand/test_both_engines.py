"""What a layer does with any input, it does in both engines: the same numbers, or the same sentence."""

import json

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import TWINS
from gradatim.checks import UsageError
from gradatim.models.building import build

OVER_TIME = {"rnn", "lstm", "coupled_lstm", "gru", "jordan"}
WINDOW = {"kernel_size": 3, "stride": 2, "padding": 1}
LAYERS = {  # arguments, and the shape of an example that fits
    "dense": ({"in_features": 3, "out_features": 4}, (3,)),
    "masked_dense": ({"mask": [[1, 0, 1], [0, 1, 1]]}, (3,)),
    "embedding": ({"in_features": 6, "columns": [[1, 3, 3], [4, 6, 1]]}, (6,)),
    "mean_of_members": ({"in_features": 4, "mean": "softmax", "members": [
        {"layers": [{"name": "dense", "in_features": 4, "out_features": 2}]},
        {"columns": [[1, 3]], "layers": [{"name": "dense", "in_features": 2, "out_features": 2}]},
    ]}, (4,)),
    "lateral": ({"features": 4, "steps": 2}, (4,)),
    "multi_head_attention": ({"embed_dim": 2, "num_heads": 2, "causal": True}, (3, 2)),
    "transformer_block": ({"embed_dim": 2, "num_heads": 2, "norm": "after"}, (3, 2)),
    "flatten": ({}, (2, 3)),
    "dropout": ({"p": 0.5}, (3,)),
    "dropout_2012": ({"p": 0.5}, (3,)),
    "corruption": ({"kind": "salt_and_pepper", "amount": 0.5}, (3,)),
    "prelu": ({"num_parameters": 3}, (3, 2)),
    "maxout": ({"pieces": 2, "dim": 1}, (6, 2)),
    "leaky_relu": ({"negative_slope": 0.25}, (3,)),
    "elu": ({"alpha": 0.5}, (3,)),
    "celu": ({"alpha": 0.5}, (3,)),
    "softmax": ({"dim": 1}, (3, 2)),
    "log_softmax": ({"dim": -2}, (3, 2)),
    "gelu": ({"approximate": "tanh"}, (3,)),
    "conv1d": ({"in_channels": 2, "out_channels": 3, **WINDOW}, (2, 5)),
    "conv2d": ({"in_channels": 2, "out_channels": 4, "groups": 2, **WINDOW, "dilation": 1}, (2, 5, 4)),
    "conv3d": ({"in_channels": 1, "out_channels": 2, "kernel_size": [2, 1, 2]}, (1, 3, 2, 3)),
    "conv_transpose1d": ({"in_channels": 2, "out_channels": 3, **WINDOW, "output_padding": 1}, (2, 5)),
    "conv_transpose2d": ({"in_channels": 2, "out_channels": 4, "groups": 2, **WINDOW}, (2, 5, 4)),
    "conv_transpose3d": ({"in_channels": 1, "out_channels": 2, "kernel_size": [2, 1, 2]}, (1, 3, 2, 3)),
    "locally_connected1d": ({"in_channels": 2, "out_channels": 3, "in_size": 5, "kernel_size": 2}, (2, 5)),
    "locally_connected2d": ({"in_channels": 2, "out_channels": 2, "in_size": [4, 3], **WINDOW}, (2, 4, 3)),
    **{f"{kind}_pool{axes}d": ({**WINDOW, "ceil_mode": True}, (2, 4, 5, 3)[: axes + 1])
       for kind in ("max", "avg", "sum") for axes in (1, 2, 3) if (kind, axes) != ("sum", 3)},
    **{f"adaptive_{kind}_pool{axes}d": ({"output_size": [2, 3, None][:axes]}, (2, 4, 5, 3)[: axes + 1])
       for kind in ("max", "avg") for axes in (1, 2, 3)},
    **{f"global_{kind}_pool": ({}, (2, 3, 2)) for kind in ("max", "avg", "sum")},
    "batch_norm": ({"num_features": 3, "eps": 0.25, "momentum": 0.5}, (3, 2)),
    "layer_norm": ({"normalized_shape": [3, 2], "eps": 0.25}, (3, 2)),
    "rms_norm": ({"normalized_shape": [3, 2], "eps": 0.25}, (3, 2)),
    "group_norm": ({"num_groups": 3, "num_channels": 3, "eps": 0.25}, (3, 2)),
    "instance_norm": ({"num_features": 3, "eps": 0.25, "affine": True}, (3, 2)),
    "local_response_norm": ({"size": 3, "alpha": 0.5, "beta": 0.75, "k": 1.0}, (6, 2)),
}  # fmt: skip
PLAIN = {"prelu": ({}, (3,)), "maxout": ({}, (6,)), "softmax": ({}, (4,)), "log_softmax": ({}, (4,)),
         "gelu": ({}, (4,))}  # fmt: skip  # with their own arguments
ENTRIES = [
    *({"name": name, **arguments} for name, (arguments, _) in LAYERS.items()),
    *({"name": name, **arguments} for name, (arguments, _) in PLAIN.items()),
    *({"name": name} for name in catalog.names("activation") if name not in {*LAYERS, *PLAIN}),
    {"name": "batch_norm", "num_features": 3, "momentum": None},
    *(
        {
            "name": "conv2d",
            "in_channels": 2,
            "out_channels": 1,
            "kernel_size": 3,
            "padding": 2,
            "padding_mode": mode,
        }
        for mode in ("reflect", "replicate", "circular")
    ),
    {"name": "layer_norm", "normalized_shape": 2, "bias": False},
    {"name": "rms_norm", "normalized_shape": 2},
    {"name": "group_norm", "num_groups": 1, "num_channels": 3},
    {"name": "instance_norm", "num_features": 3},
    {"name": "avg_pool3d", "kernel_size": 4, "padding": 2, "count_include_pad": False},
    {"name": "avg_pool3d", "kernel_size": [3, 1, 2], "padding": [1, 0, 1], "stride": 1},
    {"name": "avg_pool2d", "kernel_size": 3, "padding": "same"},
]
SHAPES = [
    (), (1,), (3,), (0,), (2, 3), (4, 6), (0, 3), (2, 0), (3, 4), (1, 3), (2, 3, 1), (2, 3, 2), (2, 6, 5),
    (2, 2, 5), (2, 3, 0), (2, 0, 3), (0, 2, 5), (1, 3, 1), (1, 2, 4, 4), (2, 2, 4, 3), (2, 2, 5, 4),
    (0, 3, 4, 4), (2, 2, 1, 1), (2, 2, 4, 5, 3), (2, 3, 2, 2, 2), (2, 1, 3, 2, 3), (0, 1, 3, 2, 3),
    (1, 1, 1, 1, 1),
]  # fmt: skip
EACH = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])


def test_every_layer_of_both_engines_is_here():
    both = {*catalog.names("layer"), *catalog.names("activation")} & set(TWINS) - OVER_TIME
    assert {entry["name"] for entry in ENTRIES} == both


def in_torch(entry, x, training=False):
    """Outputs, ∂/∂x and ∂/∂θ of Σ outputs, and what the layer remembers."""
    layers = build({"name": "stack", "layers": [entry]}, 3, torch.float64).train(training)
    for layer in layers:
        if hasattr(layer, "place"):
            layer.place(5, "0", 7)
    theirs = torch.from_numpy(x.copy()).requires_grad_()
    y = layers(theirs)
    if y.requires_grad:
        y.sum().backward()
    zero = torch.zeros(())
    slopes = {name: zero + (zero if p.grad is None else p.grad) for name, p in layers.named_parameters()}
    dx = torch.zeros_like(theirs) if theirs.grad is None else theirs.grad
    memory = {name: value.numpy() for name, value in layers.named_buffers() if "mask" not in name}
    return y.detach().numpy(), dx.numpy(), {name: g.numpy() for name, g in slopes.items()}, memory


def by_hand(entry, x, training=False):
    network = Network([entry], 3, np.float64)
    network.place(5, 7)
    y = network.forward(x, training).copy()
    dx = network.backward(np.ones(y.shape), inputs=True)
    return y, dx, network.gradients, network.memory


def outcome(run, *given):
    try:
        return run(*given)
    except UsageError as error:
        return str(error)


@EACH
@pytest.mark.parametrize("training", [False, True])
def test_any_input_has_one_outcome(entry, training):
    """Float64, to 1e-12; errors of other kinds than UsageError fail here."""
    computed = 0
    for shape in SHAPES:
        x = np.random.default_rng(1).uniform(0.1, 2, shape)
        mine, other = outcome(by_hand, entry, x, training), outcome(in_torch, entry, x, training)
        if isinstance(mine, str) or isinstance(other, str):
            assert mine == other, shape
            continue
        computed += 1
        for a, b in zip(mine[:2], other[:2], strict=True):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12, err_msg=str(shape))
        for held, theirs in zip(mine[2:], other[2:], strict=True):
            assert held.keys() == theirs.keys()
            for name, value in held.items():
                np.testing.assert_allclose(
                    value, theirs[name], rtol=1e-12, atol=1e-12, err_msg=f"{shape} {name}"
                )
    assert computed


def shape_of(entry):
    known = {**{name: shape for name, (_, shape) in {**PLAIN, **LAYERS}.items()}}
    return {"avg_pool3d": (2, 3, 4, 3)}.get(entry["name"], known.get(entry["name"], (4,)))


@EACH
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("run", [in_torch, by_hand])
def test_no_example_gives_no_output_and_changes_nothing(entry, training, run):
    """The shape of the outputs, gradients of 0, and running numbers as they were."""
    shape = shape_of(entry)
    some, *_ = run(entry, np.ones((2, *shape)), training)
    y, dx, slopes, memory = run(entry, np.zeros((0, *shape)), training)
    assert y.shape == (0, *some.shape[1:])
    assert dx.shape == (0, *shape)
    assert not any(g.any() for g in slopes.values())
    fresh = Network([entry], 3, np.float64).memory
    assert all(np.array_equal(memory[name], value) for name, value in fresh.items())


@pytest.mark.parametrize("momentum", [0.1, None])
def test_an_empty_batch_between_two_is_as_if_it_had_not_been(momentum):
    """Otherwise the plain mean over all batches would count it."""
    x = np.random.default_rng(0).standard_normal((2, 8, 3))
    with_it = build({"name": "batch_norm", "num_features": 3, "momentum": momentum}, 0, torch.float64)
    without = build({"name": "batch_norm", "num_features": 3, "momentum": momentum}, 0, torch.float64)
    for batch in (x[0], x[0][:0], x[1]):
        with_it(torch.from_numpy(batch))
    for batch in x:
        without(torch.from_numpy(batch))
    for a, b in zip(with_it.buffers(), without.buffers(), strict=True):
        assert torch.equal(a, b)
    if momentum is None:
        np.testing.assert_allclose(with_it.running_mean.numpy(), x.mean((0, 1)), rtol=1e-12, atol=1e-15)


KINDS = {
    "NumPy's": lambda value: np.int64(value) if isinstance(value, int) else np.float32(value),
    "an array": np.array,
    "a tensor": torch.tensor,
    "a tensor of one in a row": lambda value: torch.tensor([value]),
}


def dressed(value, kind):
    """Arguments whose numbers are of another library; lists of them too."""
    if isinstance(value, dict):
        return {name: dressed(one, kind) for name, one in value.items()}
    if isinstance(value, list):
        return [dressed(one, kind) for one in value]
    return kind(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


@EACH
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_may_be_anyone_s(entry, kind):
    """The same layer from NumPy's numbers and from tensors of one; what it is described by is JSON."""
    other, x = dressed(entry, KINDS[kind]), np.random.default_rng(2).uniform(0.1, 1, (2, *shape_of(entry)))
    for run in (by_hand, in_torch):
        np.testing.assert_array_equal(run(entry, x)[0], run(other, x)[0])
    assert json.loads(json.dumps(build(other).description)) == build(entry).description
    assert Network([other]).entries == [entry]
    module = catalog.find(
        entry["name"], "layer" if entry["name"] in catalog.names("layer") else "activation"
    ).load()
    if entry["name"] in catalog.names("layer"):  # made by its own constructor, too
        arguments = {name: value for name, value in other.items() if name != "name"}
        made, plain = module(**arguments), module(**{n: v for n, v in entry.items() if n != "name"})
        assert [tuple(p.shape) for p in made.parameters()] == [tuple(p.shape) for p in plain.parameters()]
        assert repr(made) == repr(plain)


@pytest.mark.parametrize("sizes", [np.array([2, 1]), torch.tensor([2, 1]), (np.int8(2), 1)])
def test_sizes_in_an_array(sizes):
    plain = {"name": "conv2d", "in_channels": 1, "out_channels": 2, "kernel_size": [2, 1]}
    x = np.random.default_rng(2).standard_normal((2, 1, 4, 4))
    for run in (by_hand, in_torch):
        np.testing.assert_array_equal(run({**plain, "kernel_size": sizes}, x)[0], run(plain, x)[0])
