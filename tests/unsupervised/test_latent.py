"""What is drawn from a code is what the decoder says of it."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.unsupervised.latent import encode, interpolate, latent_map, sample

VAE = build({"name": "vae", "in_features": 6, "latent": 2, "hidden": [5]}, 1)
PLAIN = build({"name": "autoencoder", "in_features": 6, "hidden": [2], "corruption": "masking"}, 1)
X = torch.from_numpy(np.random.default_rng(0).random((4, 6)).astype("f4"))


def test_samples_are_means_of_codes_from_the_prior_and_repeat():
    found = sample(VAE, 2000, seed=3)
    z = torch.randn(200_000, 2, generator=torch.Generator().manual_seed(0))
    expected = VAE.decode(z).detach()
    near = 5 * expected.std(0) / 2000**0.5
    assert ((found.mean(0) - expected.mean(0)).abs() < near).all()
    assert torch.equal(found, sample(VAE, 2000, seed=3)) and not torch.equal(found, sample(VAE, 2000, seed=4))
    with pytest.raises(UsageError, match="samples need a code with a distribution: take the network vae"):
        sample(PLAIN)


@pytest.mark.parametrize("net", [VAE, PLAIN])
def test_a_way_leads_from_one_to_the_other(net):
    way = interpolate(net, X[0], X[1], steps=5)
    codes = encode(net, X[:2])
    middle = net.eval().decode(codes.mean(0, keepdim=True)).detach()
    torch.testing.assert_close(way[2:3], middle, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(way[[0, -1]], net.decode(codes).detach(), rtol=1e-5, atol=1e-6)


def test_a_map_is_decoded_over_the_quantiles_of_the_prior():
    found = latent_map(VAE, steps=3, reach=0.8)
    low, high = norm.ppf([0.1, 0.9])
    expected = VAE.eval().decode(torch.tensor([[low, high], [0.0, low]], dtype=torch.float32)).detach()
    torch.testing.assert_close(torch.stack([found[0, 0], found[2, 1]]), expected, rtol=1e-5, atol=1e-6)
    with pytest.raises(UsageError, match="a map is of a code of two numbers; this one has 3"):
        latent_map(build({"name": "vae", "in_features": 6, "latent": 3}, 1))


def test_the_network_stays_in_its_mode_and_what_has_no_code_is_refused():
    PLAIN.train()
    encode(PLAIN, X)
    assert PLAIN.training
    with pytest.raises(UsageError, match="Linear has no code to decode; an autoencoder has"):
        encode(torch.nn.Linear(2, 2), X)
