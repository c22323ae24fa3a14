"""B13: the weights of a network are a function of (seed, parameter name), drawn in float64."""

import numpy as np
import pytest
import torch

from gradatim.functional import initialisers
from gradatim.models.building import build
from gradatim.nn.dense import Dense
from gradatim.nn.initialise import draw, initialise
from gradatim.random import generator


def weights(hidden, seed=0, **how):
    network = build({"name": "mlp", "in_features": 6, "out_features": 3, "hidden": hidden}, seed, **how)
    return {name: value.clone() for name, value in network.state_dict().items()}


def test_weights_are_the_initialiser_s_by_seed_and_name():
    """Rebuilt by hand: He's uniform behind ReLU, Glorot's at the output, biases 0."""
    found = weights([5], seed=3, dtype=torch.float64)
    assert list(found) == ["1.weight", "1.bias", "3.weight", "3.bias"]
    he = initialisers.he_uniform(generator(3, "1.weight"), (5, 6))
    glorot = initialisers.xavier_uniform(generator(3, "3.weight"), (3, 5))
    assert (found["1.weight"].numpy() == he).all()
    assert (found["3.weight"].numpy() == glorot).all()
    assert not found["1.bias"].any()
    assert not found["3.bias"].any()


def test_a_layer_behind_does_not_change_those_before():
    short, long = weights([5]), weights([5, 4])
    assert torch.equal(short["1.weight"], long["1.weight"])
    assert torch.equal(weights([5, 4])["3.weight"], weights([5, 4, 7])["3.weight"])


def test_another_seed_changes_every_weight():
    a, b = weights([5], seed=0), weights([5], seed=1)
    assert not any(torch.eq(a[name], b[name]).any() for name in a if name.endswith("weight"))


def test_neither_global_state_nor_order_matters():
    torch.manual_seed(1)
    np.random.seed(1)
    first = weights([5])
    weights([9, 9])
    torch.manual_seed(2)
    again = weights([5])
    assert all(torch.equal(first[name], again[name]) for name in first)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_lower_precisions_are_the_rounded_float64_weights(dtype):
    exact, rounded = weights([5], dtype=torch.float64), weights([5], dtype=dtype)
    for name, value in exact.items():
        assert rounded[name].dtype == dtype
        assert torch.equal(rounded[name], value.to(dtype))


def test_initialise_draws_again_and_leaves_strangers_alone():
    stranger = torch.nn.Linear(2, 2)
    held = stranger.weight.detach().clone()
    first = Dense(2, 3)
    network = torch.nn.Sequential(first, stranger, Dense(2, 2))
    with torch.no_grad():
        first.weight.fill_(7.0)
    assert initialise(network, 5) is network
    expected = initialisers.he_uniform(generator(5, "0.weight"), (3, 2))
    assert torch.equal(first.weight, torch.from_numpy(expected).float())
    assert torch.equal(stranger.weight, held)


def test_drawing_on_meta_costs_nothing_but_checks_the_name():
    huge = torch.empty(10**9, 10**9, device="meta")
    draw(huge, "he_uniform", 0, "w")
    with pytest.raises(ValueError, match="unknown initialiser 'he_unifrom': did you mean he_uniform"):
        draw(huge, "he_unifrom", 0, "w")
