"""The Kullback–Leibler divergence: torch's, cross entropy less the entropy, and no less than 0."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.functional.kl_divergence import KLDivergence
from gradatim.functional.losses import CrossEntropy

rng = np.random.default_rng(0)
A = torch.from_numpy(3 * rng.standard_normal((40, 5))).requires_grad_()
Y = torch.from_numpy(rng.dirichlet(0.3 * np.ones(5), 40))
Y[:5] = torch.eye(5, dtype=torch.float64)  # 0 log 0


def test_values_and_gradients_are_torch_s_in_both_engines():
    expected = F.kl_div(F.log_softmax(A, 1), Y, reduction="batchmean")
    found = KLDivergence().mean(A, Y)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)
    (dA,) = torch.autograd.grad(expected, A)
    torch.testing.assert_close(torch.autograd.grad(found, A)[0], dA, rtol=1e-12, atol=1e-15)
    a, y = A.detach().numpy(), Y.numpy()
    by_hand = loss_by_name("kl_divergence")
    assert by_hand.mean(a, y) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(by_hand.gradient(a, y), dA, rtol=1e-10, atol=1e-15)


def test_weights():
    w = torch.from_numpy(rng.random(40))
    expected = (F.kl_div(F.log_softmax(A, 1), Y, reduction="none").sum(1) * w).sum() / w.sum()
    torch.testing.assert_close(KLDivergence().mean(A, Y, w), expected, rtol=1e-12, atol=0)
    by_hand = loss_by_name("kl_divergence").mean(A.detach().numpy(), Y.numpy(), w.numpy())
    assert by_hand == pytest.approx(expected.item(), rel=1e-12)


def test_it_is_cross_entropy_less_the_entropy_and_0_where_both_agree():
    entropy = torch.distributions.Categorical(probs=Y).entropy()
    torch.testing.assert_close(KLDivergence()(A, Y), CrossEntropy()(A, Y) - entropy, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(KLDivergence()(A, torch.softmax(A, 1)), torch.zeros(40, dtype=torch.float64))
    assert (KLDivergence()(A, Y) >= 0).all()


def test_enormous_scores_stay_finite():
    a = torch.tensor([[1e4, -1e4, 0.0]], requires_grad=True)
    y = torch.tensor([[0.2, 0.3, 0.5]])
    loss = KLDivergence().mean(a, y)
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(a.grad).all()
    value, slope = loss_by_name("kl_divergence").both(a.detach().numpy(), y.numpy())
    assert np.isfinite(value).all() and np.isfinite(slope).all()
