"""The mean of members' outputs: softmax and σ of it are the mean of probabilities, also far out."""

import numpy as np
import pytest
import torch

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.functional.ensemble_mean import mean_of_sigmoid, mean_of_softmax
from gradatim.models.building import build
from gradatim.models.ensemble import ensemble

RNG = np.random.default_rng(0)
SHARE = np.array([0.5, 0.3, 0.2, 0.0])


def softmax(a):
    e = np.exp(a - a.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigma(a):
    return np.where(a < 0, np.exp(np.minimum(a, 0)), 1) / (1 + np.exp(-np.abs(a)))


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_probabilities_are_averaged(scale):
    a = scale * RNG.standard_normal((4, 20, 3))
    expected = np.einsum("m,mnk->nk", SHARE, softmax(a))
    np.testing.assert_allclose(softmax(mean_of_softmax(a, SHARE)), expected, atol=1e-12)
    expected = np.einsum("m,mnk->nk", SHARE, sigma(a))
    np.testing.assert_allclose(sigma(mean_of_sigmoid(a, SHARE)), expected, atol=1e-12)


@pytest.mark.parametrize("mean", [mean_of_softmax, mean_of_sigmoid])
def test_members_that_are_certain_give_finite_scores(mean):
    a = 1e4 * np.sign(RNG.standard_normal((4, 20, 3)))
    assert np.isfinite(mean(a, SHARE)).all()


@pytest.mark.parametrize("mean", ["outputs", "softmax", "sigmoid"])
def test_torch_and_by_hand_agree_with_any_shares(mean):
    entries = ensemble(5, 3, kinds=[{}, {"columns": [[1, 4]], "hidden": [7]}], folds=2, mean=mean)
    network = Network(entries, seed=3, dtype="float64")
    network.memory["0.share"][...] = SHARE
    module = build({"name": "stack", "layers": entries}, dtype=torch.float64)
    module.load_state_dict({n: torch.from_numpy(v.copy()) for n, v in network.state_dict().items()})
    x = RNG.standard_normal((11, 5))
    with torch.no_grad():
        expected = module(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(network.forward(x), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"kinds": []}, "kinds must be a list"),
        ({"kinds": [{"columns": [[0, 9]]}]}, "ranges within 0 and 3"),
        ({"kinds": [{"columns": [[2, 2]]}]}, "ranges within 0 and 3|in_features"),
        ({"kinds": [{"columns": [6]}]}, "columns must be ranges"),
        ({"kinds": [{"columns": 6}]}, "columns must be ranges"),
        ({"kinds": [{"settings": "2"}]}, "settings of a kind are such as"),
        ({"folds": 0}, "folds must be"),
        ({"mean": "median"}, "unknown mean 'median'"),
    ],
)
def test_members_that_cannot_be_are_named(arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        Network(ensemble(3, 1, **arguments))
