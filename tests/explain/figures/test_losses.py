"""What is drawn of losses is what torch says of them."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.losses.by_name import LOSSES
from gradatim.explain.figures.losses import CASES, loss_names, loss_panel

ORACLES = {  # of a torch vector of outputs, in the first case of each loss
    "squared_error": lambda a: a**2,
    "half_squared_error": lambda a: a**2 / 2,
    "absolute_error": torch.abs,
    "huber": lambda a: F.huber_loss(a, torch.zeros_like(a), reduction="none"),
    "binary_cross_entropy": lambda a: F.softplus(-a),
    "cross_entropy": lambda a: F.cross_entropy(
        torch.stack([a, 0 * a, 0 * a], 1), torch.zeros(len(a), dtype=torch.long), reduction="none"
    ),
    "multilabel": lambda a: F.softplus(-a) + F.softplus(0 * a - 2),
    "hinge": lambda a: torch.relu(1 - a),
    "kl_divergence": lambda a: F.kl_div(
        torch.log_softmax(torch.stack([a, 0 * a, 0 * a], 1), 1),
        torch.tensor([[0.6, 0.3, 0.1]], dtype=torch.float64).expand(len(a), 3), reduction="none",
    ).sum(1),
    "nll": lambda a: -a,
    "squared_hinge": lambda a: torch.relu(1 - a) ** 2,
    "focal": lambda a: -((2 / (a.exp() + 2)) ** 2) * torch.log(a.exp() / (a.exp() + 2)),
    "gaussian_nll": lambda a: -torch.distributions.Normal(a, 1.0).log_prob(0 * a),
    "laplace_nll": lambda a: -torch.distributions.Laplace(a, 1.0).log_prob(0 * a),
    "poisson_nll": lambda a: F.poisson_nll_loss(a, 0 * a + 2, reduction="none"),
    "mixture_nll": lambda a: -torch.log(
        0.5 * torch.exp(torch.distributions.Normal(a, 1.0).log_prob(0 * a))
        + 0.5 * torch.exp(torch.distributions.Normal(0 * a + 2, 1.0).log_prob(0 * a))
    ),
}  # fmt: skip


def test_every_loss_by_hand_has_a_picture():
    assert set(ORACLES) == set(loss_names())
    assert set(LOSSES.values()) == set(CASES)


@pytest.mark.parametrize("name", loss_names())
def test_values_and_derivatives_are_those_of_torch(name):
    value, derivative = loss_panel(name).lines
    there = np.isfinite(value.y)
    a = torch.tensor(value.x[there], requires_grad=True)
    l = ORACLES[name](a)
    np.testing.assert_allclose(value.y[there], l.detach(), atol=1e-9)
    np.testing.assert_allclose(derivative.y[there], torch.autograd.grad(l.sum(), a)[0], atol=1e-7)


@pytest.mark.parametrize("name", loss_names())
def test_in_every_case_the_derivative_is_that_of_the_value(name):
    for case in range(len(CASES[LOSSES[name]])):
        value, derivative = loss_panel(name, case=case).lines
        slopes = np.diff(value.y) / np.diff(value.x)
        between = (derivative.y[1:] + derivative.y[:-1]) / 2
        whole = np.isfinite(slopes) & (np.diff(value.x) > 1e-6)
        np.testing.assert_allclose(slopes[whole], between[whole], atol=6e-3)


def test_kinks_and_arguments():
    assert loss_panel("absolute_error").filled == [(0.0, 0.0)]
    assert loss_panel("hinge").filled == [(1.0, 0.0)] and loss_panel("hinge", case=1).filled == [(-1.0, 0.0)]
    assert "target y = 1; l′(1) = 0 at the kink" in loss_panel("hinge").notes
    assert not any(loss_panel(name).filled for name in ("huber", "squared_error", "gaussian_nll"))
    panel = loss_panel("huber", {"delta": 0.5})
    assert "δ = 0.5" in panel.notes and panel.lines[1].y.max() == 0.5
    assert "smoothing ε = 0.1" in loss_panel("binary_cross_entropy", {"smoothing": 0.1}).notes[1]
