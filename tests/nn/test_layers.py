"""B2: PReLU and activations as layers; flatten."""

import pytest
import torch

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.nn.activation import Activation
from gradatim.nn.flatten import Flatten
from gradatim.nn.prelu import PReLU

Z = torch.tensor([[-2.0, 0.0, 3.0], [1.0, -1.0, -4.0]], dtype=torch.float64)


def test_prelu_learns_its_slope():
    """g = z or a z; ∂g/∂a = min(z, 0), ∂g/∂z = 1 or a, at the kink a (He et al. 2015, eq. 1 and 8)."""
    layer, z = PReLU().double(), Z.clone().requires_grad_()
    assert layer.weight.tolist() == [0.25]
    layer(z).sum().backward()
    assert z.grad is not None
    assert layer.weight.grad is not None
    assert layer(Z).tolist() == [[-0.5, 0, 3], [1, -0.25, -1]]
    assert z.grad.tolist() == [[0.25, 0.25, 1], [1, 0.25, 0.25]]
    assert layer.weight.grad.tolist() == [-2 - 1 - 4]


def test_prelu_of_one_slope_a_feature():
    layer = PReLU(3).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([0.1, 0.2, 0.5]))
    torch.testing.assert_close(layer(Z), torch.tensor([[-0.2, 0, 3], [1, -0.2, -2.0]], dtype=Z.dtype))


def test_prelu_refuses_no_slope():
    with pytest.raises(UsageError, match="num_parameters must be a whole number of at least 1; it is 0"):
        PReLU(0)


@pytest.mark.parametrize("row", catalog.entries("activation"), ids=lambda row: row.name)
def test_an_activation_as_a_layer_is_its_function(row):
    z = torch.randn(3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    layer = Activation(row.name)
    assert torch.equal(layer(z), row.load()(z))
    assert not list(layer.parameters())
    assert row.name in repr(layer)


def test_an_activation_keeps_its_arguments():
    layer = Activation("leaky_relu", negative_slope=0.5)
    assert layer(Z).tolist() == [[-1, 0, 3], [1, -0.5, -2]]
    assert repr(layer) == "Activation(leaky_relu, negative_slope=0.5)"


def test_an_unknown_activation_is_refused():
    with pytest.raises(UsageError, match="unknown activation 'rleu': did you mean relu"):
        Activation("rleu")


def test_flatten_keeps_examples_and_order():
    x = torch.arange(24).reshape(2, 3, 2, 2)
    assert Flatten()(x).tolist() == [list(range(12)), list(range(12, 24))]
    assert Flatten()(x.reshape(2, 12)).shape == (2, 12)
