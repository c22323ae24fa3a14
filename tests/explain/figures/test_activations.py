"""What is drawn of activations is what autograd says of them."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.explain.figures.activations import activation_names, activation_panel
from gradatim.functional import activations as torch_activations

SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "gelu", "silu", "mish", "celu", "softsign")


def by_autograd(name, z, **arguments):
    z = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    if name == "prelu":
        h = torch.nn.functional.prelu(z, torch.tensor([0.25], dtype=torch.float64))
    elif name == "softmax":
        h = torch.softmax(torch.stack([z, torch.zeros_like(z), torch.zeros_like(z)], 1), 1)[:, 0]
    elif name == "log_softmax":
        h = torch.log_softmax(torch.stack([z, torch.zeros_like(z), torch.zeros_like(z)], 1), 1)[:, 0]
    elif name == "maxout":
        h = torch.stack([z, torch.ones_like(z)], 1).amax(1)
    else:
        h = getattr(torch_activations, name)(z, **arguments)
    if not h.requires_grad:  # step
        return h.numpy(), np.zeros(len(z))
    return h.detach().numpy(), torch.autograd.grad(h.sum(), z)[0].numpy()


@pytest.mark.parametrize("name", activation_names())
def test_values_and_derivatives_are_those_of_autograd(name):
    panel = activation_panel(name)
    value, derivative = panel.lines[:2]
    there = np.isfinite(value.y)
    h, d = by_autograd(name, value.x[there])
    np.testing.assert_allclose(value.y[there], h, atol=1e-9)
    np.testing.assert_allclose(derivative.y[there], d, atol=1e-7)
    assert value.x[0] == -6 and value.x[-1] == 6
    for place, slope in panel.filled:
        assert slope == pytest.approx(by_autograd(name, [place])[1][0], abs=1e-12)


def test_kinks_are_where_the_slope_jumps_and_their_convention_is_said():
    kinks = {name: activation_panel(name).filled for name in activation_names()}
    assert {name for name in kinks if kinks[name]} == {
        "step",
        "relu",
        "leaky_relu",
        "prelu",
        "selu",
        "maxout",
        "hard_sigmoid",
        "hard_swish",
    }
    assert kinks["hard_sigmoid"] == [(-3.0, 0.0), (3.0, 0.0)]
    assert kinks["hard_swish"] == [(-3.0, 0.0), (3.0, 1.0)]
    assert kinks["relu"] == [(0.0, 0.0)] and kinks["leaky_relu"] == [(0.0, 0.01)]
    assert kinks["maxout"] == [(1.0, 0.5)]
    assert "g′(0) = 1.758 at the kink" in activation_panel("selu").notes
    assert activation_panel("elu", {"alpha": 2.0}).filled == [(0.0, 2.0)]
    assert activation_panel("relu").hollow == [(0.0, 1.0)]


def test_the_saturated_region_is_where_the_derivative_is_below_a_hundredth():
    # σ′ = σ(1 − σ) = 0.01 and 1 − tanh² = 0.01, solved
    ends = {"sigmoid": np.log((1 + np.sqrt(0.96)) / (1 - np.sqrt(0.96))), "tanh": np.arctanh(np.sqrt(0.99))}
    for name, end in ends.items():
        (low, left), (right, high) = activation_panel(name).shaded
        assert (low, high) == (-6, 6)
        assert left == pytest.approx(-end, abs=2e-3) and right == pytest.approx(end, abs=2e-3)
    assert activation_panel("identity").shaded == [] and activation_panel("step").shaded == [(-6, 6)]
    assert activation_panel("leaky_relu", {"negative_slope": 0.2}).shaded == []


def test_arguments_are_the_layer_s():
    panel = activation_panel("leaky_relu", {"negative_slope": 0.5})
    assert panel.lines[0].y[0] == -3 and "a = 0.5; g′(0) = 0.5 at the kink" in panel.notes
    assert activation_panel("maxout", {"pieces": 3}).lines[0].y[0] == 1
    with pytest.raises(UsageError, match="tanh cannot be made with"):
        activation_panel("tanh", {"alpha": 1.0})
