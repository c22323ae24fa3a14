"""The parts of claims against closed forms and against autograd."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.experiments.claims.depth import TASKS, parameters_of, width_for
from gradatim.experiments.claims.gradient_cost import differences, multiply_adds
from gradatim.experiments.claims.likelihood import spread, worst_coverage
from gradatim.experiments.claims.minibatch_noise import gradient_of
from gradatim.experiments.claims.remedies import shifted, with_wrong_labels
from gradatim.experiments.claims.universal_approximation import construct, function_of
from gradatim.experiments.claims.vanishing_gradients import gradient_norms
from gradatim.experiments.digits import digit_splits
from gradatim.models.building import build
from gradatim.models.mlp import mlp


def twins(layers):
    """A network by hand and torch's of the same weights, in float64."""
    network = Network(layers, seed=3, dtype=np.float64)
    module = build({"format": 1, "network": {"name": "stack", "layers": layers}}).double()
    module.load_state_dict({name: torch.from_numpy(value) for name, value in network.state_dict().items()})
    return network, module


def test_gradients_are_those_of_autograd():
    x, y = digit_splits(0, 40).train
    network, module = twins(mlp(64, 10, (7, 6), "sigmoid"))
    nn.functional.cross_entropy(module(torch.from_numpy(x)), torch.from_numpy(y)).backward()
    weights = [p.grad for name, p in module.named_parameters() if name.endswith("weight")]
    np.testing.assert_allclose(
        gradient_norms(network, (x, y)), [float(g.norm()) for g in weights], rtol=1e-10
    )
    whole = torch.cat([p.grad.flatten() for p in module.parameters()]).numpy()
    np.testing.assert_allclose(gradient_of(network, x, y), whole, atol=1e-12)
    chosen = np.arange(0, len(whole), 17)
    np.testing.assert_allclose(differences(network, (x, y), chosen)[0], whole[chosen], atol=1e-6)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("task", TASKS)
def test_parameters_are_those_of_the_network(task, depth):
    inputs, classes = TASKS[task]
    network = Network(mlp(inputs, classes, (9,) * depth), seed=0)
    assert parameters_of(depth, 9, inputs, classes) == network.theta.size
    width = width_for(depth, 2000, inputs, classes)
    off = [abs(parameters_of(depth, width + k, inputs, classes) - 2000) for k in (-1, 0, 1)]
    assert off[1] == min(off)


def test_multiply_adds_are_those_of_the_matrices():
    assert multiply_adds([64, 32, 10]) == (64 * 32 + 32 * 10, 64 * 32 + 2 * 32 * 10)


def test_the_polygon_goes_through_its_points():
    f = function_of(4)
    knots = np.linspace(0, 1, 17)
    np.testing.assert_allclose(construct(f, 16, "relu")(knots), f(knots), atol=1e-12)
    x = np.linspace(0, 1, 501)
    np.testing.assert_allclose(construct(f, 16, "relu")(x), np.interp(x, knots, f(knots)), atol=1e-12)


def test_both_staircases_are_one():
    f, x = function_of(1), np.linspace(0, 1, 301)
    sigmoid, tanh = (construct(f, 12, name)(x) for name in ("sigmoid", "tanh"))
    np.testing.assert_allclose(sigmoid, tanh, atol=1e-12)
    assert np.abs(f(x)).max() <= 1


def test_so_many_labels_are_wrong():
    y = np.arange(50) % 10
    assert (with_wrong_labels(y, 11, seed=5) != y).sum() == 11


def test_shifted_pictures():
    picture = np.zeros((1, 8, 8))
    picture[0, 3, 4] = 1
    moved, y = shifted(picture.reshape(1, 64), np.array([7]))
    places = {tuple(map(int, divmod(int(one.argmax()), 8))) for one in moved}
    assert places == {(3 + i, 4 + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    assert (moved.sum(1) == 1).all() and (y == 7).all()


def test_the_true_spread_covers_ninety_in_a_hundred():
    random = np.random.default_rng(0)
    x = random.uniform(0, 1, (200_000, 1))
    y = spread(x[:, 0]) * random.normal(size=len(x))
    true = np.stack([np.zeros(len(x)), 2 * np.log(spread(x[:, 0]))], 1)
    assert worst_coverage(true, (x, y)) < 0.003
    one = np.stack([np.zeros(len(x)), np.full(len(x), 2 * np.log(y.std()))], 1)
    assert worst_coverage(one, (x, y)) > 0.05
