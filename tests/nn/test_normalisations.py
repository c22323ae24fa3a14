"""D10: layer, RMS, group and instance normalisation against torch's modules, and by what defines each."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.group_norm import GroupNorm
from gradatim.nn.instance_norm import InstanceNorm
from gradatim.nn.layer_norm import LayerNorm
from gradatim.nn.rms_norm import RMSNorm

CASES = [
    (LayerNorm, nn.LayerNorm, {"normalized_shape": 4}, (6, 3, 4)),
    (LayerNorm, nn.LayerNorm, {"normalized_shape": [3, 4], "eps": 1e-3}, (6, 3, 4)),
    (LayerNorm, nn.LayerNorm, {"normalized_shape": 4, "bias": False}, (6, 4)),
    (LayerNorm, nn.LayerNorm, {"normalized_shape": 4, "elementwise_affine": False}, (6, 2, 3, 4)),
    (RMSNorm, nn.RMSNorm, {"normalized_shape": 4}, (6, 3, 4)),
    (RMSNorm, nn.RMSNorm, {"normalized_shape": (3, 4), "eps": 1e-3}, (6, 3, 4)),
    (RMSNorm, nn.RMSNorm, {"normalized_shape": 4, "elementwise_affine": False}, (6, 4)),
    (GroupNorm, nn.GroupNorm, {"num_groups": 2, "num_channels": 4}, (6, 4)),
    (GroupNorm, nn.GroupNorm, {"num_groups": 4, "num_channels": 4, "eps": 1e-3}, (6, 4, 3)),
    (GroupNorm, nn.GroupNorm, {"num_groups": 1, "num_channels": 4}, (6, 4, 3, 2)),
    (GroupNorm, nn.GroupNorm, {"num_groups": 2, "num_channels": 4, "affine": False}, (6, 4, 3, 2, 2)),
    (InstanceNorm, nn.InstanceNorm1d, {"num_features": 4}, (6, 4, 3)),
    (InstanceNorm, nn.InstanceNorm2d, {"num_features": 4, "affine": True, "eps": 1e-3}, (6, 4, 3, 2)),
    (InstanceNorm, nn.InstanceNorm3d, {"num_features": 4, "affine": True}, (6, 4, 3, 2, 2)),
]


@pytest.mark.parametrize(("our", "their", "arguments", "shape"), CASES)
def test_values_gradients_and_state_are_torch_s(our, their, arguments, shape):
    """In float64, with γ and β moved off 1 and 0; bit for bit."""
    ours, theirs = our(**arguments).double(), their(**arguments).double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, value in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value, rtol=0, atol=0)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter += torch.randn_like(parameter)
    ours.load_state_dict(theirs.state_dict())
    x, c = 3 + 2 * torch.randn(shape, dtype=torch.float64), torch.randn(shape, dtype=torch.float64)
    at, other = x.clone().requires_grad_(), x.clone().requires_grad_()
    y, expected = ours(at), theirs(other)
    torch.testing.assert_close(y, expected, rtol=0, atol=0)
    (y * c).sum().backward()
    (expected * c).sum().backward()
    torch.testing.assert_close(at.grad, other.grad, rtol=0, atol=0)
    for one, two in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one.grad, two.grad, rtol=0, atol=0)
    torch.testing.assert_close(ours.eval()(x), expected.detach(), rtol=0, atol=0)


def test_what_each_normalises_has_mean_0_and_variance_1():
    """To 1e-6, ε being 1e-12; RMS: mean square 1."""
    x = 5 + 3 * torch.randn(4, 6, 5, 5, dtype=torch.float64)
    rows = {
        "layer": LayerNorm([6, 5, 5], eps=1e-12, elementwise_affine=False)(x).reshape(4, -1),
        "group": GroupNorm(3, 6, eps=1e-12, affine=False)(x).reshape(12, -1),
        "instance": InstanceNorm(6, eps=1e-12)(x).reshape(24, -1),
    }
    for y in rows.values():
        torch.testing.assert_close(y.mean(1), torch.zeros(len(y), dtype=y.dtype), rtol=0, atol=1e-6)
        torch.testing.assert_close(
            y.var(1, correction=0), torch.ones(len(y), dtype=y.dtype), rtol=0, atol=1e-6
        )
    y = RMSNorm(5, eps=1e-12, elementwise_affine=False)(x)
    torch.testing.assert_close(y.square().mean(-1), torch.ones(4, 6, 5, dtype=y.dtype), rtol=0, atol=1e-6)


def test_examples_do_not_see_each_other():
    x = torch.randn(5, 4, 3, dtype=torch.float64)
    for layer in (LayerNorm(3), RMSNorm(3), GroupNorm(2, 4), InstanceNorm(4, affine=True)):
        layer = layer.double()
        torch.testing.assert_close(layer(x)[1:2], layer(x[1:2]), rtol=1e-14, atol=1e-15)


def test_a_group_norm_of_one_group_is_layer_norm_and_of_all_is_instance_norm():
    x = torch.randn(3, 4, 5, 2, dtype=torch.float64)
    one, each = GroupNorm(1, 4, affine=False), GroupNorm(4, 4, affine=False)
    torch.testing.assert_close(
        one(x), LayerNorm([4, 5, 2], elementwise_affine=False)(x), rtol=1e-12, atol=1e-14
    )
    torch.testing.assert_close(each(x), InstanceNorm(4)(x), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("entry", "shape", "sentence"),
    [
        ({"name": "layer_norm", "normalized_shape": 3}, (2, 4),
         "layer_norm over 3 got examples of shape (4,)"),
        ({"name": "rms_norm", "normalized_shape": [2, 3]}, (3, 3),
         "rms_norm over 2×3 got examples of shape (3,)"),
        ({"name": "group_norm", "num_groups": 2, "num_channels": 4}, (2, 3),
         "group_norm of 4 channels got examples of shape (3,)"),
        ({"name": "instance_norm", "num_features": 3}, (2, 3),
         "instance_norm of 3 channels got examples of shape (3,)"),
        ({"name": "instance_norm", "num_features": 3}, (2, 3, 1),
         "instance_norm needs more than one number per channel; it got one"),
    ],
)  # fmt: skip
def test_a_batch_that_does_not_fit_is_refused(entry, shape, sentence):
    with pytest.raises(UsageError) as error:
        build(entry)(torch.zeros(shape))
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"name": "layer_norm", "normalized_shape": []}, "normalized_shape must be one size or more"),
        ({"name": "layer_norm", "normalized_shape": "a"},
         "normalized_shape must be a whole number of at least 1"),
        ({"name": "rms_norm", "normalized_shape": 3, "eps": 0}, "eps must be a number above 0; it is 0"),
        ({"name": "group_norm", "num_groups": 3, "num_channels": 4},
         "group_norm of 3 groups needs channels in multiples of 3; there are 4"),
        ({"name": "instance_norm", "num_features": 0},
         "num_features must be a whole number of at least 1; it is 0"),
    ],
)  # fmt: skip
def test_arguments_are_refused_by_name(entry, sentence):
    with pytest.raises(UsageError, match=sentence):
        build(entry)


TRACKED = [
    (nn.InstanceNorm1d, {"num_features": 4, "track_running_stats": True}, (6, 4, 3)),
    (nn.InstanceNorm2d, {"num_features": 4, "track_running_stats": True, "affine": True, "momentum": 0.3},
     (6, 4, 3, 2)),
    (nn.InstanceNorm3d, {"num_features": 4, "track_running_stats": True, "momentum": 1.0, "eps": 1e-3},
     (5, 4, 3, 2, 2)),
    (nn.InstanceNorm2d, {"num_features": 4, "momentum": 0.3, "affine": True}, (6, 4, 3, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("their", "arguments", "shape"), TRACKED)
def test_running_numbers_of_instance_norm_are_torch_s_in_both_engines(their, arguments, shape):
    """Three batches of training, then evaluation: values, gradients, state; torch's bit for bit, by hand to
    1e-12."""
    ours, theirs = InstanceNorm(**arguments).double(), their(**arguments).double()
    network = Network([{"name": "instance_norm", **arguments}], 0, "float64")
    for step, training in enumerate((True, True, True, False, True, False)):
        rng = torch.Generator().manual_seed(step)
        x, c = (3 + 2 * torch.randn(shape, dtype=torch.float64, generator=rng) for _ in range(2))
        at, other = x.clone().requires_grad_(), x.clone().requires_grad_()
        y, expected = ours.train(training)(at), theirs.train(training)(other)
        torch.testing.assert_close(y, expected, rtol=0, atol=0)
        (y * c).sum().backward()
        (expected * c).sum().backward()
        torch.testing.assert_close(at.grad, other.grad, rtol=0, atol=0)
        np.testing.assert_allclose(network.forward(x.numpy(), training), y.detach(), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(network.backward(c.numpy(), True), at.grad, rtol=1e-10, atol=1e-12)
        assert ours.state_dict().keys() == theirs.state_dict().keys()
        for name, value in theirs.state_dict().items():
            torch.testing.assert_close(ours.state_dict()[name], value, rtol=0, atol=0)
            np.testing.assert_allclose(network.state_dict()[f"0.{name}"], value, rtol=1e-12)
    again = InstanceNorm(**arguments).double()
    again.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(again.eval()(x), theirs.eval()(x), rtol=0, atol=0)


def test_running_numbers_normalise_a_single_place_and_a_batch_without_examples_leaves_them():
    layer = InstanceNorm(2, track_running_stats=True)
    layer(torch.randn(4, 2, 5))
    before = layer.running_mean.clone()
    layer(torch.zeros(0, 2, 5))
    assert torch.equal(layer.running_mean, before)
    y = layer.eval()(torch.ones(3, 2, 1))
    torch.testing.assert_close(y[0, :, 0], (1 - before) / (layer.running_var + 1e-5).sqrt())
    with pytest.raises(UsageError, match="needs more than one number per channel"):
        layer.train()(torch.ones(3, 2, 1))
    with pytest.raises(UsageError, match="momentum must be"):
        InstanceNorm(2, momentum=-0.5)
