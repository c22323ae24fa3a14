"""The single layer that linear layers are."""

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claims.linear_layers import difference_from_one_layer
from gradatim.models.mlp import mlp


def test_the_product_of_the_matrices_is_the_network():
    x = np.random.default_rng(0).normal(size=(20, 3))
    linear = Network(mlp(3, 2, (5, 4), "identity"), seed=1, dtype=np.float64)
    assert difference_from_one_layer(linear, x) < 1e-14
    assert difference_from_one_layer(Network(mlp(3, 2, (5, 4), "tanh"), seed=1, dtype=np.float64), x) > 1e-3
