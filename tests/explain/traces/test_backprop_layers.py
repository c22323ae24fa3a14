"""B5: a batch in matrices; every gradient is autograd's, and the mean over the examples."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.explain.traces.backprop_layers import UNITS, backprop_layers

FUNCTIONS = {"identity": lambda z: z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
RNG = np.random.default_rng(0)
SIZES = {"x": (3, 5), "W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1), "y": (2, 5)}


@pytest.mark.parametrize("activation", UNITS)
def test_gradients_and_update_are_autograd_s(activation):
    given = {name: RNG.normal(size=shape) for name, shape in SIZES.items()}
    p = {name: torch.tensor(value, requires_grad=name not in "xy") for name, value in given.items()}
    output = p["W2"] @ FUNCTIONS[activation](p["W1"] @ p["x"] + p["b1"]) + p["b2"]
    loss = ((output - p["y"]) ** 2).sum() / (2 * 5)
    loss.backward()
    trace = backprop_layers(**{n: v.tolist() for n, v in given.items()}, activation=activation, lr=0.5)
    assert trace.table("The loss").column("before") == [pytest.approx(loss.item(), rel=1e-12)]
    for name in ("W1", "b1", "W2", "b2"):
        gradient = p[name].grad.numpy()
        np.testing.assert_allclose(trace.table(f"∂L/∂{name}").rows, gradient, rtol=1e-12, atol=1e-14)
        new = given[name] - 0.5 * gradient
        np.testing.assert_allclose(trace.table(f"new {name}").rows, new, rtol=1e-12, atol=1e-14)


def test_the_batch_s_gradient_is_the_mean_of_its_examples():
    whole = backprop_layers()
    apart = [backprop_layers(x=[[a], [b]], y=[[t]]) for a, b, t in ((1, 0, 1), (0, 1, 0), (2, -1, 1))]
    for caption in ("∂L/∂W1", "∂L/∂b1", "∂L/∂W2", "∂L/∂b2"):
        mean = np.mean([one.table(caption).rows for one in apart], 0)
        np.testing.assert_allclose(whole.table(caption).rows, mean, atol=1e-15)


def test_what_does_not_fit_is_named():
    with pytest.raises(UsageError, match=r"W1 must have 2 rows of 1 here; it is \(2, 2\)"):
        backprop_layers(x=[[1, 2, 3]])
    with pytest.raises(UsageError, match=r"y must have 1 rows of 3 here; it is \(1, 2\)"):
        backprop_layers(y=[[1, 2]])
    with pytest.raises(UsageError, match="at most 8 rows and columns"):
        backprop_layers(x=[list(range(9))] * 2)
    with pytest.raises(UsageError, match="unknown activation 'swish'"):
        backprop_layers(activation="swish")
