"""Losses of numbers: against torch's own, the twins by hand, autograd, and scipy's densities."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import stats

from gradatim import catalog
from gradatim.by_hand.losses.by_name import BOX_LOSSES, LOSSES, MASK_LOSSES
from gradatim.by_hand.losses.by_name import loss_by_name as by_hand
from gradatim.checks import UsageError
from gradatim.functional import number_losses as n
from gradatim.functional.losses import weighted_mean

NAMES = [
    "squared_error",
    "half_squared_error",
    "absolute_error",
    "huber",
    "gaussian_nll",
    "laplace_nll",
    "poisson_nll",
]
RNG = np.random.default_rng(0)


def example(name, D=3, N=20):
    width = D * catalog.find(name, "loss").load().outputs
    return torch.from_numpy(RNG.standard_normal((N, width)) * 2), torch.from_numpy(
        RNG.standard_normal((N, D))
    )


def loss_named(name):
    return catalog.find(name, "loss").load()()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("D", [1, 3])
def test_values_and_gradients_are_those_by_hand(name, D):
    """In float64, to 1e-12; weighted and not."""
    a, y = example(name, D)
    w = torch.from_numpy(RNG.uniform(0, 2, len(a)))
    twin = by_hand(name)
    np.testing.assert_allclose(loss_named(name)(a, y), twin(a.numpy(), y.numpy()), rtol=1e-12)
    for weights in (None, w):
        b = a.clone().requires_grad_()
        mean = loss_named(name).mean(b, y, weights)
        mean.backward()
        value, gradient = twin.mean_and_gradient(a.numpy(), y.numpy(), None if weights is None else w.numpy())
        assert mean.item() == pytest.approx(value, rel=1e-12)
        np.testing.assert_allclose(b.grad, gradient, rtol=1e-11, atol=1e-14)


def test_every_named_loss_has_its_twin():
    assert {row.name for row in catalog.entries("loss")} <= {*LOSSES, *MASK_LOSSES, *BOX_LOSSES}


def test_sums_over_outputs_are_torch_s_means_times_their_number():
    a, y = example("huber")
    for ours, torch_s in (
        (n.SquaredError(), F.mse_loss), (n.AbsoluteError(), F.l1_loss), (n.Huber(), F.huber_loss),
    ):  # fmt: skip
        torch.testing.assert_close(ours.mean(a, y), 3 * torch_s(a, y), rtol=1e-13, atol=0)
    torch.testing.assert_close(
        n.Huber(2.5)(a[:, :1], y[:, 0]), F.huber_loss(a[:, 0], y[:, 0], reduction="none", delta=2.5)
    )


def test_poisson_is_torch_s_and_the_density_of_counts_without_its_factorial():
    """To 1e-12; e^a is what it predicts."""
    a, y = torch.from_numpy(RNG.standard_normal((20, 3))), torch.from_numpy(RNG.poisson(4, (20, 3)))
    found = n.PoissonNLL()(a, y)
    torch.testing.assert_close(found, F.poisson_nll_loss(a, y, reduction="none").sum(1), rtol=1e-13, atol=0)
    density = -stats.poisson.logpmf(y, a.exp()).sum(1)
    np.testing.assert_allclose(found + torch.lgamma(y.double() + 1).sum(1), density, rtol=1e-12)
    torch.testing.assert_close(n.PoissonNLL().predict(a), a.exp(), rtol=0, atol=0)


def test_gaussian_is_torch_s_and_both_are_densities():
    a, y = example("gaussian_nll")
    mu, s = a.chunk(2, 1)
    expected = F.gaussian_nll_loss(mu, y, s.exp(), full=True, eps=0, reduction="none").sum(1)
    torch.testing.assert_close(n.GaussianNLL()(a, y), expected, rtol=1e-12, atol=1e-12)
    density = -stats.norm.logpdf(y, mu, n.GaussianNLL().spread(a)).sum(1)
    np.testing.assert_allclose(n.GaussianNLL()(a, y), density, rtol=1e-12)
    density = -stats.laplace.logpdf(y, mu, s.exp()).sum(1)
    np.testing.assert_allclose(n.LaplaceNLL()(a, y), density, rtol=1e-12)
    np.testing.assert_allclose(n.LaplaceNLL().spread(a), stats.laplace.std(0, s.exp()), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_shapes_of_one_number_and_of_several(name):
    a, y = example(name, 1)
    loss = loss_named(name)
    torch.testing.assert_close(loss(a, y), loss(a, y[:, 0]))
    assert loss.predict(a).shape == (20, 1)
    expected = a[:, :1].exp() if name == "poisson_nll" else a[:, :1]
    torch.testing.assert_close(loss.predict(a), expected)
    for wrong in (a[:, :0], torch.cat([a, a], 1), a[:5]):
        with pytest.raises(UsageError, match="do not fit targets of shape"):
            loss(wrong, y)
    whole = loss(a, torch.ones(20, dtype=torch.int64))
    assert whole.dtype == torch.float64


def test_weighted_means_leave_out_what_weighs_nothing():
    a, y = example("squared_error")
    w = torch.zeros(20, dtype=torch.float64)
    w[:5] = 2
    torch.testing.assert_close(n.SquaredError().mean(a, y, w), n.SquaredError().mean(a[:5], y[:5]))
    assert weighted_mean(n.SquaredError()(a, y), 0 * w) == 0


def test_huber_s_width_is_checked():
    with pytest.raises(UsageError, match="delta must be a number above 0; it is 0"):
        n.Huber(0)
