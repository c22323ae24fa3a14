"""B1, B3, B11: the multilayer perceptron, counted and computed by hand; heads chosen from the target."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.layer_table import layer_table
from gradatim.models.mlp import mlp


def network(*sizes, dtype=torch.float64, **how):
    first, *hidden, last = sizes
    return build(
        {"name": "mlp", "in_features": first, "out_features": last, "hidden": hidden, **how}, dtype=dtype
    )


def test_a_2_3_1_network_has_13_parameters():
    """B3: 6 + 3 in the hidden layer, 3 + 1 in the output."""
    rows = layer_table(network(2, 3, 1), (2,))
    assert [row["parameters"] for row in rows] == [0, 9, 0, 4]
    assert sum(p.numel() for p in network(2, 3, 1).parameters()) == 13


@pytest.mark.parametrize("sizes", [(1, 1), (64, 10), (64, 64, 10), (784, 300, 100, 10)])
def test_parameters_are_counted_by_the_formula(sizes):
    """B3: Σ_d (n_{d−1} + 1) n_d."""
    expected = sum((n + 1) * m for n, m in pairwise(sizes))
    assert sum(p.numel() for p in network(*sizes).parameters()) == expected


def test_the_forward_pass_by_hand():
    """h_d = tanh(W_d h_{d−1} + b_d), ŷ = W h + b, in NumPy, to 1e-14."""
    net = network(5, 4, 3, 2, activation="tanh", dropout=0.4).eval()
    rng = np.random.default_rng(0)
    weights = {name: rng.standard_normal(value.shape) for name, value in net.state_dict().items()}
    net.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    x = rng.standard_normal((7, 5))
    (w1, b1), (w2, b2), (w3, b3) = zip(list(weights.values())[::2], list(weights.values())[1::2], strict=True)
    h = np.tanh(np.tanh(x @ w1.T + b1) @ w2.T + b2)
    np.testing.assert_allclose(net(torch.from_numpy(x)).detach(), h @ w3.T + b3, rtol=1e-12, atol=1e-13)


def test_pictures_are_flattened():
    x = torch.randn(3, 1, 4, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    net = network(8, 5, 2)
    assert torch.equal(net(x), net(x.reshape(3, 8)))


def test_layers_stand_in_the_paper_s_order():
    names = [layer["name"] for layer in mlp(4, 2, hidden=[3, 3], activation="elu", dropout=0.1)]
    assert names == ["flatten", "dense", "elu", "dropout", "dense", "elu", "dropout", "dense"]
    assert [layer["name"] for layer in mlp(4, 2, hidden=[])] == ["flatten", "dense"]
    first, second = mlp(4, 2, hidden=[3], dropout=0.5, input_dropout=0.2)[:2]
    assert (first, second) == ({"name": "flatten"}, {"name": "dropout", "p": 0.2})
    assert mlp(4, 2, hidden=3) == mlp(4, 2, hidden=(3,))  # type: ignore[arg-type]


@pytest.mark.parametrize("activation", [*catalog.names("activation"), "prelu"])
def test_every_activation_makes_a_network(activation):
    net = network(6, 4, 4, 3, activation=activation)
    out = net(torch.ones(2, 6, dtype=torch.float64))
    assert out.shape == (2, 3)
    assert out.isfinite().all()


def test_a_maxout_layer_draws_twice_the_units():
    assert [layer.get("out_features") for layer in mlp(6, 3, hidden=[4], activation="maxout")] == [
        None,
        8,
        None,
        3,
    ]


@pytest.mark.parametrize(
    ("activation", "init"), [("relu", "he_uniform"), ("tanh", "xavier_uniform"), ("selu", "lecun_normal")]
)
def test_the_initialiser_suits_the_activation(activation, init):
    """B13: He behind ReLU, Glorot behind tanh, LeCun behind SELU; Glorot at the linear output."""
    assert [layer.get("init") for layer in mlp(2, 1, activation=activation) if layer["name"] == "dense"] == [
        init,
        "xavier_uniform",
    ]
    assert {layer.get("init", "zeros") for layer in mlp(2, 1, init="zeros")} == {"zeros"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"in_features": 0}, "in_features must be a whole number of at least 1; it is 0"),
        ({"out_features": 1.5}, "out_features must be a whole number of at least 1; it is 1.5"),
        ({"hidden": "64"}, "hidden must be a list of whole numbers; it is '64'"),
        ({"hidden": {"a": 1}}, "hidden must be a list of whole numbers; it is {'a': 1}"),
        ({"hidden": [3, 0]}, "hidden must be a whole number of at least 1; it is 0"),
        ({"hidden": [True]}, "hidden must be a whole number of at least 1; it is True"),
        ({"dropout": 1.0}, "dropout must be a number at least 0 and below 1; it is 1.0"),
        ({"input_dropout": -0.1}, "input_dropout must be a number at least 0 and below 1; it is -0.1"),
        ({"activation": "rleu"}, "unknown activation 'rleu': did you mean relu"),
        ({"activation": []}, r"unknown activation \[\]: choose from "),
        ({"activation": "dense"}, "unknown activation 'dense': "),
    ],
)
def test_an_argument_is_refused_by_name(arguments, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        mlp(**{"in_features": 2, "out_features": 1, **arguments})
