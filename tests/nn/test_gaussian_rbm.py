"""Gaussian visible units: energies and gradients by quadrature and by every hidden state."""

from itertools import product

import numpy as np
import pytest
import torch
from scipy.integrate import dblquad

from gradatim.checks import UsageError
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.unsupervised.contrast import contrast


def machine(visible=2, hidden=3, seed=0):
    rbm = GaussianRBM(visible, hidden).double()
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for p in rbm.parameters():
            p.copy_(torch.from_numpy(rng.normal(0, 0.5, tuple(p.shape))))
    return rbm


def joint(rbm, v):
    """exp(−E(v, h)) of one v and every h, by the definition."""
    W, b, c, z = (p.detach().numpy() for p in rbm.parameters())
    u = np.asarray(v) / np.exp(z / 2)
    hs = np.array(list(product([0, 1], repeat=len(c))))
    return np.exp(-((u - b) ** 2).sum() / 2 + hs @ c + hs @ W @ u)


def test_free_energy_and_log_partition_are_those_of_the_joint_density():
    """Quadrature over two visible units, to 1e-7."""
    rbm = machine()
    rows = np.random.default_rng(1).normal(size=(5, 2)) * 2
    energies = rbm.free_energy(torch.from_numpy(rows)).detach()
    np.testing.assert_allclose(energies, [-np.log(joint(rbm, v).sum()) for v in rows], rtol=1e-12)
    z, _ = dblquad(lambda x, y: joint(rbm, (x, y)).sum(), -15, 15, -15, 15, epsabs=1e-7)
    assert rbm.log_partition().item() == pytest.approx(np.log(z), abs=1e-7)


def test_both_conditional_distributions():
    """P(h | v) by enumeration; the mean and variance of 200,000 draws of v | h."""
    rbm = machine(seed=2)
    W, b, _, z = (p.detach().numpy() for p in rbm.parameters())
    v = np.array([[0.3, -1.2]])
    weights = joint(rbm, v[0])
    hs = np.array(list(product([0, 1], repeat=3)))
    np.testing.assert_allclose(rbm(torch.from_numpy(v)).detach()[0], weights @ hs / weights.sum(), rtol=1e-12)
    h = torch.tensor([[1.0, 0, 1]]).double().expand(200_000, -1)
    drawn = rbm.draw_visible(rbm.reconstruct(h), lambda name, shape: torch.rand(shape).double(), 0).detach()
    mean = np.exp(z / 2) * (b + h[0].numpy() @ W)
    np.testing.assert_allclose(drawn.mean(0), mean, atol=0.01)
    np.testing.assert_allclose(drawn.var(0), np.exp(z), rtol=0.02)


def test_with_the_model_s_own_expectation_the_contrast_is_the_gradient_of_the_likelihood():
    """Expectations over a grid of v, against autograd of mean log p(v), to 1e-6; z's is ½ in the model."""
    rbm = machine(seed=3)
    data = torch.from_numpy(np.random.default_rng(4).normal(size=(6, 2)))
    (-rbm.free_energy(data).mean() - rbm.log_partition()).backward()
    axis = torch.linspace(-20, 20, 1601, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    with torch.no_grad():
        p = torch.exp(-rbm.free_energy(grid))
        found = contrast(rbm, data, rbm(data), grid, rbm(grid), None, p).gradients()
        own = rbm.statistics_beside(grid, rbm(grid), p / p.sum())["log_variance"]
    np.testing.assert_allclose(own, 0.5, atol=1e-8)
    for name, parameter in rbm.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad, rtol=1e-6, atol=1e-8)


def test_it_begins_at_the_data_and_only_once():
    rows = torch.from_numpy(np.random.default_rng(0).normal([3, -50], [2, 10], (500, 2)))
    rows = torch.cat([rows, torch.full((500, 1), 7.0)], 1)
    rbm = GaussianRBM(3, 2).double()
    rbm.begin_at(rows)
    variance = rows.var(0, unbiased=False)
    np.testing.assert_allclose(rbm.sigma.detach()[:2] ** 2, variance[:2], rtol=1e-12)
    np.testing.assert_allclose(rbm.sigma.detach()[2] ** 2, variance[:2].mean(), rtol=1e-12)
    np.testing.assert_allclose((rbm.sigma * rbm.visible_bias).detach(), rows.mean(0), rtol=1e-12)
    rbm.begin_at(rows * 2)
    np.testing.assert_allclose(rbm.sigma.detach()[:2] ** 2, variance[:2], rtol=1e-12)
    rare = torch.zeros(1000, 1).double()
    rare[0] = 10
    other = GaussianRBM(1, 2).double()
    other.begin_at(rare)
    assert other.sigma.item() == pytest.approx(1)  # a tenth of the range, not 0.32


def test_data_that_never_vary_are_refused():
    with pytest.raises(UsageError, match="no column varies from row to row"):
        GaussianRBM(2, 2).begin_at(torch.ones(5, 2))


def test_gaussian_hidden_units_on_gaussian_visible_ones_are_refused():
    with pytest.raises(UsageError, match="Gaussian hidden units on Gaussian visible ones have no"):
        GaussianRBM(3, 2, hidden_units="gaussian")
