"""B1: the fully connected layer."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.nn.dense import Dense
from gradatim.nn.initialise import initialise


def dense(*arguments, seed=0, **how):
    return initialise(Dense(*arguments, **how).double(), seed)


@pytest.mark.parametrize("shape", [(5, 3), (5, 2, 3), (1, 4, 2, 3), (0, 3), (3,)])
def test_dense_is_w_x_plus_b(shape):
    """Against NumPy in double precision, to 1e-14."""
    layer = dense(3, 4)
    torch.nn.init.normal_(layer.bias, generator=torch.Generator().manual_seed(0))
    x = np.random.default_rng(0).standard_normal(shape)
    expected = x @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
    np.testing.assert_allclose(layer(torch.from_numpy(x)).detach().numpy(), expected, rtol=1e-13, atol=1e-14)


def test_without_a_bias():
    layer = dense(3, 4, bias=False)
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert layer(torch.zeros(2, 3, dtype=torch.float64)).abs().max() == 0


def test_a_composition_of_linear_layers_is_linear():
    """B1: V(W x + b) + c = (V W) x + (V b + c), one layer; with an activation between it is not."""
    first, second = dense(3, 5, seed=1), dense(5, 2, seed=2)
    torch.nn.init.normal_(first.bias, generator=torch.Generator().manual_seed(1))
    one = dense(3, 2)
    with torch.no_grad():
        one.weight.copy_(second.weight @ first.weight)
        one.bias.copy_(second.weight @ first.bias + second.bias)
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((50, 3)))
    torch.testing.assert_close(second(first(x)), one(x), rtol=1e-13, atol=1e-14)
    assert (second(torch.relu(first(x))) - one(x)).abs().max() > 0.1


def test_gradients_are_those_of_the_equations():
    """∂L/∂W = Σ δ xᵀ, ∂L/∂b = Σ δ, ∂L/∂x = Wᵀ δ, to 1e-14."""
    layer, rng = dense(3, 4), np.random.default_rng(2)
    x = torch.from_numpy(rng.standard_normal((6, 3))).requires_grad_()
    delta = torch.from_numpy(rng.standard_normal((6, 4)))
    layer(x).backward(delta)
    torch.testing.assert_close(layer.weight.grad, delta.T @ x.detach(), rtol=1e-13, atol=1e-14)
    torch.testing.assert_close(layer.bias.grad, delta.sum(0), rtol=1e-13, atol=1e-14)
    torch.testing.assert_close(x.grad, delta @ layer.weight.detach(), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"in_features": 0, "out_features": 1}, "in_features must be a whole number of at least 1; it is 0"),
        (
            {"in_features": 2, "out_features": 2.0},
            "out_features must be a whole number of at least 1; it is 2.0",
        ),
        (
            {"in_features": 2, "out_features": 1, "init": "he"},
            "unknown initialiser 'he': did you mean he_uniform",
        ),
    ],
)
def test_what_cannot_be_made_is_refused(arguments, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        Dense(**arguments)


def test_examples_of_another_width_are_refused():
    with pytest.raises(UsageError, match=r"^a dense layer of 3 inputs got examples of shape \(2, 4\)$"):
        Dense(3, 1)(torch.zeros(5, 2, 4))
