"""F5: against torch.distributions, exact likelihoods of linear models, and autograd of naive formulas."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, Independent, MultivariateNormal, Normal, kl_divergence

from gradatim.checks import UsageError
from gradatim.functional.label_losses import MultiLabel
from gradatim.functional.number_losses import GaussianNLL, SquaredError
from gradatim.models.building import build
from gradatim.models.evidence_bound import divergence_from_normal, importance_bound, log_likelihood
from gradatim.models.vae import VAE
from gradatim.models.vae_draws import Binarise
from gradatim.nn.row_numbers import row_normal, row_uniform
from gradatim.unsupervised.vae import VAETraining

RNG = np.random.default_rng(0)
X = torch.from_numpy(RNG.random((40, 6)))
LOSSES = {"bernoulli": MultiLabel(), "gaussian": GaussianNLL()}


def vae(**arguments):
    net = build({"name": "vae", "in_features": 6, "hidden": [5], "latent": 3, **arguments}, 1, torch.float64)
    if net.output_log_variance is not None:
        torch.nn.init.uniform_(net.output_log_variance, -1, 1)
    return net


def test_the_divergence_is_that_of_torch_distributions():
    mean, s = (torch.from_numpy(RNG.normal(size=(7, 3))) for _ in range(2))
    expected = kl_divergence(Normal(mean, (s / 2).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(divergence_from_normal(mean, s), expected.double(), rtol=1e-12, atol=1e-14)


def test_both_likelihoods_are_those_of_torch_distributions():
    a, s = torch.from_numpy(RNG.normal(size=(40, 6))), torch.from_numpy(RNG.normal(size=6))
    v = (X > 0.5).double()
    expected = Independent(Bernoulli(logits=a), 1).log_prob(v)
    torch.testing.assert_close(log_likelihood(a, v, None), expected, rtol=1e-12, atol=1e-12)
    expected = Independent(Normal(a, (s / 2).exp()), 1).log_prob(X)
    torch.testing.assert_close(log_likelihood(a, X, s), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("likelihood", LOSSES)
@pytest.mark.parametrize("more", [{}, {"beta": 0.3}, {"free_bits": 0.4}, {"beta": 2.0, "free_bits": 0.1}])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_loss_and_its_gradient_are_those_of_the_naive_formula(likelihood, more, weighted):
    net = vae(likelihood=likelihood, variance="each", **more)
    w = torch.from_numpy(RNG.random(len(X))) if weighted else torch.ones(len(X), dtype=torch.float64)
    net.draw.place(0, "draw", 3)
    a = net(X)
    net.draw.place(0, "draw", 3)
    epsilon = net.draw(torch.zeros_like(a.code), torch.zeros_like(a.code), a.v)
    q = Normal(a.code, (a.log_variance / 2).exp())
    logits = net.decoder(q.loc + q.scale * epsilon)
    s = net.output_log_variance
    p = Bernoulli(logits=logits) if likelihood == "bernoulli" else Normal(logits, (s / 2).exp())
    by_number = (w[:, None] * kl_divergence(q, Normal(0.0, 1.0))).sum(0) / w.sum()
    kept = torch.stack([one.clamp_min(net.free_bits) for one in by_number]).sum()
    expected = net.beta * kept - (w * p.log_prob(a.v).sum(1)).sum() / w.sum()
    found = net.full_loss(LOSSES[likelihood]).mean(a, X, w if weighted else None)
    assert found.item() == pytest.approx(expected.item(), rel=1e-12)
    parameters = list(net.parameters())
    theirs = torch.autograd.grad(expected, parameters, retain_graph=True)
    for one, other in zip(torch.autograd.grad(found, parameters), theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("likelihood", LOSSES)
def test_the_loss_s_gradient_is_that_of_finite_differences(likelihood):
    net = vae(likelihood=likelihood, binarise="none").eval()
    names, values = zip(*net.named_parameters(), strict=True)
    full = net.full_loss(LOSSES[likelihood])

    def loss(*given):
        kept = dict(zip(names, given, strict=True))
        a = torch.func.functional_call(net, kept, (X[:5],))
        log_p = log_likelihood(a.outputs, a.v, kept.get("output_log_variance"))
        return divergence_from_normal(a.code, a.log_variance).sum(1).mean() - log_p.mean()

    assert torch.allclose(loss(*values), full.mean(net(X[:5]), X[:5]))
    assert torch.autograd.gradcheck(loss, tuple(v.detach().requires_grad_() for v in values), atol=1e-6)


# ---- bounds


@pytest.mark.parametrize("likelihood", LOSSES)
def test_the_importance_bound_is_above_the_elbo_and_rises_with_k(likelihood):
    """By Jensen for every group of samples, exactly."""
    log_w = vae(likelihood=likelihood).eval().log_weights(X, 64).detach()
    bounds = [importance_bound(log_w, k) for k in (1, 2, 4, 8, 16, 32, 64)]
    torch.testing.assert_close(bounds[0], log_w.mean(1), rtol=1e-14, atol=1e-14)
    assert all((low <= high + 1e-12).all() for low, high in pairwise(bounds))


def test_weights_are_those_of_the_densities():
    net = vae().eval()
    v = net.binarise(X)
    mean, s = net.encode_distribution(v)
    epsilon = row_normal(v, "codes", 4 * 3).view(40, 4, 3)
    q = Normal(mean[:, None], (s / 2).exp()[:, None])
    z = q.loc + q.scale * epsilon
    expected = Bernoulli(logits=net.decoder(z)).log_prob(v[:, None]).sum(2)
    expected = expected + Normal(0.0, 1.0).log_prob(z).sum(2) - q.log_prob(z).sum(2)
    torch.testing.assert_close(net.log_weights(X, 4), expected, rtol=1e-10, atol=1e-12)


def linear_model():
    """A linear decoder, whose p(x) is a Gaussian with covariance V Vᵀ + σ² I (Tipping & Bishop 1999)."""
    net = vae(likelihood="gaussian", decoder=[], hidden=[8]).eval()
    layer, s = net.decoder[0], net.output_log_variance
    covariance = layer.weight @ layer.weight.t() + s.exp() * torch.eye(6, dtype=torch.float64)
    return net, MultivariateNormal(layer.bias, covariance)


def test_the_importance_bound_comes_to_the_exact_likelihood_of_a_linear_decoder():
    net, exact = linear_model()
    with torch.no_grad():
        log_p = exact.log_prob(X)
        bound = importance_bound(net.log_weights(X, 20_000))
        gap = (log_p - net.log_weights(X, 500).mean(1)).mean()
    assert gap > 0.05  # of the ELBO, of a posterior that is not q
    torch.testing.assert_close(bound, log_p, rtol=0, atol=0.3)
    assert abs((bound - log_p).mean()) < 0.03 < gap


@pytest.mark.slow
def test_a_linear_vae_comes_to_probabilistic_pca_from_below():
    """The ELBO of data is at most the maximum of pPCA's likelihood, and nearly so (Lucas et al. 2019)."""
    spread = np.array([3.0, 2.0, 0.5, 0.5, 0.5, 0.5])
    rng = np.random.default_rng(4)
    x = rng.normal(size=(400, 6)) * spread @ np.linalg.qr(rng.normal(size=(6, 6)))[0]
    x -= x.mean(0)
    eigenvalues = np.linalg.eigvalsh(np.cov(x.T, bias=True))[::-1]
    noise = eigenvalues[2:].mean()
    most = -0.5 * (6 * math.log(2 * math.pi) + np.log(eigenvalues[:2]).sum() + 4 * math.log(noise) + 6)
    net = build({"name": "vae", "in_features": 6, "hidden": [6], "activation": "identity", "decoder": [],
                 "latent": 2, "likelihood": "gaussian"}, 0, torch.float64)  # fmt: skip
    loop = VAETraining(
        net, x, "gaussian_nll", lr=0.03, epochs=60, batch_size=40, schedule="cosine", precision="float64"
    )
    list(loop)
    with torch.no_grad():
        rows = torch.from_numpy(x)
        elbo = net.log_weights(rows, 200).mean().item()
    assert most - 0.05 < elbo < most + 1e-3


# ---- what is drawn


def test_sampled_inputs_are_1_as_often_as_they_say_and_anew_at_each_step():
    layer = Binarise("sampled")
    x = torch.full((200, 500), 0.3)
    layer.place(0, "binarise", 1)
    first, again = layer(x), layer(x)
    assert first.mean().item() == pytest.approx(0.3, abs=4.5 * (0.21 / x.numel()) ** 0.5)
    assert not torch.equal(first, again)
    layer.place(0, "binarise", 1)
    assert torch.equal(layer(x), first)
    assert torch.equal(Binarise("threshold")(torch.tensor([[0.5, 0.6]])), torch.tensor([[0.0, 1.0]]))


@pytest.mark.parametrize("likelihood", LOSSES)
def test_in_evaluation_a_row_is_answered_alike_whatever_stands_beside_it(likelihood):
    net = vae(likelihood=likelihood, samples=5).eval()
    whole = net.answers(X)
    torch.testing.assert_close(net.answers(X[7:9]), whole[7:9], rtol=1e-12, atol=1e-12)
    assert not torch.equal(net.answers(X), vae(likelihood=likelihood, samples=6).eval().answers(X))


def test_numbers_of_rows_are_normal_and_independent():
    rows = torch.from_numpy(RNG.normal(size=(500, 4)))
    n = row_normal(rows, "code", 200)
    assert abs(n.mean()) < 4.5 / n.numel() ** 0.5 and abs(n.var() - 1) < 4.5 * (2 / n.numel()) ** 0.5
    correlation = torch.corrcoef(n)[~torch.eye(500, dtype=torch.bool)]
    assert correlation.abs().max() < 6.5 / 200**0.5 and abs(correlation.std() - 1 / 200**0.5) < 0.002
    assert torch.equal(
        row_uniform(torch.tensor([[0.0]]), "a", 9), row_uniform(torch.tensor([[-0.0]]), "a", 9)
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"latent": 0}, "latent must be a whole number of at least 1"),
        ({"likelihood": "cauchy"}, "likelihood must be bernoulli or gaussian"),
        ({"likelihood": "gaussian", "binarise": "sampled"}, "binarise=sampled is for a Bernoulli likelihood"),
        ({"binarise": "half"}, "binarise must be none or threshold or sampled"),
        ({"beta": -1}, "beta must be a number at least 0"),
        ({"variance": "all"}, "variance must be shared or each"),
        ({"samples": 0}, "samples must be a whole number of at least 1"),
        ({"hidden": "wide"}, "hidden must be a list of whole numbers"),
    ],
)
def test_what_cannot_be_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        VAE(6, **given)


def test_a_loss_that_is_no_likelihood_of_it_is_refused():
    with pytest.raises(UsageError, match="a VAE with a gaussian likelihood learns by the loss gaussian_nll"):
        vae(likelihood="gaussian").full_loss(SquaredError())
    with pytest.raises(UsageError, match="a code here has 3 numbers"):
        vae().decode(torch.zeros(1, 2))
